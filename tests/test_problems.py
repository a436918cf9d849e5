"""The table of problems."""

import re

from kkm_sim.problems import ProblemCode
from tests.sentences import names_in


def test_codes_are_stable_words_and_no_two_are_the_same() -> None:
    assert len(ProblemCode) == len(ProblemCode.__members__)
    assert len({problem.code for problem in ProblemCode}) == len(ProblemCode)
    for problem in ProblemCode:
        assert problem.code == problem.name.lower().replace("_", "-")
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", problem.code)


def test_a_type_is_a_urn_of_its_code() -> None:
    assert ProblemCode.NO_SUCH_TILL.type == "urn:kkm-sim:problem:no-such-till"


def test_what_a_sentence_names_has_its_place_in_the_details() -> None:
    for problem in ProblemCode:
        assert names_in(problem.sentence).isdisjoint({"type", "title", "status", "detail", "instance"}), problem

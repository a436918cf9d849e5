import re

import pytest

from kkm_sim.findings import FindingCode
from kkm_sim.problems import ProblemCode
from kkm_sim.reasons import ReasonCode
from kkm_sim.russian import FINDINGS, PROBLEMS, REASONS
from tests.sentences import names_in

ROWS = {
    **{code.rule.code: (code.rule.sentence, words) for code, words in FINDINGS.items()},
    **{f"reason {code.code}": (code.sentence, words) for code, words in REASONS.items()},
    **{code.type: (code.sentence, words) for code, words in PROBLEMS.items()},
}

ITS_OWN_WORDS = ReasonCode.SERVER_SAYS.sentence
"""What only hands on what another said."""


def test_every_code_has_its_words() -> None:
    assert FINDINGS.keys() == set(FindingCode)
    assert REASONS.keys() == set(ReasonCode)
    assert PROBLEMS.keys() == set(ProblemCode)


@pytest.mark.parametrize(("english", "russian"), ROWS.values(), ids=ROWS)
def test_the_words_are_russian_name_the_same_and_fit_a_sentence(english: str, russian: str) -> None:
    assert names_in(russian) == names_in(english)
    assert english == ITS_OWN_WORDS or re.search("[а-яё]", russian)
    assert not russian.endswith(".")

"""The table of reasons."""

import json
import re

import pytest

from kkm_sim.reasons import Reason, ReasonCode, together


def test_codes_are_stable_words_and_no_two_are_the_same() -> None:
    assert len(ReasonCode) == len(ReasonCode.__members__)
    assert len({reason.code for reason in ReasonCode}) == len(ReasonCode)
    for reason in ReasonCode:
        assert reason.code == reason.name.lower().replace("_", "-")
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", reason.code)
        assert not reason.sentence.endswith(".")


def test_a_reason_says_what_it_names() -> None:
    reason = Reason(ReasonCode.OTHER_NUMBER, came=3, expected=4)
    assert str(reason) == "3 instead of 4"
    assert json.loads(json.dumps(reason.entry())) == {"code": "other-number", "fields": {"came": 3, "expected": 4}}


def test_one_that_names_too_little_says_nothing() -> None:
    with pytest.raises(KeyError):
        str(Reason(ReasonCode.OTHER_NUMBER, came=3))


def test_reasons_are_the_same_by_what_they_say() -> None:
    reasons = {Reason(ReasonCode.SIZE, size=3), Reason(ReasonCode.SIZE, size=3), Reason(ReasonCode.SIZE, size=4)}
    assert len(reasons) == 2
    assert Reason(ReasonCode.SIZE, size=3) != Reason(ReasonCode.FUNCTION, function=3)
    assert Reason(ReasonCode.NO_LINK) != "no link"
    assert repr(Reason(ReasonCode.SIZE, size=3)) == "Reason(ReasonCode.SIZE, size=3)"


def test_several_in_one_sentence() -> None:
    assert together([Reason(ReasonCode.NO_LINK), Reason(ReasonCode.SIZE, size=3)]) == "no link; 3 bytes"
    assert together([]) == ""

from collections.abc import Mapping
from dataclasses import fields
from typing import get_args

import pytest

from kkm_sim.availability import Availability
from kkm_sim.control.models import StateName
from kkm_sim.findings import FindingCode
from kkm_sim.messages.codes import CodeType, ResultCode
from kkm_sim.problems import ProblemCode
from kkm_sim.reasons import ReasonCode
from kkm_sim.till.keyboard import Key
from kkm_sim.tui.catalogue import ENGLISH, RUSSIAN, Words, language_here
from kkm_sim.tui.keymap import Command
from tests.sentences import names_in


def sentences(words: Words) -> dict[str, str]:
    """Every sentence by where it stands."""
    found = {}
    for row in fields(Words):
        value = getattr(words, row.name)
        if isinstance(value, str):
            found[row.name] = value
        elif row.name not in ("errors", "findings", "reasons", "problems", "system_errors"):
            parts = value.items() if isinstance(value, Mapping) else enumerate(value)
            found |= {f"{row.name}.{name}": sentence for name, sentence in parts}
    return found


def test_both_languages_say_the_same_things() -> None:
    english, russian = sentences(ENGLISH), sentences(RUSSIAN)
    assert english.keys() == russian.keys()
    for name, sentence in english.items():
        assert names_in(sentence) == names_in(russian[name]), name


@pytest.mark.parametrize("words", [ENGLISH, RUSSIAN], ids=["en", "ru"])
def test_nothing_is_left_out(words: Words) -> None:
    assert words.states.keys() == set(get_args(StateName))
    assert words.rdy_hears.keys() == {availability.value for availability in Availability}
    assert words.code_types.keys() == set(CodeType)
    assert words.command_does.keys() | words.footer.keys() == set(Command)
    assert words.key_does.keys() == {key for key in Key if not key.value.isdigit() or key is Key.DOUBLE_ZERO}


def test_every_error_has_its_russian_words() -> None:
    assert RUSSIAN.errors.keys() == set(ResultCode) - {ResultCode.OK}


def test_what_is_told_by_a_code_has_its_russian_words() -> None:
    assert RUSSIAN.findings.keys() == {code.rule.code for code in FindingCode}
    assert RUSSIAN.reasons.keys() == {code.code for code in ReasonCode}
    assert RUSSIAN.problems.keys() == {code.type for code in ProblemCode}


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "ru_RU", "LANG": "en_US"}, "ru"),
    ],
)
def test_the_language_is_the_locales(environment: dict[str, str], language: str) -> None:
    assert language_here(environment) == language

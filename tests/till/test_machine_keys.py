"""Every key in every state: where it leads and which error it leaves."""

from collections.abc import Callable

import pytest

from kkm_sim.messages.codes import CodeType
from kkm_sim.till.effects import BeepLength
from kkm_sim.till.keyboard import Key
from tests.till.bench import Bench


def ordinary() -> Bench:
    return Bench().keys("5 ПИ")


def alcohol() -> Bench:
    return Bench().bottle("5")


def requested(code_type: CodeType = CodeType.PDF) -> Bench:
    bench = Bench()
    bench.ask(code_type)
    return bench


def refused() -> Bench:
    bench = alcohol().keys("ИТ")
    bench.till.close_answered(1, bench.now)
    return bench


SITUATIONS: dict[str, Callable[[], Bench]] = {
    "off": lambda: Bench(start="off"),
    "menu": lambda: Bench(start="menu"),
    "idle": Bench,
    "request": requested,
    "request, EAN": lambda: requested(CodeType.EAN),
    "entry": lambda: Bench().keys("5"),
    "entry, open": lambda: ordinary().keys("5"),
    "entry, request": lambda: requested().keys("5"),
    "entry, return": lambda: Bench().keys("ВЗ 5"),
    "entry, + 5": lambda: Bench().keys("+ 5"),
    "entry, open − 5": lambda: ordinary().keys("− 5"),
    "open": ordinary,
    "open, alcohol": alcohol,
    "return_armed": lambda: Bench().keys("ВЗ"),
    "annul_armed": lambda: ordinary().keys("АН"),
    "annul_armed, alcohol": lambda: alcohol().keys("АН"),
    "annul_scan": lambda: alcohol().keys("АН ПИ"),
    "close_wait": lambda: alcohol().keys("ИТ"),
    "refused": refused,
    "qr_print": lambda: alcohol().keys("ИТ").allow(),
}
# "=" stays, "~" a long beep and nothing else, a name is the new state, a number is the error over it
# ruff: noqa: E501
# fmt: off
MATRIX = """
                     | 7     | 00    | .     | ПИ         | ИТ             | ВЗ              | АН              | С            | Х         | +        | −        | %        | ОТД      | КР        | РЕЖ             | ↑
off                  | =     | =     | =     | =          | =              | =               | =               | =            | =         | =        | =        | =        | =        | =         | =               | =
menu                 | =     | =     | ~     | = 22       | =              | = 22            | = 22            | =            | = 22      | = 22     | = 22     | = 22     | = 22     | = 22      | =               | =
idle                 | entry | entry | entry | = 22       | = 22           | return_armed    | = 22            | =            | = 22      | entry    | entry    | = 22     | = 22     | = 22      | menu            | =
request              | entry | entry | entry | = 22       | = 22           | = 22            | = 22            | idle         | = 11      | = 22     | = 22     | = 22     | = 22     | = 22      | = 22            | =
request, EAN         | entry | entry | entry | = 22       | = 22           | = 22            | = 22            | idle         | = 22      | = 22     | = 22     | = 22     | = 22     | = 22      | = 22            | =
entry                | =     | =     | =     | open       | idle 22        | idle 22         | idle 22         | idle         | =         | idle 22  | idle 22  | idle 22  | =        | idle 22   | idle 22         | =
entry, open          | =     | =     | =     | open       | idle           | open 22         | open 22         | open         | =         | open 22  | open 22  | open 22  | =        | idle      | open 22         | =
entry, request       | =     | =     | =     | open       | request 22     | request 22      | request 22      | idle         | request 11| request 22|request 22|request 22| =       | request 22| request 22      | =
entry, return        | =     | =     | =     | open       | return_armed 22| return_armed 22 | return_armed 22 | return_armed | =         | return_armed 22 | return_armed 22 | return_armed 22 | = | return_armed 22 | return_armed 22 | =
entry, + 5           | =     | =     | =     | idle 22    | idle           | idle 22         | idle 22         | idle         | idle 22   | idle 22  | idle 22  | idle 22  | idle 22  | idle 22   | idle 22         | =
entry, open − 5      | =     | =     | =     | open       | open 22        | open 22         | open 22         | open         | open 22   | open 22  | open 22  | open     | open 22  | open 22   | open 22         | =
open                 | entry | entry | entry | = 22       | idle           | = 22            | annul_armed     | =            | =         | entry    | entry    | = 22     | = 22     | idle      | = 22            | =
open, alcohol        | entry | entry | entry | = 22       | close_wait     | = 22            | annul_armed     | =            | = 11      | entry    | entry    | = 22     | = 22     | close_wait| = 22            | =
return_armed         | entry | entry | entry | = 22       | = 22           | = 22            | = 22            | idle         | = 22      | = 22     | = 22     | = 22     | = 22     | = 22      | = 22            | =
annul_armed          | = 22  | = 22  | = 22  | open       | idle           | = 22            | = 22            | open         | = 22      | = 22     | = 22     | = 22     | = 22     | = 22      | = 22            | =
annul_armed, alcohol | = 22  | = 22  | = 22  | annul_scan | idle           | = 22            | = 22            | open         | = 22      | = 22     | = 22     | = 22     | = 22     | = 22      | = 22            | =
annul_scan           | = 22  | = 22  | = 22  | = 22       | = 22           | = 22            | = 22            | open         | = 22      | = 22     | = 22     | = 22     | = 22     | = 22      | = 22            | =
close_wait           | ~     | ~     | ~     | ~          | ~              | ~               | ~               | open         | ~         | ~        | ~        | ~        | ~        | ~         | ~               | ~
refused              | entry | entry | entry | open 22    | close_wait     | open 22         | annul_armed     | open         | open 11   | entry    | entry    | open 22  | open 22  | close_wait| open 22         | open
qr_print             | ~     | ~     | ~     | ~          | ~              | ~               | ~               | ~            | ~         | ~        | ~        | ~        | ~        | ~         | ~               | ~
"""
# fmt: on


def cells() -> list[tuple[str, Key, str]]:
    heading, *rows = [[cell.strip() for cell in line.split("|")] for line in MATRIX.strip("\n").splitlines()]
    return [(row[0], Key(name), cell) for row in rows for name, cell in zip(heading[1:], row[1:], strict=True)]


def test_matrix_has_every_situation_and_key() -> None:
    named = {(situation, key) for situation, key, _ in cells()}
    digits = {Key(digit) for digit in "012345689"}
    assert named == {(situation, key) for situation in SITUATIONS for key in set(Key) - digits}


@pytest.mark.parametrize(("situation", "key", "expected"), cells())
def test_key(situation: str, key: Key, expected: str) -> None:
    bench = SITUATIONS[situation]()
    before, shown = bench.state, bench.shows
    assert before == situation.partition(",")[0]
    bench.till.effects()
    bench.till.press(key, bench.now)
    state, _, error = expected.partition(" ")
    assert bench.state == (before if state in "=~" else state)
    assert bench.till.error == (int(error) if error else None)
    assert (bench.shows == f"Err {error}") == bool(error)
    if situation == "off":
        assert bench.beeps() == []
    else:
        assert bench.beeps() == [BeepLength.LONG if error or state == "~" else BeepLength.SHORT]
    if state == "~":
        assert bench.shows == shown


@pytest.mark.parametrize("key", [key for key in Key if key is not Key.CLEAR])
def test_under_an_error_only_clear_acts(key: Key) -> None:
    bench = ordinary().keys("ПИ")
    bench.till.effects()
    bench.till.press(key, bench.now)
    assert (bench.state, bench.shows, bench.beeps()) == ("open", "Err 22", [BeepLength.LONG])


def test_clear_under_an_error_clears_the_error_only() -> None:
    """[D-42]: the half-typed number is gone already, the request stays open."""
    bench = requested().keys("5 Х")
    assert (bench.state, bench.shows, bench.till.request_open) == ("request", "Err 11", True)
    assert (bench.keys("С").state, bench.shows) == ("request", "А      0.00")
    assert (bench.keys("С").state, bench.till.request_open) == ("idle", False)


def test_a_key_without_a_row_is_no_news_for_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """`transitions` would warn of it, on the stderr of everybody who runs a till."""
    bench = Bench().keys("ПИ")
    assert bench.shows == "Err 22"
    assert caplog.records == []

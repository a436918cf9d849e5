"""What a person does: each verb acts at once, and says why where it cannot."""

from typing import Any

import pytest

from tests.scenario.plays import EAN, PDF, fails, passes

ITEM: dict[str, Any] = {"keys": "1 5 0 ПИ"}
SCANNED: list[dict[str, Any]] = [{"scan": [EAN, PDF]}, {"indicator": "А      0.00"}, {"keys": "500 ПИ"}, {"sale": {}}]


@pytest.mark.parametrize(
    "steps",
    [
        [ITEM, {"state": "open"}],
        [{"keys": "$price PI"}, {"indicator": "7.50"}],
        [{"power": "off"}, {"state": "off"}, {"power": "on"}, {"state": "menu"}],
        [{"paper": "out"}, ITEM, {"indicator": "Err 20"}, {"paper": "in"}, {"keys": "С"}, ITEM, {"state": "open"}],
        [{"option": {27: 0, 30: 7}}, {"till": 7, "keys": "5"}, {"till": 7, "state": "entry"}],
        [{"scan": EAN}, {"indicator": "SCAn PdF"}],
        [{"scan": "beer:$ean"}, {"indicator": "А      0.00"}],
        [{"cable": "out"}, {"expect": {"silence": "2 s"}}, {"cable": "in"}, {"expect": "RDY"}],
        [*SCANNED, {"utm": "down"}, {"keys": "ИТ"}, {"state": "refused"}, {"utm": "up"}, {"keys": "ИТ"}, {"done": {}}],
        [
            *SCANNED,
            {"utm": {"answers": "refuses", "delay": "2 s"}},
            {"keys": "ИТ"},
            {"wait": "1 s"},
            {"state": "close_wait"},
        ],
        [{"damage": {"of_till": {"flip": 1}, "of_master": {"flip": 8}}}, {"scan": EAN}, {"indicator": "SCAn PdF"}],
        [
            {"master": "wire"},
            {"ping": {}},
            {"master": "wire"},
            {"master": "smartbox"},
            {"scan": EAN},
            {"beep": "short"},
        ],
    ],
)
def test_it_is_done(steps: list[dict[str, Any]]) -> None:
    passes(*steps, {"findings": "any"}, variables={"price": "7.5", "ean": EAN})


def test_the_clock_is_set() -> None:
    outcome = passes(
        {"clock": "2016-12-31T23:59:00"}, {"wait": "90 s"}, {"ping": {"expect": {"moment": "2017-01-01T00:00:30"}}}
    )
    assert outcome.time > 90_000_000_000


@pytest.mark.parametrize(
    ("step", "expected", "seen"),
    [
        ({"keys": "$word"}, "values that the step can have", "no such key: ПУСК"),
        ({"keys": "$nothing"}, "values that the step can have", "there is no variable $nothing here"),
        ({"till": 7, "power": "off"}, "a till at address 7", "the only till is at 1"),
        ({"option": {29: 9}}, "option 29 set to 9", "option 29 does not take 9"),
        ({"utm": {"delay": "500 ms"}}, "a delay of whole seconds for the UTM", "500 ms"),
    ],
)
def test_it_cannot_be_done(step: dict[str, Any], expected: str, seen: str) -> None:
    assert fails(step, variables={"word": "ПУСК"}) == (expected, seen)


def test_options_do_not_change_in_a_receipt() -> None:
    found = fails(ITEM, {"option": {29: 1}})
    assert found == ("option 29 set to 1", "option 29 cannot change while a receipt is open")


@pytest.mark.parametrize(("step", "what"), [({"scan": EAN}, "scanner"), ({"utm": "up"}, "UTM")])
def test_what_the_smartbox_has_needs_it(step: dict[str, Any], what: str) -> None:
    found = fails(step, master="wire")
    assert found == ("a step that can be done here", f"there is no {what} while the scenario itself is the master")

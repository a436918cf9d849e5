"""A message held against fields."""

from datetime import datetime
from typing import Any

import pytest

from kkm_sim.messages.codes import Operation
from kkm_sim.messages.records import CloseRequest, PingAnswer, SaleAnswer, ShortAnswer
from kkm_sim.scenario.format.packets import TILL_FIELDS
from kkm_sim.scenario.format.variables import Scope
from kkm_sim.scenario.play.matching import Comparison, compare, data_differences, fields_words, is_of
from kkm_sim.scenario.play.scene import Scene
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.settings import Settings

NOON = datetime(2016, 7, 1, 12, 0)
SOLD = SaleAnswer(receipt_number=12, sum=15000, name="Вино", alcohol=True)
CLOSE = CloseRequest(
    receipt_number=12, kind=Operation.RETURN, operations=1, alcohol=1, other=0, total=5, discounts=0, markups=0,
    tax_1=0, tax_2=0, tax_3=0, tax_4=0, tax_5=0, cash=5, credit=0, shift=3, moment=NOON,
)  # fmt: skip


@pytest.fixture
def scene() -> Scene:
    return Scene(VirtualStage([Settings()], wall=NOON, start="cash"), Scope({"twelve": 12}))


def held(scene: Scene, data: bytes, verb: str, *, lenient: bool = False, **fields: Any) -> Comparison:
    named = TILL_FIELDS[verb].model_validate(fields)
    return compare(data, verb, named, scene, "listed", result=not lenient)


def test_equal_fields_differ_in_nothing(scene: Scene) -> None:
    comparison = held(scene, SOLD.encode(), "sale", sum=15000, name="Вино", alcohol=True, receipt_number="$twelve")
    assert comparison.differences == ()
    assert comparison.named == {"sum": 15000, "name": "Вино", "alcohol": True, "receipt_number": "$twelve"}


def test_variables_take_what_comes(scene: Scene) -> None:
    comparison = held(scene, CLOSE.encode(), "close", kind="$kind", total="$total", moment="$at")
    comparison.bind(scene)
    assert [scene.scope.get(name) for name in ("kind", "total", "at")] == ["return", 5, NOON]
    assert held(scene, CLOSE.encode(), "close", kind="$kind", moment="$at").differences == ()


@pytest.mark.parametrize(
    ("fields", "differences"),
    [
        ({"kind": "sale"}, ("kind is return, expected sale",)),
        ({"moment": "2016-07-01T12:01:00"}, ("moment is 2016-07-01T12:00:00, expected 2016-07-01T12:01:00",)),
        ({"total": "$twelve", "shift": 1}, ("total is 5, expected 12", "shift is 3, expected 1")),
    ],
)
def test_what_differs(scene: Scene, fields: dict[str, Any], differences: tuple[str, ...]) -> None:
    assert held(scene, CLOSE.encode(), "close", **fields).differences == differences


def test_the_result_must_be_0_unless_it_is_named(scene: Scene) -> None:
    refused = SaleAnswer(result=27).encode()
    assert held(scene, refused, "sale").differences == ("result is 27 (rejected), expected 0",)
    assert held(scene, refused, "sale", lenient=True).differences == ()
    assert held(scene, refused, "sale", result=27).differences == ()
    assert held(scene, refused, "sale", result=21).differences == ("result is 27 (rejected), expected 21",)


def test_fields_that_did_not_come(scene: Scene) -> None:
    refused = bytes((3, 5, 2)).ljust(PingAnswer.SIZE, b"\x00")
    comparison = held(scene, refused, "ping", result=2, shift=1, flags="$flags")
    assert comparison.differences == ("shift is not there, expected 1", "flags is not there")
    assert comparison.takes == {}
    assert comparison.named == {"result": 2, "shift": 1, "flags": "$flags"}


def test_bytes_that_are_no_value_of_a_field(scene: Scene) -> None:
    data = CloseRequest.with_raw_field(CLOSE.encode(), "total", b"\xff" * 7)
    assert held(scene, data, "close").differences == ("total: a nibble over 9, ff ff ff ff ff ff ff",)


def test_another_message(scene: Scene) -> None:
    assert held(scene, SOLD.encode(), "close").differences == ("it is no CloseRequest",)
    assert held(scene, b"\x03", "ping").differences == ("it is no PingAnswer",)
    short = ShortAnswer(function=9, result=1).encode()
    assert held(scene, short, "short", lenient=True, function=9).differences == ()
    assert is_of(short, "short")
    assert not is_of(short, "ping")


def test_words() -> None:
    assert fields_words("ping", None) == "`ping`"
    fields = TILL_FIELDS["close"].model_validate({"total": 5, "kind": 0})
    assert fields_words("close", fields) == "`close` with kind sale, total 5"


@pytest.mark.parametrize(
    ("seen", "differences"),
    [
        (b"\x03\x05", []),
        (b"\x03\x06", ["byte 1 is 06, expected 05"]),
        (b"\x03", ["1 bytes, expected 2"]),
        (b"\x04\x05\x06", ["3 bytes, expected 2", "byte 0 is 04, expected 03"]),
    ],
)
def test_bytes_that_differ(seen: bytes, differences: list[str]) -> None:
    assert data_differences(seen, b"\x03\x05") == differences

"""Packets as `send` and `expect` name them."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from kkm_sim.clock import SECOND
from kkm_sim.link.packets import ControlCode
from kkm_sim.scenario.format.packets import Control, Data, Message, PacketExpected, PacketSent, Raw, Silence

SENT: TypeAdapter[Any] = TypeAdapter(PacketSent)
EXPECTED: TypeAdapter[Any] = TypeAdapter(PacketExpected)


@pytest.mark.parametrize("side", [SENT, EXPECTED])
@pytest.mark.parametrize("code", ControlCode)
def test_a_control_packet_by_its_name(side: TypeAdapter[Any], code: ControlCode) -> None:
    assert side.validate_python(code.name) == Control.model_validate({"packet": code.name, "hs": 0})
    assert side.validate_python(f"{code.name} HS=1") == Control.model_validate({"packet": code.name, "hs": 1})


def test_a_control_packet_whose_code_has_no_name() -> None:
    assert SENT.validate_python({"packet": 15, "hs": 1}) == Control(packet=15, hs=1)


@pytest.mark.parametrize(
    ("written", "packet"),
    [
        ({"data": "03 05"}, Data(data="03 05")),  # type: ignore[arg-type]
        ({"data": 10, "number": 3, "hs": 1}, Data(data="10", number=3, hs=1)),  # type: ignore[arg-type]
        ({"data": "05", "number": "$n"}, Data(data="05", number="$n")),  # type: ignore[arg-type]
        ({"hex": "7f 02"}, Raw(hex="7f02")),  # type: ignore[arg-type]
    ],
)
def test_bytes(written: dict[str, Any], packet: Data | Raw) -> None:
    assert SENT.validate_python(written) == packet
    assert EXPECTED.validate_python(written) == packet


def test_silence_is_only_expected() -> None:
    assert EXPECTED.validate_python({"silence": "3 s"}) == Silence(silence="3 s")  # type: ignore[arg-type]
    assert Silence(silence="3 s").silence == 3 * SECOND  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        SENT.validate_python({"silence": "3 s"})


def test_a_message_by_its_function() -> None:
    sent = SENT.validate_python({"sale": {"code_type": "beer"}, "hs": 1})
    assert isinstance(sent, Message)
    assert (sent.function, sent.hs, sent.number, dict(sent.fields.given())) == ("sale", 1, None, {"code_type": 3})
    expected = EXPECTED.validate_python({"number": "$n", "ping": {"flags": "$f"}})
    assert (expected.function, expected.number, dict(expected.fields.given())) == ("ping", "$n", {"flags": "$f"})


def test_each_side_has_its_own_messages() -> None:
    SENT.validate_python({"close": {"result": 0}})
    EXPECTED.validate_python({"done": {}})
    for side, written in ((SENT, {"done": {}}), (EXPECTED, {"ping": {"text": "a"}}), (SENT, {"ping": {"flags": 1}})):
        with pytest.raises(ValidationError):
            side.validate_python(written)


def test_an_identifier_as_text_as_rows_or_as_a_code() -> None:
    for body in ({"text": "a"}, {"bitmap": ["ff 00", "00 ff"]}, {"qr": "https://a", "level": "H"}):
        assert set(SENT.validate_python({"identifier": body}).fields.given()) == set(body)


@pytest.mark.parametrize(
    "written",
    ["RDI", "rdy", "RDY HS=2", "RDY HS=", "", 5, None, [], {}, {"hs": 1}, {"packet": 16}, {"packet": "RDY", "hs": 2},
     {"data": "5"}, {"data": "05", "number": 8}, {"hex": "05", "data": "05"}, {"sale": {}, "ping": {}}, {"zzz": {}},
     {"identifier": {"bitmap": []}}, {"identifier": {"level": "X"}}],
    ids=repr,
)  # fmt: skip
def test_what_is_no_packet(written: object) -> None:
    for side in (SENT, EXPECTED):
        with pytest.raises(ValidationError):
            side.validate_python(written)

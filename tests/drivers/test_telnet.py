from inspect import signature

import pytest
from serial.rfc2217 import PortManager

from kkm_sim.drivers.telnet import Telnet, TelnetBroken, escaped

WILL_COM_PORT = bytes.fromhex("FF FB 2C")
SET_BAUD_9600 = bytes.fromhex("FF FA 2C 01 00 00 25 80 FF F0")
BAUD_IS_9600 = bytes.fromhex("FF FA 2C 65 00 00 25 80 FF F0")


def test_the_lines_bytes_are_taken_out_of_telnets() -> None:
    telnet = Telnet(57600, lambda data: None)
    assert telnet.heard(b"\x02" + SET_BAUD_9600 + b"\x03") == b"\x02\x03"


def test_byte_ff_goes_doubled_both_ways() -> None:
    assert escaped(b"\x01\xff\x02") == b"\x01\xff\xff\x02"
    assert Telnet(57600, lambda data: None).heard(b"\x01\xff\xff\x02") == b"\x01\xff\x02"


def test_a_speed_is_taken_and_acknowledged() -> None:
    replies: list[bytes] = []
    telnet = Telnet(57600, replies.append)
    assert telnet.asked_baud is None
    telnet.heard(WILL_COM_PORT + SET_BAUD_9600)
    assert telnet.asked_baud == 9600
    assert BAUD_IS_9600 in b"".join(replies)


def test_a_command_may_come_in_pieces() -> None:
    telnet = Telnet(57600, lambda data: None)
    assert telnet.heard(SET_BAUD_9600[:5]) == b""
    assert telnet.heard(SET_BAUD_9600[5:] + b"!") == b"!"
    assert telnet.asked_baud == 9600


def test_broken_telnet_is_told_as_such() -> None:
    with pytest.raises(TelnetBroken):
        Telnet(57600, lambda data: None).heard(bytes.fromhex("FF FA 2C 01 25 FF F0"))


def test_a_command_without_end_is_broken_too() -> None:
    telnet = Telnet(57600, lambda data: None)
    telnet.heard(SET_BAUD_9600[:4] + bytes(1000))
    with pytest.raises(TelnetBroken):
        telnet.heard(bytes(1000))


def test_what_is_private_in_pyserial_is_as_it_is_used() -> None:
    """`kkm_sim.drivers.telnet` goes on where one method of it ends, and looks at what has come of a command."""
    private = vars(PortManager)["_telnet_process_subnegotiation"]
    assert list(signature(private).parameters) == ["self", "suboption"]
    assert "suboption" in PortManager.filter.__code__.co_names

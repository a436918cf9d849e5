"""Messages in frames: cutting and joining."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.link.transfer import MAX_MESSAGE, Held, IncomingTransfer, Outgoing, OutgoingTransfer


def first_byte_is_the_length(data: bytes) -> int | None:
    return data[0] if data else None


def never(data: bytes) -> int | None:
    return None


@given(st.binary(max_size=600), st.integers(1, 512))
def test_what_is_cut_joins_again(data: bytes, max_frame: int) -> None:
    transfer = OutgoingTransfer(Outgoing(data, "tag"), max_frame)
    frames = [transfer.frame]
    while not transfer.last:
        transfer.advance()
        frames.append(transfer.frame)
    assert b"".join(frames) == data
    assert all(len(frame) == max_frame for frame in frames[:-1])
    assert transfer.single == (len(frames) == 1)
    assert transfer.under_way == (len(frames) > 1)
    transfer.restart()
    assert transfer.frame == frames[0]


def test_a_frame_without_hs_ends_the_message_whatever_its_length() -> None:
    incoming = IncomingTransfer(first_byte_is_the_length)
    assert incoming.add(b"\x05ab", more=False) == b"\x05ab"
    assert not incoming.begun


def test_with_hs_the_declared_length_ends_it() -> None:
    incoming = IncomingTransfer(first_byte_is_the_length)
    assert incoming.add(b"\x05ab", more=True) is Held.MORE_TO_COME
    assert incoming.begun
    assert incoming.add(b"cd", more=True) == b"\x05abcd"
    assert not incoming.begun
    assert incoming.add(b"\x02abc", more=True) == b"\x02abc"  # runs over: the receiver judges


def test_an_empty_frame_with_hs_begins_a_message() -> None:
    incoming = IncomingTransfer(first_byte_is_the_length)
    assert incoming.add(b"", more=True) is Held.MORE_TO_COME
    assert incoming.begun
    assert incoming.add(b"", more=False) == b""
    assert not incoming.begun


def test_dropped_frames_are_forgotten() -> None:
    incoming = IncomingTransfer(first_byte_is_the_length)
    incoming.add(b"\x05ab", more=True)
    incoming.drop()
    assert not incoming.begun
    assert incoming.add(b"\x02x", more=True) == b"\x02x"


def test_525_bytes_are_a_message_and_526_are_not() -> None:
    incoming = IncomingTransfer(never)
    assert incoming.add(bytes(500), more=True) is Held.MORE_TO_COME
    assert incoming.add(bytes(25), more=False) == bytes(MAX_MESSAGE)
    assert incoming.add(bytes(500), more=True) is Held.MORE_TO_COME
    assert incoming.add(bytes(26), more=False) is Held.TOO_LONG
    assert not incoming.begun


@pytest.mark.parametrize("more_after", [0, 3])
def test_the_rest_of_a_message_too_long_is_dropped_too(more_after: int) -> None:
    incoming = IncomingTransfer(never)
    incoming.add(bytes(500), more=True)
    assert incoming.add(bytes(26), more=True) is Held.TOO_LONG
    for _ in range(more_after):
        assert incoming.add(b"x", more=True) is Held.MORE_TO_COME
        assert incoming.begun
    assert incoming.add(b"x", more=False) is Held.DROPPED
    assert incoming.add(b"y", more=False) == b"y"

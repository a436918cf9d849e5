from collections import deque
from dataclasses import replace

from kkm_sim.clock import Instant
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.folded_polls import Poll, add_poll
from kkm_sim.link.packets import ControlCode, Packet
from tests.support import master, till

RDY, DISC = ControlCode.RDY, ControlCode.DISC


def seen(packet: Packet, at: int) -> PacketSeen:
    return PacketSeen(packet, packet.encode(), Instant(at))


def poll(at: int, answer: ControlCode | None = RDY, *, address: int = 1) -> Poll[PacketSeen]:
    asked = seen(master(RDY, address=address), at)
    return Poll(address, asked, asked, seen(till(answer, address=address), at + 1) if answer is not None else None)


def folded(*rows: object) -> list[object]:
    found: deque[object] = deque()
    for row in rows:
        if isinstance(row, Poll):
            add_poll(found, row)
        else:
            found.append(row)
    return list(found)


def test_polls_that_hear_the_same_are_one_and_the_newest_is_shown() -> None:
    first, newest = poll(0), poll(40)
    assert folded(first, poll(20), newest) == [replace(newest, first=first.first, times=3)]


def test_silence_is_an_answer_like_others() -> None:
    assert [row.times for row in folded(poll(0, None), poll(20, None)) if isinstance(row, Poll)] == [2]
    assert folded(poll(0, None), poll(20)) == [poll(0, None), poll(20)]


def test_another_answer_begins_anew() -> None:
    assert folded(poll(0), poll(20, DISC), poll(40)) == [poll(0), poll(20, DISC), poll(40)]


def test_tills_that_are_polled_in_turn_have_a_row_each() -> None:
    rows = folded(poll(0), poll(10, address=2), poll(20), poll(30, address=2), poll(40))
    assert [(row.till, row.times) for row in rows if isinstance(row, Poll)] == [(1, 3), (2, 2)]


def test_what_comes_between_parts_them() -> None:
    syn = seen(master(ControlCode.SYN), 10)
    assert folded(poll(0), syn, poll(20)) == [poll(0), syn, poll(20)]


def test_rows_that_are_there_do_not_change() -> None:
    rows: deque[object] = deque()
    first = poll(0)
    add_poll(rows, first)
    add_poll(rows, poll(20))
    assert first == poll(0)

import threading

from kkm_sim.clock import SECOND
from kkm_sim.drivers.joined_ports import CAPACITY, joined_ports
from tests.waiting import PATIENCE_S

LONG = PATIENCE_S * SECOND


def test_what_one_end_writes_the_other_reads() -> None:
    one, other = joined_ports()
    one.write(b"\x02")
    one.write(b"\x10")
    assert other.read(LONG) == b"\x02\x10"
    other.write(b"\x06")
    assert one.read(LONG) == b"\x06"
    one.close()
    other.close()


def test_waiting_ends_when_bytes_come_and_when_woken() -> None:
    one, other = joined_ports()
    threading.Timer(0.02, one.write, (b"!",)).start()
    assert other.read(LONG) == b"!"
    other.read(0)  # the bell of those bytes
    threading.Timer(0.02, other.wake).start()
    assert other.read(LONG) == b""
    one.close()
    other.close()


def test_nothing_comes_of_nothing() -> None:
    one, other = joined_ports()
    assert other.read(0) == b""
    one.close()
    other.close()


def test_the_till_sees_the_masters_speed() -> None:
    till_end, master_end = joined_ports()
    assert till_end.client_baud() is None
    master_end.follow(9600)
    till_end.follow(57600)
    assert (till_end.client_baud(), master_end.client_baud()) == (9600, None)
    till_end.close()
    master_end.close()


def test_an_end_that_nobody_reads_does_not_grow() -> None:
    one, other = joined_ports()
    for _ in range(3):
        one.write(bytes(CAPACITY // 2))
    assert len(other.read(0)) == CAPACITY
    one.write(b"again")
    assert other.read(0) == b"again"
    one.close()
    other.close()


def test_writing_to_a_closed_end_is_lost() -> None:
    one, other = joined_ports()
    other.close()
    one.write(b"!")
    one.close()
    one.write(b"!")

"""Tills in a thread, at a port that a program opens."""

import threading
from collections.abc import Iterator

import pytest
import serial

from kkm_sim.drivers.pump import PumpStopped
from kkm_sim.testing.live_line import LiveLine, fresh_port
from kkm_sim.testing.setup import setup_of

SYN = bytes.fromhex("7f 02 01 cc 33")
RDY = bytes.fromhex("7f 02 01 c5 3a")
RDY_OF_TILL = bytes.fromhex("7f 02 01 e5 1a")


@pytest.fixture
def line() -> Iterator[LiveLine]:
    line = LiveLine(setup_of({}, pace="off"))
    yield line
    line.close()


def test_a_program_finds_the_till_at_its_port(line: LiveLine) -> None:
    (kkm,) = line.tills
    assert kkm.port == line.port == kkm.place
    with serial.serial_for_url(kkm.port, 57600, timeout=3) as program:
        program.write(SYN)
        assert program.read(5) == RDY_OF_TILL
        program.write(RDY)
        assert program.read(5) == RDY_OF_TILL
    assert [str(seen.packet) for seen in kkm.packets] == ["SYN", "RDY", "RDY", "RDY"]
    assert kkm.findings == []


def test_waiting_ends_with_what_the_condition_gives(line: LiveLine) -> None:
    (kkm,) = line.tills
    assert kkm.wait_for(lambda kkm: kkm.indicator) == kkm.indicator != ""


def test_waiting_hears_what_a_program_does(line: LiveLine) -> None:
    (kkm,) = line.tills
    threads = []

    def nothing_said(count: int) -> bool:
        threads.append(threading.current_thread())
        return count == 0

    assert kkm.wait_for(lambda kkm: nothing_said(len(kkm.packets)))
    with serial.serial_for_url(kkm.port, 57600) as program:
        program.write(SYN)
        said = kkm.wait_for(lambda kkm: kkm.packets)
    assert str(said[0].packet) == "SYN"
    assert threads == [threads[0]] != [threading.main_thread()]


def test_waiting_hears_what_another_thread_does(line: LiveLine) -> None:
    (kkm,) = line.tills
    looked = threading.Event()

    def press() -> None:
        looked.wait(3)
        kkm.press("7")

    def seven_is_shown() -> bool:
        looked.set()
        return kkm.indicator == "7"

    operator = threading.Thread(target=press)
    operator.start()
    kkm.wait_for(lambda kkm: seven_is_shown())
    operator.join()


def test_waiting_in_vain_says_what_is_seen(line: LiveLine) -> None:
    (kkm,) = line.tills
    kkm.press("7")
    with pytest.raises(AssertionError, match=r"^not within 0.05 s; the till at .*\nindicator  '7'\nstate      entry"):
        kkm.wait_for(lambda kkm: kkm.state == "request", within_s=0.05)


def test_what_no_step_shows_is_seen_at_the_end(line: LiveLine) -> None:
    (kkm,) = line.tills
    first = iter([False])
    assert kkm.wait_for(lambda kkm: next(first, True), within_s=0.05)


@pytest.mark.parametrize("error", [ZeroDivisionError, pytest.fail.Exception])
def test_what_a_condition_raises_is_the_tests_own(line: LiveLine, error: type[BaseException]) -> None:
    (kkm,) = line.tills

    def broken(kkm: object) -> bool:
        raise error("of the test")

    with pytest.raises(error, match="of the test"):
        kkm.wait_for(broken)
    kkm.press("7")
    assert kkm.indicator == "7"


def test_tills_of_one_line_share_the_port() -> None:
    line = LiveLine(setup_of({"tills": [{"option_30": 1}, {"option_30": 2}]}, pace="off"))
    try:
        first, second = line.tills
        assert first.port == second.port
        second.press("7")
        assert (first.indicator == "7", second.indicator == "7") == (False, True)
        assert (first.address, second.address) == (1, 2)
    finally:
        line.close()


def test_after_the_end_there_is_nothing_to_ask(line: LiveLine) -> None:
    (kkm,) = line.tills
    line.close()
    line.close()
    with pytest.raises(PumpStopped):
        kkm.press("7")


def test_where_there_are_no_ptys_the_port_is_a_url() -> None:
    port, name = fresh_port(57600, ptys=False)
    try:
        assert name.startswith("socket://127.0.0.1:")
        serial.serial_for_url(name).close()
    finally:
        port.close()

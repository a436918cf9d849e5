from datetime import datetime

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.messages.records import PingRequest
from kkm_sim.remote.master.line_end import CAPACITY, LineEnd
from kkm_sim.remote.master.master_news import Answered
from kkm_sim.remote.master.till_master import TillMaster
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.virtual.line import VirtualLine

NOW = Instant(0)


def line_end() -> LineEnd:
    return LineEnd(TillMaster(1, Settings(), baud=57600, paced=True, now=NOW))


def test_the_master_works_through_it() -> None:
    end = line_end()
    line = VirtualLine(Simulator(Settings(), wall=datetime(2016, 7, 1), now=NOW), end)
    end.master.hold(NOW)
    end.master.call(1, PingRequest(), NOW)
    while line.step(Instant(SECOND)):
        pass
    assert isinstance(end.master.next_event(), Answered)


def test_raw_bytes_go_both_ways() -> None:
    end, heard = line_end(), bytearray()
    end.begin_raw(heard.extend, None)
    assert end.deadline() is None
    end.send_raw(b"\x02\x01")
    end.send_raw(b"\x03")
    assert end.deadline() is not None
    assert end.poll(NOW) == b"\x02\x01\x03"
    assert end.poll(NOW) == b""
    end.receive(b"\x10", NOW)
    assert heard == b"\x10"


def test_what_the_master_has_begun_comes_first() -> None:
    end, heard = line_end(), bytearray()
    end.master.hold(NOW)
    assert end.poll(Instant(SECOND))
    end.master.release(Instant(SECOND))
    end.begin_raw(heard.extend, None)
    end.send_raw(b"\x02")
    assert end.poll(Instant(SECOND)) == b""  # the till's answer may be on its way
    end.receive(b"\x10", Instant(SECOND + MS))
    now, sent = Instant(SECOND), b""
    while not sent:
        assert now < 10 * SECOND
        now = Instant(now + MS)
        sent = end.poll(now)
    assert sent == b"\x02"
    assert heard == b""


def test_the_speed_is_the_programs_while_it_is_there() -> None:
    end = line_end()
    end.set_raw_baud(9600)
    assert end.baud == 57600
    end.begin_raw(lambda data: None, 19200)
    assert end.baud == 19200
    end.set_raw_baud(9600)
    assert end.baud == 9600
    end.end_raw()
    assert end.baud == 57600


def test_nothing_goes_out_before_the_port_has_the_new_speed() -> None:
    end = line_end()
    end.begin_raw(lambda data: None, 9600)
    end.send_raw(b"\x02")
    assert end.poll(NOW) == b""
    assert end.deadline() is not None
    assert end.poll(NOW) == b"\x02"
    end.end_raw()
    end.master.hold(NOW)
    assert end.poll(Instant(SECOND)) == b""
    assert end.poll(Instant(SECOND)) != b""


def test_a_program_that_is_gone_neither_speaks_nor_hears() -> None:
    end, heard = line_end(), bytearray()
    end.begin_raw(heard.extend, None)
    end.send_raw(b"\x02")
    end.end_raw()
    end.send_raw(b"\x03")
    assert end.poll(NOW) == b""
    end.receive(b"\x10", NOW)
    assert heard == b""


def test_what_waits_is_bounded() -> None:
    end = line_end()
    end.begin_raw(lambda data: None, None)
    end.send_raw(bytes(CAPACITY))
    end.send_raw(b"lost")
    assert end.poll(NOW) == bytes(CAPACITY)

"""The loop, on a port of its own making that can be talked to, cut and joined again."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import ClassVar

import pytest

from kkm_sim.clock import MS, Instant, ManualClock
from kkm_sim.drivers.ports import Doorbell, PortGone
from kkm_sim.drivers.pump import Pump, PumpStopped
from kkm_sim.drivers.wire import Pace
from tests.drivers.echo import Echo
from tests.waiting import PATIENCE_S, eventually


class Cable:
    """A port in memory. `say` from the test's thread; what the till wrote is in `written`."""

    def __init__(self, paced: bool = True) -> None:
        self.paced = paced
        self.names: Mapping[str, str] = {"port": "cable"}
        self.written: list[tuple[bytes, int]] = []
        self.baud: int | None = None
        self.followed: list[int] = []
        self.attempts = 0
        self.cut = False
        self.closed = False
        self.reads = 0
        self._said: deque[bytes] = deque()
        self._gone = False
        self._bell = Doorbell()

    def say(self, data: bytes) -> None:
        self._said.append(data)
        self._bell.ring()

    def pull(self) -> None:
        self.cut = True
        self._bell.ring()

    def read(self, timeout_ns: int | None) -> bytes:
        if not self._said:
            self._bell.wait((), timeout_ns)
        if self.cut and not self._gone:
            self._gone = True
            raise PortGone("pulled out")
        self.reads += 1
        return self._said.popleft() if self._said else b""

    def pause(self, timeout_ns: int | None) -> None:
        self._bell.wait((), timeout_ns)

    def write(self, data: bytes) -> None:
        self.written.append((data, time.monotonic_ns()))

    def client_baud(self) -> int | None:
        return self.baud

    def follow(self, baud: int) -> None:
        self.followed.append(baud)

    def reopen(self) -> bool:
        self.attempts += 1
        self._gone = self.cut
        return not self.cut

    def wake(self) -> None:
        self._bell.ring()

    def close(self) -> None:
        self.closed = True
        self._bell.close()

    @property
    def said_by_till(self) -> bytes:
        return b"".join(data for data, _ in self.written)


@pytest.fixture
def cable() -> Cable:
    return Cable()


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def pump(echo: Echo, cable: Cable) -> Iterator[Pump]:
    with Pump(echo, cable, retry=20 * MS) as pump:
        yield pump


def test_unpaced_bytes_are_handed_over_as_they_came(pump: Pump, echo: Echo, cable: Cable) -> None:
    cable.say(b"hello")
    eventually(lambda: cable.written)
    assert cable.said_by_till == b"hello"
    assert [data for data, _ in echo.heard] == [b"hello"]


@pytest.mark.parametrize(("paced", "pace"), [(True, "off"), (False, "packet"), (False, "byte")])
def test_pace_off_and_real_ports_are_not_paced(paced: bool, pace: Pace) -> None:
    echo, cable = Echo(byte_time=MS), Cable(paced)
    with Pump(echo, cable, pace=pace):
        cable.say(b"hello")
        eventually(lambda: cable.written)
    assert [data for data, _ in echo.heard] == [b"hello"]
    assert [data for data, _ in cable.written] == [b"hello"]


def test_paced_by_packet_every_byte_has_its_moment_and_the_answer_comes_whole() -> None:
    echo, cable = Echo(byte_time=4 * MS), Cable()
    with Pump(echo, cable, pace="packet"):
        start = time.monotonic_ns()
        cable.say(b"abcde")
        eventually(lambda: cable.written)
    moments = [moment for _, moment in echo.heard]
    assert echo.bytes_heard == b"abcde"
    assert {later - sooner for sooner, later in pairwise(moments)} == {4 * MS}
    assert cable.said_by_till == b"abcde"
    assert len(cable.written) == 1
    assert cable.written[0][1] - start >= 40 * MS


def test_paced_by_byte_the_answer_trickles() -> None:
    echo, cable = Echo(byte_time=4 * MS), Cable()
    with Pump(echo, cable, pace="byte"):
        cable.say(b"abcde")
        eventually(lambda: len(cable.said_by_till) == 5)
    assert cable.said_by_till == b"abcde"
    assert len(cable.written) > 1
    assert cable.written[-1][1] - cable.written[0][1] >= 10 * MS


def test_a_peer_that_says_too_much_must_wait() -> None:
    echo, cable = Echo(byte_time=MS), Cable()
    with Pump(echo, cable):
        for _ in range(10):
            cable.say(bytes(4096))
        eventually(lambda: cable.reads)
        time.sleep(0.05)
        assert cable.reads <= 3


def test_a_deadline_is_met_within_a_millisecond_at_best(pump: Pump, echo: Echo, cable: Cable) -> None:
    echo.delay = 10 * MS

    def late() -> int:
        answered = len(echo.answered)
        cable.say(b"x")
        eventually(lambda: len(echo.answered) > answered)
        late = echo.answered[-1] - echo.heard[-1][1] - echo.delay
        assert late >= 0
        return late

    # Once is enough: a loop that rounds to milliseconds never is that punctual, whatever else this machine does.
    eventually(lambda: late() < MS)


def test_a_quiet_line_takes_no_processor_time(pump: Pump, echo: Echo, cable: Cable) -> None:
    echo.delay = 200 * MS
    cable.say(b"x")
    eventually(lambda: echo.heard)
    start = time.process_time()
    time.sleep(0.15)
    assert time.process_time() - start < 0.05


def test_call_runs_in_the_pumps_thread_and_returns(pump: Pump) -> None:
    def where(now: Instant) -> tuple[str, int]:
        return threading.current_thread().name, now

    name, now = pump.call(where)
    assert name != threading.current_thread().name
    assert 0 <= now <= pump.clock.now()


def test_call_raises_what_the_function_raised_and_the_line_goes_on(pump: Pump, cable: Cable) -> None:
    def wrong(now: Instant) -> None:
        raise KeyError("no such key")

    with pytest.raises(KeyError, match="no such key"):
        pump.call(wrong)
    cable.say(b"x")
    eventually(lambda: cable.said_by_till == b"x")


def test_call_within_the_pumps_thread_does_not_wait_for_itself(pump: Pump) -> None:
    assert pump.call(lambda now: pump.call(lambda then: then >= now))


def test_calls_from_many_threads_all_run(pump: Pump) -> None:
    counted: list[int] = []
    threads = [
        threading.Thread(target=lambda: [pump.call(lambda now: counted.append(now)) for _ in range(50)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert len(counted) == 200
    assert counted == sorted(counted)


def test_submit_serves_asyncio(pump: Pump) -> None:
    async def ask() -> int:
        return await asyncio.wrap_future(pump.submit(lambda now: 42))

    assert asyncio.run(ask()) == 42


def test_what_a_call_makes_the_endpoint_say_goes_out(pump: Pump, echo: Echo, cable: Cable) -> None:
    pump.call(lambda now: echo.receive(b"unasked", now))
    eventually(lambda: cable.said_by_till == b"unasked")


def test_observers_see_the_steps_in_which_something_happened(pump: Pump, cable: Cable) -> None:
    steps: list[Instant] = []
    pump.call(lambda now: pump.on_step.append(steps.append))
    # The step of that call itself is the first one seen.
    eventually(lambda: len(steps) == 1)
    pump.port.wake()
    time.sleep(0.02)
    assert len(steps) == 1
    cable.say(b"x")
    eventually(lambda: cable.written)
    pump.call(lambda now: None)
    assert len(steps) >= 2


def test_a_wrong_speed_is_noise_once_a_burst_and_is_not_answered(pump: Pump, echo: Echo, cable: Cable) -> None:
    cable.baud = 9600
    cable.say(b"a")
    eventually(lambda: echo.noise)
    cable.say(b"b")
    pump.call(lambda now: echo.receive(b"answer", now))
    eventually(lambda: echo.answered)
    assert [data for data, _ in echo.noise] == [b"a"]
    assert cable.written == []


def test_the_port_follows_the_tills_speed(pump: Pump, echo: Echo, cable: Cable) -> None:
    eventually(lambda: cable.followed == [57600])
    pump.call(lambda now: setattr(echo, "baud", 9600))
    eventually(lambda: cable.followed == [57600, 9600])


def test_a_lost_port_is_said_once_retried_and_said_once_when_back(
    pump: Pump, cable: Cable, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        cable.pull()
        eventually(lambda: cable.attempts >= 3)
        assert pump.call(lambda now: "alive") == "alive"
        cable.cut = False
        cable.say(b"x")
        eventually(lambda: cable.said_by_till == b"x")
        eventually(lambda: "port is back: cable" in caplog.messages)
    assert caplog.messages == ["port lost, waiting for it: pulled out", "port is back: cable"]
    assert pump.failure is None


class Broken(Echo):
    def receive(self, data: bytes, now: Instant) -> None:
        raise ZeroDivisionError("a bug of ours")


def test_an_error_in_the_endpoint_ends_run(cable: Cable) -> None:
    pump = Pump(Broken(), cable)
    cable.say(b"x")
    with pytest.raises(ZeroDivisionError):
        pump.run()
    assert cable.closed


def test_an_error_in_the_endpoint_ends_the_thread_and_reaches_who_waits(
    cable: Cable, caplog: pytest.LogCaptureFixture
) -> None:
    pump = Pump(Broken(), cable)
    pump.start()
    assert not pump.wait(0.01)
    cable.say(b"x")
    with pytest.raises(ZeroDivisionError):
        pump.wait(PATIENCE_S)
    with pytest.raises(PumpStopped) as caught:
        pump.call(lambda now: None)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert "ZeroDivisionError: a bug of ours" in caplog.text


def test_stop_waits_for_the_end_and_closes_the_port(pump: Pump, cable: Cable) -> None:
    pump.stop()
    assert cable.closed
    assert pump.wait(0)
    pump.stop()
    with pytest.raises(PumpStopped):
        pump.submit(lambda now: None)


def test_stop_from_the_pumps_own_thread(pump: Pump, cable: Cable) -> None:
    pump.call(lambda now: pump.stop())
    assert pump.wait(PATIENCE_S)
    assert cable.closed


def test_stop_before_the_start_closes_the_port_and_nothing_runs(echo: Echo, cable: Cable) -> None:
    pump = Pump(echo, cable)
    waiting = pump.submit(lambda now: None)
    pump.stop()
    assert cable.closed
    with pytest.raises(PumpStopped):
        waiting.result(0)
    pump.run()


def test_a_call_before_the_start_runs_at_the_start(echo: Echo, cable: Cable) -> None:
    pump = Pump(echo, cable)
    waiting = pump.submit(lambda now: "done")
    with pump:
        assert waiting.result(PATIENCE_S) == "done"


def test_a_pump_runs_once(pump: Pump) -> None:
    with pytest.raises(RuntimeError, match="once"):
        pump.run()


def test_the_clock_may_be_given(echo: Echo, cable: Cable) -> None:
    with Pump(echo, cable, clock=ManualClock(77)) as pump:
        assert pump.call(lambda now: now) == 77


def test_whether_the_port_is_there(pump: Pump, cable: Cable) -> None:
    assert not pump.gone
    cable.pull()
    eventually(lambda: pump.gone)
    cable.cut = False
    eventually(lambda: not pump.gone)
    pump.stop()
    assert pump.gone


# Kept from a processor


class Judge(Echo):
    """An endpoint that judges time."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[int] = []

    def late_by(self, late: int) -> None:
        self.late.append(late)


class Delays:
    """What the thread is told, read by read."""

    told: ClassVar[list[int]] = []
    closed = 0

    def since_last(self) -> int:
        return self.told.pop(0)

    def close(self) -> None:
        type(self).closed += 1


@pytest.mark.parametrize("pace", ["packet", "off"])
def test_who_judges_time_is_told_how_late_bytes_were_noticed(
    monkeypatch: pytest.MonkeyPatch, cable: Cable, pace: Pace
) -> None:
    monkeypatch.setattr("kkm_sim.drivers.pump.RunDelay", Delays)
    monkeypatch.setattr(Delays, "told", [7 * MS, 0])
    monkeypatch.setattr(Delays, "closed", 0)
    judge = Judge()
    with Pump(judge, cable, pace=pace):
        cable.say(b"one")
        eventually(lambda: cable.said_by_till == b"one")
        cable.say(b"two")
        eventually(lambda: cable.said_by_till == b"onetwo")
    assert judge.late == ([7 * MS, 0] if pace == "packet" else [])
    assert Delays.closed == len(judge.late) // 2

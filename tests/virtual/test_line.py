"""The loop in virtual time, and the cable."""

from collections import deque
from datetime import datetime

import pytest

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import Direction
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.virtual.line import VirtualLine, Way

RDY = bytes.fromhex("7f 02 01 c5 3a")
TILL_RDY = bytes.fromhex("7f 02 01 e5 1a")


class Script:
    """A master who says what stands in its script, at its moment."""

    def __init__(self, *script: tuple[int, bytes]) -> None:
        self.script = deque(script)
        self.heard: list[tuple[int, bytes]] = []

    def receive(self, data: bytes, now: Instant) -> None:
        self.heard.append((now, data))

    def poll(self, now: Instant) -> bytes:
        return self.script.popleft()[1] if self.script and self.script[0][0] <= now else b""

    def deadline(self) -> Instant | None:
        return Instant(self.script[0][0]) if self.script else None


def line_with(master: Script, *, paced: bool = True, way: Way | None = None) -> VirtualLine:
    simulator = Simulator(Settings(), wall=datetime(2016, 7, 1, 12), now=Instant(0), paced=paced)
    return VirtualLine(simulator, master, way)


def run(line: VirtualLine, end: int) -> list[int]:
    """Runs to the end; the moments at which something happened."""
    moments: list[int] = []
    while line.step(Instant(end)):
        moments.append(line.clock.now())
    return moments


def findings(line: VirtualLine) -> list[FindingCode]:
    return [finding.code for _, finding in line.simulator.findings.since()]


def test_time_jumps_from_one_thing_to_the_next() -> None:
    master = Script((1 * MS, RDY))
    line = line_with(master)
    # The master begins; five bytes of 173,612 ns later the till has them; 10 ms of quiet; five bytes back.
    assert run(line, 50 * MS) == [1 * MS, 1_868_060, 11_868_060, 12_736_120]
    assert line.clock.now() == 50 * MS
    assert master.heard == [(12_736_120, TILL_RDY)]


@pytest.mark.parametrize(("end", "things"), [(0, 0), (999_999, 0), (1_000_000, 1), (1_868_059, 1), (1_868_060, 2)])
def test_never_past_the_end(end: int, things: int) -> None:
    line = line_with(Script((1 * MS, RDY)))
    assert len(run(line, end)) == things
    assert line.clock.now() == end


def test_an_end_in_the_past_moves_nothing() -> None:
    line = line_with(Script())
    run(line, 5 * MS)
    assert not line.step(Instant(1 * MS))
    assert line.clock.now() == 5 * MS


def test_without_pace_bytes_take_no_time() -> None:
    master = Script((1 * MS, RDY), (1 * MS, RDY))
    line = line_with(master, paced=False)
    run(line, 2 * MS)
    assert master.heard == [(1 * MS, TILL_RDY), (1 * MS, TILL_RDY)]


def test_the_way_decides_what_arrives() -> None:
    asked: list[tuple[bytes, Direction, int]] = []

    def way(data: bytes, direction: Direction, begun: Instant) -> bytes:
        asked.append((data, direction, begun))
        return data[:2] if direction is Direction.TO_MASTER else data

    master = Script((0, RDY))
    line = line_with(master, way=way)
    run(line, 1 * SECOND)
    assert asked == [(RDY, Direction.TO_TILL, 0), (TILL_RDY, Direction.TO_MASTER, 10_868_060)]
    assert master.heard == [(10_868_060 + 2 * 173_612, TILL_RDY[:2])]


def test_what_never_arrives_leaves_the_line_quiet() -> None:
    line = line_with(Script((0, RDY)), way=lambda data, direction, begun: b"")
    assert run(line, 1 * SECOND) == [0]


# The cable


def test_while_the_cable_is_out_nothing_arrives() -> None:
    master = Script((1 * MS, RDY), (50 * MS, RDY))
    line = line_with(master)
    line.connect(False)
    run(line, 40 * MS)
    assert master.heard == []
    line.connect(True)
    run(line, 100 * MS)
    assert master.heard == [(61_736_120, TILL_RDY)]
    assert findings(line) == []


def test_the_answer_is_lost_too() -> None:
    master = Script((0, RDY))
    line = line_with(master)
    run(line, 5 * MS)
    line.connect(False)
    run(line, 1 * SECOND)
    assert master.heard == []


@pytest.mark.parametrize(
    ("pulled", "arrived"), [(0, 0), (173_611, 0), (173_612, 1), (600_000, 3), (868_059, 4), (868_060, 5)]
)
def test_a_cable_pulled_within_a_packet_lets_its_beginning_through(pulled: int, arrived: int) -> None:
    master = Script((20 * MS, RDY))
    line = line_with(master)
    line.simulator.poll(Instant(0))
    run(line, 20 * MS + pulled)
    line.connect(False)
    line.connect(False)  # once is enough
    run(line, 10 * SECOND)
    assert [(finding.code, finding.raw) for _, finding in line.simulator.findings.since()] == {
        0: [],
        1: [(FindingCode.STRAY_BYTES, RDY[:1])],
        3: [(FindingCode.BROKEN_OFF, RDY[:3])],
        4: [(FindingCode.BROKEN_OFF, RDY[:4])],
        5: [],
    }[arrived]


def test_a_cable_put_back_within_a_packet_lets_its_end_through() -> None:
    master = Script((20 * MS, RDY))
    line = line_with(master)
    line.connect(False)
    run(line, 20 * MS + 400_000)
    line.connect(True)
    run(line, 10 * SECOND)
    assert [(finding.code, finding.raw) for _, finding in line.simulator.findings.since()] == [
        (FindingCode.STRAY_BYTES, RDY[2:])
    ]


def test_without_pace_a_cable_cuts_between_packets() -> None:
    master = Script((0, RDY))
    line = line_with(master, paced=False)
    line.step(Instant(0))
    line.connect(False)
    run(line, 1 * SECOND)
    assert (master.heard, findings(line)) == ([], [])

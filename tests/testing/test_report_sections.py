"""What a failed test tells of its tills."""

from collections.abc import Iterator
from typing import Any

import pytest

from kkm_sim.clock import Instant
from kkm_sim.simulator import Simulator
from kkm_sim.testing.live_line import LiveLine, LiveTill
from kkm_sim.testing.report_sections import report_sections
from kkm_sim.testing.setup import setup_of


@pytest.fixture
def lines() -> Iterator[list[LiveLine]]:
    lines: list[LiveLine] = []
    yield lines
    for line in lines:
        line.close()


def opened(lines: list[LiveLine], **said: Any) -> tuple[LiveTill, ...]:
    lines.append(LiveLine(setup_of(said, pace="off")))
    return lines[-1].tills


def heard(kkm: LiveTill, *packets: str) -> None:
    def hear(simulator: Simulator, now: Instant) -> None:
        for packet in packets:
            simulator.receive(bytes.fromhex(packet), now)

    kkm.act(hear)


def test_a_till_that_nobody_used(lines: list[LiveLine]) -> None:
    (kkm,) = opened(lines)
    assert report_sections([kkm]) == [
        ("kkm findings", "none"),
        ("kkm tape", "nothing was printed"),
        ("kkm line", f"nothing was said; the till is at {kkm.port}"),
    ]


def test_findings_tape_and_packets(lines: list[LiveLine]) -> None:
    (kkm,) = opened(lines)
    heard(kkm, "7f 02 01 cc 33", "7f 02 01 81 7e 00 03 05 7f 03 f8", "7f 02 01 c5 3b")
    kkm.press("1 0 0 ПИ")
    (_, findings), (_, tape), (_, line) = report_sections([kkm])
    assert "bad-fcrc" in findings
    assert "ТОВАР" in tape
    syn, *_, ping = [shown.split("ms", 1)[1].strip() for shown in line.splitlines() if "master → till 1" in shown]
    assert syn == "master → till 1  SYN; 7f 02 01 cc 33"
    assert ping == "master → till 1  DATA 1 [2]: PingRequest; 7f 02 01 81 7e 00 03 05 7f 03 f8"


def test_damaged_bytes_are_on_the_line(lines: list[LiveLine]) -> None:
    (kkm,) = opened(lines)
    heard(kkm, "7f 02 01 c5 3b")
    *_, (title, line) = report_sections([kkm])
    assert title == "kkm line"
    assert line.endswith("finding bad-fcrc: the header's checksum is wrong: dropped in silence; 7f 02 01 c5 3b")


def test_idle_polls_push_nothing_out(lines: list[LiveLine]) -> None:
    (kkm,) = opened(lines)
    heard(kkm, "7f 02 01 cc 33")
    for _ in range(40):
        heard(kkm, "7f 02 01 c5 3a")
        kkm.act(lambda simulator, now: simulator.poll(now))
    *_, (_, line) = report_sections([kkm])
    syn, *_, polls = line.splitlines()
    assert syn.endswith("master → till 1  SYN; 7f 02 01 cc 33")
    assert polls.endswith("RDY, answered RDY, 40 times")


def test_several_tills_are_told_apart(lines: list[LiveLine]) -> None:
    pair = opened(lines, tills=[{"option_30": 1}, {"option_30": 2}])
    (other,) = opened(lines)
    here, there = pair[0].port, other.port
    assert [title for title, _ in report_sections([*pair, other])] == [
        f"kkm findings ({here})",
        f"kkm findings ({there})",
        f"kkm tape ({here}, till 1)",
        f"kkm tape ({here}, till 2)",
        f"kkm tape ({there}, till 1)",
        f"kkm line ({here})",
        f"kkm line ({there})",
    ]


def test_tills_of_one_line_tell_of_it_once(lines: list[LiveLine]) -> None:
    pair = opened(lines, tills=[{"option_30": 1}, {"option_30": 2}])
    titles = [title for title, _ in report_sections(pair)]
    assert titles == [
        "kkm findings",
        f"kkm tape ({pair[0].port}, till 1)",
        f"kkm tape ({pair[0].port}, till 2)",
        "kkm line",
    ]


def test_a_line_that_has_ended_says_so(lines: list[LiveLine]) -> None:
    (kkm,) = opened(lines)
    lines[0].close()
    assert report_sections([kkm]) == [("kkm line", "the line's loop has ended: closed")]

import pytest
from textual.pilot import Pilot

from kkm_sim.link.packets import ControlCode
from kkm_sim.tui.catalogue import ENGLISH, Words
from kkm_sim.tui.line_log import Found, LineLog, LineRow, Passed
from kkm_sim.tui.widgets.line import LineView, lines_of
from kkm_sim.tui.widgets.lines import Line
from tests.tui.support import Wire, finding, settled
from tests.tui.widgets.screens import alone, rows_of


def drawn(row: LineRow, *, width: int = 80, bytes_shown: bool = False) -> list[str]:
    return [line.text for line in lines_of(row, ENGLISH, width, bytes_shown)]


def test_a_moment_and_a_sentence() -> None:
    assert drawn(Passed(Wire().to_till(ControlCode.SYN))) == ["    0.010 → till  SYN: begin the numbers anew"]


def test_bytes_of_both_packets_of_a_poll() -> None:
    wire = Wire()
    asked, answer = wire.to_till(ControlCode.RDY), wire.to_master(ControlCode.RDY)
    log = LineLog()
    log.add_packet(asked)
    log.add_packet(answer)
    (row,) = log
    assert [line.text for line in lines_of(row, ENGLISH, 80, True)] == [
        "    0.010 → till  RDY → RDY",
        "          7f 02 01 c5 3a",
        "          7f 02 01 e5 1a",
    ]


def test_a_long_sentence_goes_on_under_itself() -> None:
    lines = drawn(Found(finding()), width=40)
    assert len(lines) > 1
    assert all(line.startswith(" " * 10) for line in lines[1:])
    assert max(map(len, lines)) <= 40


def test_findings_have_the_colour_of_their_severity() -> None:
    (line,) = lines_of(Found(finding()), ENGLISH, 120, False)
    assert line.style.color is not None
    assert line.style.color.name == "red"


def test_what_was_drawn_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    view, log, wire = LineView(ENGLISH), LineLog(), Wire()
    drawn: list[LineRow] = []

    def counted(row: LineRow, words: Words, width: int, bytes_shown: bool) -> list[Line]:
        drawn.append(row)
        return lines_of(row, words, width, bytes_shown)

    async def look(pilot: Pilot[None]) -> None:
        monkeypatch.setattr("kkm_sim.tui.widgets.line.lines_of", counted)
        for _ in range(3):
            log.add_packet(wire.to_till(ControlCode.SYN))
            view.show(log, False)
        assert len(drawn) == 3

    alone(view, look)


def test_it_shows_what_is_new() -> None:
    view, log, wire = LineView(ENGLISH), LineLog(), Wire()

    async def look(pilot: Pilot[None]) -> None:
        for code in (ControlCode.RDY, ControlCode.RDY, ControlCode.SYN):
            log.add_packet(wire.to_till(code))
            view.show(log, False)
        await settled(pilot)
        assert [row.split("till  ")[1].split("  ")[0] for row in rows_of(view) if "till" in row] == [
            "RDY → silence",
            "RDY → silence",
            "SYN: begin the numbers anew",
        ]

    alone(view, look)

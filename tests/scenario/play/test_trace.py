"""The trace's lines."""

import io

from kkm_sim.clock import Instant
from kkm_sim.scenario.play.trace import Trace


def test_lines_say_when_what_and_the_rest() -> None:
    trace = Trace()
    trace.note(Instant(0), "master", "RDY")
    trace.note(Instant(86_400_010_868_060), "till", "")
    assert trace.text() == ("    0.000000000  master   RDY\n86400.010868060  till\n")


def test_a_file_has_the_lines_at_once() -> None:
    out = io.StringIO()
    trace = Trace(out)
    trace.note(Instant(10_000_001), "step", "1 keys")
    assert out.getvalue() == "    0.010000001  step     1 keys\n"
    assert trace.text() == ""

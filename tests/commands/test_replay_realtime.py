"""`replay --realtime`: the till is on a port, `kkm-sim smartbox` is the program of somebody else."""

import signal
from pathlib import Path

import pytest

from tests.bottles import EAN, PDF
from tests.commands.program import Program, posix, run_to_end

BOTTLE = f"""\
title: a bottle
settings: {{print_lines_per_s: 0}}
steps:
  - scan: "{EAN}"
  - {{indicator: SCAn PdF, within: 20 s}}
  - scan: {PDF}
  - {{state: request, within: 20 s}}
  - keys: 5 0 0 ПИ
  - {{state: open, within: 20 s}}
  - keys: ИТ
  - done: {{}}
    within: 20 s
  - tape: {{contains: [ПРОДАЖА, 1 x 500.00 500.00]}}
  - findings: any  # a busy machine can make a gap look short
"""

PING = """\
title: a ping
master: outside
steps:
  - ping: {expect: {result: 0}}
    within: 20 s
  - findings: any
"""

WIRE = """\
title: on the wire
master: wire
steps:
  - send: SYN
"""

MIXED = """\
title: more of it
steps:
  - repeat:
      times: 2
      steps:
        - master: wire
        - ping: {send: {}}
  - cable: out
"""


@posix
def test_a_bottle_is_sold_and_the_next_till_is_fresh(tmp_path: Path) -> None:
    link = tmp_path / "till"
    (tmp_path / "1.kkm.yaml").write_text(BOTTLE, encoding="utf-8")
    (tmp_path / "2.kkm.yaml").write_text(PING, encoding="utf-8")
    with Program("replay", "--realtime", "--pty", str(link), str(tmp_path)) as program:
        where = program.waits_for("the master may start", err=True)
        assert where == f"kkm-sim replay: the till is on {link}; the master may start"
        sold = run_to_end("smartbox", "--port", str(link), "sell", EAN, PDF)
        assert sold.returncode == 0, sold.stderr
        program.waits_for("ok   a bottle")
        pinged = run_to_end("smartbox", "--port", str(link), "ping")
        assert pinged.returncode == 0, pinged.stderr
        assert program.wait() == 0
    assert program.err == [
        where,
        "kkm-sim replay: a fresh till for: a bottle",
        f"kkm-sim replay: scan {EAN}",
        f"kkm-sim replay: scan {PDF}",
        "kkm-sim replay: a fresh till for: a ping",
    ]
    assert [line.partition("  (")[0].partition(" in ")[0] for line in program.out] == [
        "ok   a bottle",
        "ok   a ping",
        "2 passed",
    ]
    assert "virtual" not in program.out[0]
    assert not link.exists()


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_gives_the_port_back(tmp_path: Path, number: signal.Signals) -> None:
    link = tmp_path / "till"
    (tmp_path / "1.kkm.yaml").write_text(BOTTLE, encoding="utf-8")
    with Program("replay", "--realtime", "--pty", str(link), str(tmp_path)) as program:
        program.waits_for("scan", err=True)
        assert program.stop(number) == 130
    assert program.out[-1].startswith("interrupted: 0 passed, 1 not played in ")
    assert not link.is_symlink()


def test_what_only_a_master_of_ours_can_do_is_refused_with_its_lines(tmp_path: Path) -> None:
    wire, mixed = tmp_path / "1.kkm.yaml", tmp_path / "2.kkm.yaml"
    wire.write_text(WIRE)
    mixed.write_text(MIXED)
    done = run_to_end("replay", "--realtime", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "kkm-sim replay: --realtime: the master is a program of yours, it cannot be told what to send:",
        f"  {wire}: master: wire",
        f"  {wire}:4:5: send",
        f"  {mixed}:6:11: master",
        f"  {mixed}:7:11: ping",
        f"  {mixed}:8:5: cable",
    ]


def test_a_port_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "1.kkm.yaml").write_text(BOTTLE, encoding="utf-8")
    done = run_to_end("replay", "--realtime", "--port", str(tmp_path / "gone"), str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "cannot open port" in done.stderr

"""`replay` as a user runs it: what is played, what is told, the exit codes."""

import errno
import hashlib
import os
import re
import signal
import stat
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kkm_sim.cli import main
from tests.commands.program import ROOT, Program, is_alive, posix, run_here, run_to_end
from tests.waiting import eventually

GOOD = """\
title: цифры на индикаторе
steps:
  - keys: 1 5 0
  - indicator: "150"
  - wait: 2 s
"""

BAD = """\
title: what is not there
steps:
  - repeat:
      times: 3
      as: n
      steps:
        - keys: $n
        - indicator: "1"  # only in the first round
          within: 300 ms
"""

OUTSIDE = """\
title: with a program
master: outside
steps:
  - keys: "1"
"""

FOR_EVER = """\
title: for ever
steps:
  - keys: "1"
  - wait: 87600 h
"""

BAD_TOLD = """\
FAIL what is not there  (2-bad.kkm.yaml)  0.3 s virtual
     2-bad.kkm.yaml:8:11  (step 1.2)
     in round 2 of 3
         - indicator: "1"  # only in the first round
           within: 300 ms
     expected `1` within 300 ms
     seen     `12`, state `entry`
     the last packets:
               0.000 ms  master → till 1  SYN; 7f 02 01 cc 33
              10.868 ms  till 1 → master  RDY; 7f 02 01 e5 1a
             211.736 ms  master → till 1  RDY; 7f 02 01 c5 3a
             222.604 ms  till 1 → master  DISC; 7f 02 01 e0 1f
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario that passes and one that fails; commands run in it."""
    (tmp_path / "1-good.kkm.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "2-bad.kkm.yaml").write_text(BAD, encoding="utf-8")
    return tmp_path


def replay(folder: Path, *arguments: str) -> tuple[int, list[str], list[str]]:
    """Exit code and lines, with the folder's name left out and the time of the sum too."""
    words = (str(folder / word) if word.endswith((".", ".yaml")) else word for word in arguments)
    done = (run_to_end if "-j" in arguments else run_here)("replay", *words)
    out = re.sub(r"\d+\.\d s$", "T", done.stdout.replace(f"{folder}{os.sep}", ""), flags=re.MULTILINE)
    return done.returncode, out.splitlines(), done.stderr.replace(f"{folder}{os.sep}", "").splitlines()


def test_a_folder_is_played_in_order(folder: Path) -> None:
    (folder / "deeper").mkdir()
    (folder / "deeper" / "0.kkm.yaml").write_text(GOOD, encoding="utf-8")
    (folder / "sell.steps.yaml").write_text("steps:\n  - keys: 1\n", encoding="utf-8")
    code, out, err = replay(folder, ".")
    assert out == [
        "ok   цифры на индикаторе  (1-good.kkm.yaml)  2.0 s virtual",
        *BAD_TOLD.splitlines(),
        f"ok   цифры на индикаторе  (deeper{os.sep}0.kkm.yaml)  2.0 s virtual",
        "2 passed, 1 failed in T",
    ]
    assert (code, err) == (1, [])


def test_all_passed(folder: Path) -> None:
    good = "1-good.kkm.yaml"
    told = f"ok   цифры на индикаторе  ({good})  2.0 s virtual"
    assert replay(folder, good, good) == (0, [told, "1 passed in T"], [])


def test_quiet(folder: Path) -> None:
    assert replay(folder, "-q", ".") == (1, [*BAD_TOLD.splitlines(), "1 passed, 1 failed in T"], [])


def test_stop_at_the_first_that_fails(folder: Path) -> None:
    code, out, _ = replay(folder, "-x", "2-bad.kkm.yaml", "1-good.kkm.yaml")
    assert (code, out[-1]) == (1, "0 passed, 1 failed, 1 not played in T")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_each_step_is_told(folder: Path, jobs: str) -> None:
    code, out, _ = replay(folder, "-v", "-j", jobs, "2-bad.kkm.yaml", "1-good.kkm.yaml")
    assert code == 1
    steps = ["   1.1  keys: $n", '   1.2  indicator: "1"  # only in the first round'] * 2
    assert out == [
        *steps,
        *BAD_TOLD.splitlines(),
        "     1  keys: 1 5 0",
        '     2  indicator: "150"',
        "     3  wait: 2 s",
        "ok   цифры на индикаторе  (1-good.kkm.yaml)  2.0 s virtual",
        "1 passed, 1 failed in T",
    ]


def test_list(folder: Path) -> None:
    (folder / "3.steps.yaml").write_text("steps:\n  - keys: 1\n  - keys: 2\n", encoding="utf-8")
    (folder / "3.kkm.yaml").write_text("title: three\nsteps:\n  - include: 3.steps.yaml\n  - wait: 1 s\n")
    assert replay(folder, "--list", ".") == (
        0,
        [
            "цифры на индикаторе  1-good.kkm.yaml  3 steps",
            "what is not there    2-bad.kkm.yaml   2 steps",
            "three                3.kkm.yaml       3 steps",
        ],
        [],
    )


@pytest.mark.parametrize("words", [("--only", "ЦИФРЫ"), ("--only", "1-GOOD"), ("--only", "1-g", "--only", "nothing")])
def test_only_some(folder: Path, words: tuple[str, ...]) -> None:
    assert replay(folder, ".", *words)[:2] == (
        0,
        ["ok   цифры на индикаторе  (1-good.kkm.yaml)  2.0 s virtual", "1 passed in T"],
    )


def test_one_for_an_outside_master_is_skipped(folder: Path) -> None:
    (folder / "3.kkm.yaml").write_text(OUTSIDE)
    code, out, _ = replay(folder, "1-good.kkm.yaml", "3.kkm.yaml", "--junit", str(folder / "r.xml"))
    assert (code, out) == (
        0,
        [
            "skip with a program  (3.kkm.yaml)  the master is a program of yours: --realtime",
            "ok   цифры на индикаторе  (1-good.kkm.yaml)  2.0 s virtual",
            "1 passed, 1 skipped in T",
        ],
    )
    suite = ElementTree.parse(folder / "r.xml").getroot()[0]
    assert [(case.get("classname", "").rpartition(".")[2], case.find("skipped") is not None) for case in suite] == [
        ("1-good", False),
        ("3", True),
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("gone.yaml",), "gone.yaml: there is no such file or folder"),
        (("empty/.",), "empty: there is no file *.kkm.yaml in this folder"),
        ((".", "--only", "x y"), "--only: none of 2 scenarios has 'x y' in file name or title"),
        ((".", "--tcp", "localhost:0"), "--tcp is for playing on a port: add --realtime"),
        ((".", "--pace", "off"), "--pace is for playing on a port: add --realtime"),
        ((".", "--realtime", "-j", "2"), "-j is for virtual time: on a port scenarios are played one after the other"),
        ((".", "--realtime", "--trace", "t"), "--trace is for virtual time, where every run is the same"),
        ((".", "--junit", "no/where"), "--junit: cannot write no/where: there is no such folder, or it is one"),
    ],
)
def test_mistakes_of_the_user(folder: Path, words: tuple[str, ...], told: str) -> None:
    (folder / "empty").mkdir()
    assert replay(folder, *words) == (2, [], [f"kkm-sim replay: {told}"])


@pytest.mark.parametrize(
    ("words", "told"), [((".", "-j", "x"), "'x' is not a whole number (see"), ((), "FILE|FOLDER (see")]
)
def test_what_the_command_line_does_not_take(folder: Path, words: tuple[str, ...], told: str) -> None:
    code, out, (line,) = replay(folder, *words)
    assert (code, out) == (2, [])
    assert line.startswith("kkm-sim replay: ")
    assert line.endswith(f"{told} kkm-sim replay --help)")


def test_files_that_are_no_scenarios(folder: Path) -> None:
    (folder / "3.kkm.yaml").write_text("title: x\nsteps:\n  - kyes: 1\n  - beep: loud\n")
    (folder / "4.kkm.yaml").write_text("- 1\n")
    report = folder / "r.xml"
    code, out, err = replay(folder, ".", "--junit", str(report))
    assert (code, out) == (2, [])
    assert [line.partition(": ")[0] for line in err] == [
        "3.kkm.yaml:3:5",
        "3.kkm.yaml:4:11",
        "4.kkm.yaml:1:1",
        "kkm-sim replay",
    ]
    assert err[-1] == "kkm-sim replay: 3 mistakes in 2 files; nothing was played"
    suite = ElementTree.parse(report).getroot()[0]
    assert [(case.get("name"), len(case.findall("error"))) for case in suite] == [("3.kkm.yaml", 1), ("4.kkm.yaml", 1)]


def test_side_by_side_is_the_same(folder: Path) -> None:
    for number in range(3, 9):
        (folder / f"{number}.kkm.yaml").write_text(GOOD if number % 3 else BAD, encoding="utf-8")
    told: list[tuple[tuple[int, list[str], list[str]], str, str]] = []
    for jobs in ("1", "2", "0"):
        trace, report = folder / f"{jobs}.trace", folder / f"{jobs}.xml"
        outcome = replay(folder, "-j", jobs, ".", "--seed", "5", "--trace", str(trace), "--junit", str(report))
        xml = re.sub(r' time(stamp)?="[^"]*"', "", report.read_text(encoding="utf-8"))
        told.append((outcome, trace.read_text(encoding="utf-8"), xml))
    assert told[0] == told[1] == told[2]
    (code, out, _), trace_text, xml = told[0]
    assert (code, out[-1]) == (1, "5 passed, 3 failed in T")
    assert trace_text.count("# ") >= 8
    assert "master   SYN              7f 02 01 cc 33" in trace_text
    assert '<property name="seed" value="5" />' in xml


@posix
def test_the_report_takes_the_place_of_an_old_one_whole(folder: Path) -> None:
    report = folder / "report.xml"
    report.write_text("old")
    before = sorted(os.listdir(folder))
    assert replay(folder, "--junit", str(report), "1-good.kkm.yaml")[0] == 0
    assert ElementTree.parse(report).getroot().get("tests") == "1"
    assert stat.S_IMODE(report.stat().st_mode) == 0o644
    assert sorted(os.listdir(folder)) == before


def test_a_report_that_cannot_be_made_leaves_the_old_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise OSError("disk full")

    report = folder / "report.xml"
    report.write_text("old")
    before = sorted(os.listdir(folder))
    monkeypatch.setattr("kkm_sim.scenario.report.junit.junit_xml", broken)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # of the process that runs the tests
    assert main(["replay", "--junit", str(report), str(folder / "1-good.kkm.yaml")]) == 2
    assert capsys.readouterr().err == f"kkm-sim replay: --junit: cannot write {report}: disk full\n"
    assert report.read_text() == "old"
    assert sorted(os.listdir(folder)) == before


def test_update(folder: Path) -> None:
    file = folder / "3.kkm.yaml"
    before = 'title: x\nsteps:\n  - keys: "7"\n  - indicator: ""  # see\n    update: true\n'
    file.write_text(before)
    assert replay(folder, "3.kkm.yaml")[0] == 1
    assert file.read_text() == before
    assert replay(folder, "--update", "3.kkm.yaml") == (
        0,
        ["ok   x  (3.kkm.yaml)  5.0 s virtual", "1 passed in T", "updated: 3.kkm.yaml"],
        [],
    )
    assert file.read_text() == before.replace('""', '"7"')
    assert replay(folder, "3.kkm.yaml")[0] == 0


def test_what_fails_updates_nothing(folder: Path) -> None:
    file = folder / "3.kkm.yaml"
    before = 'title: x\nsteps:\n  - indicator: ""\n    update: true\n  - state: "off"\n'
    file.write_text(before)
    code, out, err = replay(folder, "--update", "3.kkm.yaml")
    assert (code, out[-1]) == (1, "0 passed, 1 failed in T")
    assert err == ["kkm-sim replay: 3.kkm.yaml: it failed, so nothing that it saw was written"]
    assert file.read_text() == before


def test_an_update_that_cannot_be(folder: Path) -> None:
    steps = folder / "shows.steps.yaml"
    steps.write_text('steps:\n  - indicator: ""\n    update: true\n')
    for key in ("3", "4"):
        (folder / f"{key}.kkm.yaml").write_text(f"title: x\nsteps:\n  - keys: {key}\n  - include: shows.steps.yaml\n")
    code, out, err = replay(folder, "--update", "3.kkm.yaml", "4.kkm.yaml")
    assert (code, out[-1]) == (1, "2 passed in T")
    assert err == [
        "kkm-sim replay: shows.steps.yaml:2:5: indicator: seen in two ways, '3' and '4': the file stays as it is"
    ]
    assert steps.read_text() == 'steps:\n  - indicator: ""\n    update: true\n'


@posix
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_what_is_done(folder: Path, jobs: str, number: signal.Signals) -> None:
    (folder / "3.kkm.yaml").write_text(FOR_EVER)
    report = folder / "r.xml"
    with Program("replay", str(folder), "-j", jobs, "--junit", str(report)) as program:
        program.waits_for("FAIL")
        program.waits_for("7f 02 01 e0 1f")
        children = child_pids(program.process.pid)
        assert program.stop(number, group=number is signal.SIGINT) == 130
    assert program.err == []
    assert re.fullmatch(r"interrupted: 1 passed, 1 failed, 1 not played in \d+\.\d s", program.out[-1])
    cases = ElementTree.parse(report).getroot()[0]
    assert [[part.tag for part in case if part.tag != "properties"] for case in cases] == [[], ["failure"], ["skipped"]]
    assert [part.get("message") for part in cases[2]] == ["not played: interrupted"]
    assert [pid for pid in children if is_alive(pid)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_worker_that_dies_is_one_failure(folder: Path) -> None:
    (folder / "0.kkm.yaml").write_text(FOR_EVER)
    with Program("replay", str(folder), "-j", "2") as program:
        eventually(lambda: len(child_pids(program.process.pid)) == 2)
        os.kill(min(child_pids(program.process.pid)), signal.SIGKILL)
        assert program.wait() == 1
    assert program.err == []
    where = folder / "0.kkm.yaml"
    assert program.out[:4] == [
        f"FAIL for ever  ({where})  0.0 s virtual",
        f"     {where}:1:1  (step ?)",
        "     expected that it is played to its end",
        "     seen     signal SIGKILL ended the process that played it",
    ]
    assert program.out[-1].startswith("1 passed, 2 failed in ")


def child_pids(pid: int) -> list[int]:
    """The processes that a process has started."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


NOISE = """\
title: "a bottle,\\tи помехи"
steps:
  - keys: 15.50 ПИ
  - keys: 20 ИТ
  - wait: 3 s
  - damage: {of_till: {flip: any}}
  - scan: "4600000000008"
  - indicator: SCAn PdF
    within: 20 s
  - findings: any
"""

NOISE_TRACE = "b4839f6ae975574097ecd28391f7c64a2ad0a1627e6def5f97a4d9e8742ac585"
"""SHA-256 of its trace with --seed 7: another Python or another machine has no other bytes."""

PLAIN_C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_bytes_of_a_trace(tmp_path: Path, jobs: str) -> None:
    (tmp_path / "noise.kkm.yaml").write_text(NOISE, encoding="utf-8", newline="\n")
    done = run_to_end(
        *("replay", "noise.kkm.yaml", "--seed", "7", "-j", jobs, "--trace", "out"),
        cwd=tmp_path,
        environment={"PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    trace = (tmp_path / "out").read_bytes()
    assert hashlib.sha256(trace).hexdigest() == NOISE_TRACE, trace.decode("utf-8")


def test_every_run_is_the_same(tmp_path: Path) -> None:
    """Whatever Python's hashes, the number of processes, the time zone, the locale, the folder it is started in."""
    runs = (
        ("1", ROOT, {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}),
        ("1", tmp_path, {"PYTHONHASHSEED": "2", "TZ": "Asia/Kamchatka"} | PLAIN_C),
        ("2", tmp_path, {"PYTHONHASHSEED": "1", "TZ": "America/Caracas"} | PLAIN_C),
        ("2", ROOT, {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"}),
    )
    played = [str(ROOT / "scenarios" / name) for name in ("first_day.kkm.yaml", "unhappy")]
    traces: list[bytes] = []
    for number, (jobs, cwd, environment) in enumerate(runs):
        file = tmp_path / f"{number}.trace"
        done = run_to_end(
            *("replay", "-q", *played, "-j", jobs, "--trace", str(file)),
            cwd=cwd,
            environment={"PYTHONPATH": str(ROOT)} | environment,
        )
        assert (done.returncode, done.stderr) == (0, "")
        traces.append(file.read_bytes())
    assert traces[0].count(b"\n# ") > 5
    assert traces[0] == traces[1] == traces[2] == traces[3]


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("option", ["--junit", "--trace"])
def test_a_full_disk_is_told_in_a_line(folder: Path, option: str, jobs: str) -> None:
    link = folder / "full"
    link.symlink_to("/dev/full")
    code, _, err = replay(folder, "1-good.kkm.yaml", "1-good.kkm.yaml", "-j", jobs, option, str(link))
    assert (code, err) == (2, [f"kkm-sim replay: {option}: cannot write full: {os.strerror(errno.ENOSPC)}"])
    assert link.is_symlink()


@pytest.mark.parametrize("option", ["--junit", "--trace"])
@pytest.mark.parametrize(
    ("played", "written", "why"),
    [
        ("1-good.kkm.yaml", "1-good.kkm.yaml", "is a scenario to be played: give another name"),
        (".", "2-bad.kkm.yaml", "is a scenario to be played: give another name"),
        ("3.kkm.yaml", "part", "is a scenario to be played: give another name"),
        ("9-wrong.kkm.yaml", "9-wrong.kkm.yaml", "is a scenario to be played: give another name"),
        ("1-good.kkm.yaml", "2-bad.kkm.yaml", "exists and may be a scenario: give another name or remove it"),
    ],
)
def test_scenarios_are_not_written_over(folder: Path, option: str, played: str, written: str, why: str) -> None:
    (folder / "part").write_text('steps:\n  - keys: "1"\n')
    (folder / "3.kkm.yaml").write_text("title: x\nsteps:\n  - include: part\n")
    (folder / "9-wrong.kkm.yaml").write_text("title: 1\n")
    before = {file: file.read_bytes() for file in folder.iterdir()}
    assert replay(folder, played, option, str(folder / written)) == (
        2,
        [],
        [f"kkm-sim replay: {option}: {written} {why}"],
    )
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_a_report_and_a_trace_are_two_files(folder: Path) -> None:
    out = str(folder / "out")
    assert replay(folder, ".", "--junit", out, "--trace", out) == (
        2,
        [],
        ["kkm-sim replay: --junit and --trace cannot both be out"],
    )


@posix
def test_what_is_not_over_is_in_the_trace_already(folder: Path) -> None:
    (folder / "0.kkm.yaml").write_text(FOR_EVER)
    trace = folder / "out"
    with Program("replay", str(folder / "0.kkm.yaml"), "--trace", str(trace)) as program:
        eventually(lambda: trace.exists() and trace.stat().st_size >= 1_000_000)
        assert program.stop(signal.SIGINT) == 130

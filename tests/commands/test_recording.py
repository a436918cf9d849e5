"""The file of `--record`: it grows, it is played at the end, and where it does not play it is told plainly."""

import errno
import os
from datetime import datetime
from pathlib import Path

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.recording import Recording
from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.play.player import play
from kkm_sim.settings import Settings
from kkm_sim.virtual.bench import Bench
from tests.commands.program import posix

DEMO = "a-sale.kkm.yaml"


def recorded(bench: Bench, file: Path) -> Recording:
    return Recording(str(file), bench.simulator, Settings(), start="cash", paced=True, clock=bench.clock)


def test_it_grows_by_what_is_over_at_most_twice_a_second(tmp_path: Path) -> None:
    bench, file = Bench(), tmp_path / DEMO
    recording = recorded(bench, file)
    bench.run(300 * MS)
    before = file.read_text(encoding="utf-8")
    assert before.startswith("title: A sale\n")
    recording.keep_up(bench.clock.now())
    assert file.read_text(encoding="utf-8") == before
    bench.press("1 5 0 ПИ")
    bench.run(3 * SECOND)
    recording.keep_up(bench.clock.now())
    assert file.read_text(encoding="utf-8").endswith('  - keys: 1 5 0 ПИ\n  - indicator: "150.00"\n')
    assert play(load_scenario(file)).passed


def test_it_is_checked_at_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench, file = Bench(), tmp_path / DEMO
    recording = recorded(bench, file)
    bench.press("1 5 0 ПИ ИТ")
    bench.run(9 * SECOND)
    recording.finish()
    assert play(load_scenario(file)).receipts == 1
    assert capsys.readouterr().err == ""


def test_what_does_not_play_in_short_is_told_packet_by_packet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench, file = Bench(), tmp_path / DEMO
    recording = recorded(bench, file)
    bench.press("1 5 0 ПИ")
    bench.run(3 * SECOND)
    recording.keep_up(bench.clock.now())
    file.write_text(file.read_text(encoding="utf-8").replace("150.00", "150.01"), encoding="utf-8")
    recording.finish()
    assert "150.01" not in file.read_text(encoding="utf-8")
    assert play(load_scenario(file)).passed
    assert capsys.readouterr().err == ""
    assert list(tmp_path.iterdir()) == [file]


def test_what_does_not_play_at_all_is_kept_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, file = Bench(), tmp_path / DEMO
    recording = recorded(bench, file)
    monkeypatch.setattr("kkm_sim.commands.recording._failure", lambda path: f"{path}:9:5: step 1")
    recording.finish()
    assert file.exists()
    told = capsys.readouterr().err
    assert told == f"kkm-sim: {file} is kept, but does not replay: {file}:9:5: step 1\n"


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="--record: cannot write"):
        recorded(Bench(), tmp_path / "none" / DEMO)


def test_the_till_goes_on_when_the_file_is_gone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench, file = Bench(), tmp_path / "there" / DEMO
    file.parent.mkdir()
    recording = recorded(bench, file)
    file.unlink()
    file.parent.rmdir()
    bench.press("1 5 0 ПИ")
    bench.run(3 * SECOND)
    recording.keep_up(bench.clock.now())
    recording.finish()
    assert capsys.readouterr().err.count("--record: cannot write") == 1
    assert bench.till.wall(bench.clock.now()) > datetime(2016, 7, 1)


def test_a_file_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / DEMO
    file.write_text("title: mine\n")
    with pytest.raises(UserMistake) as told:
        recorded(Bench(), file)
    assert str(told.value) == f"--record: {file} exists; give another name or remove it"
    assert file.read_text() == "title: mine\n"
    file.write_text("")
    recorded(Bench(), file)
    assert file.read_text(encoding="utf-8").startswith("title: A sale\n")


@posix
def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    fifo = tmp_path / DEMO
    os.mkfifo(fifo)
    with pytest.raises(UserMistake, match=r"--record: cannot write .*: it is no ordinary file"):
        recorded(Bench(), fifo)
    assert fifo.is_fifo()


@posix
def test_a_link_stays_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench, link, file = Bench(), tmp_path / DEMO, tmp_path / "elsewhere"
    link.symlink_to(file)
    recording = recorded(bench, link)
    bench.press("1 5 0 ПИ")
    bench.run(3 * SECOND)
    recording.keep_up(bench.clock.now())
    file.write_text(file.read_text(encoding="utf-8").replace("150.00", "150.01"), encoding="utf-8")
    recording.finish()
    assert link.is_symlink()
    assert "150.01" not in file.read_text(encoding="utf-8")
    assert play(load_scenario(link)).passed
    assert capsys.readouterr().err == ""


def test_a_disk_that_is_full_at_the_end_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, file = Bench(), tmp_path / DEMO
    recording = recorded(bench, file)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("kkm_sim.commands.recording._failure", lambda path: "step 1")
    monkeypatch.setattr("kkm_sim.commands.recording.write_whole", full)
    recording.finish()
    assert capsys.readouterr().err == f"kkm-sim: --record: cannot write {file}: No space left on device\n"
    assert file.exists()

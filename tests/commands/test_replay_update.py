"""`--update` writes files: those that were seen, each by itself, and what was written plays the same."""

import errno
import json
import os
import stat
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.commands.replay_update import Updated, update_files
from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.play.player import play
from tests.scenario.updates import BEFORE, seen

HEADER = st.lists(
    st.text(st.characters(codec="cp1251", exclude_categories=["Cc", "Cf", "Zs"], include_characters=" "), max_size=24),
    max_size=3,
)


@given(header=HEADER, before=st.sampled_from(BEFORE), again=st.booleans())
def test_what_was_written_is_played_to_its_end(header: list[str], before: str, again: bool) -> None:
    text = (
        f"title: goods  # ever new\nsettings: {{header: {json.dumps(header)}}}\nsteps:\n"
        f"  - keys: 1 5 0 ПИ\n  - receipt:\n      number: $n  # first\n      total: 1\n    update: true\n"
        "  - keys: ИТ\n  - state: idle\n"
        f"  - tape: {before or chr(39) * 2}\n    update: true\n"
        "  - indicator: x\n    update: true\n  - findings: none\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "goods.kkm.yaml")
        file.write_text(text, encoding="utf-8")
        outcome = play(load_scenario(file), update=True)
        assert outcome.failure is None
        assert update_files(outcome.updates) == Updated((str(file),), ())
        after = file.read_bytes()
        outcome = play(load_scenario(file), update=again)
        assert outcome.failure is None
        assert update_files(outcome.updates) == Updated((), ())
        assert file.read_bytes() == after
        assert "      number: $n  # first\n      total: 15000\n" in after.decode("utf-8")


def test_files_are_written_each_by_itself(tmp_path: Path) -> None:
    good, bad, same = (tmp_path / name for name in ("good.kkm.yaml", "bad.steps.yaml", "same.kkm.yaml"))
    for file in (good, bad, same):
        file.write_text("steps:\n  - beep: none\n", encoding="utf-8")
    good.chmod(0o640)
    link = tmp_path / "link.kkm.yaml"
    link.symlink_to(good)
    untouched = bad.stat().st_mtime_ns
    done = update_files(
        [
            seen(2, 5, "beep", "short", str(good)),
            seen(2, 5, "beep", "short", str(bad)),
            seen(2, 5, "beep", "long", str(bad)),
            seen(2, 5, "beep", "none", str(same)),
            seen(2, 5, "beep", "short", str(link)),
            seen(2, 5, "beep", "short", str(tmp_path / "gone")),
        ]
    )
    assert done == Updated(
        files=(str(good),),
        mistakes=(
            f"{bad}:2:5: beep: seen in two ways, 'short' and 'long': the file stays as it is",
            f"{tmp_path / 'gone'}: cannot be written: {os.strerror(errno.ENOENT)}",
        ),
    )
    assert good.read_text(encoding="utf-8") == "steps:\n  - beep: short\n"
    assert stat.S_IMODE(good.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert bad.stat().st_mtime_ns == untouched
    assert sorted(os.listdir(tmp_path)) == ["bad.steps.yaml", "good.kkm.yaml", "link.kkm.yaml", "same.kkm.yaml"]


def test_a_file_that_is_no_scenario_any_more(tmp_path: Path) -> None:
    for name, data in (("empty", b""), ("bytes", b"\xff"), ("broken", b"[")):
        (tmp_path / name).write_bytes(data)
    done = update_files(seen(2, 5, "beep", "x", str(tmp_path / name)) for name in ("empty", "bytes", "broken"))
    assert done.files == ()
    assert [mistake.partition(": ")[2] for mistake in done.mistakes] == [
        "the file has changed since it was played: play it again"
    ] * 3

"""One scenario in virtual time, here or in a worker that has not loaded it."""

import io
import pickle
from pathlib import Path

import pytest

from kkm_sim.commands.replay_playing import Played, Playing, step_line
from kkm_sim.scenario.format.loader import load_scenario

TEXT = """\
title: three keys
steps:
  - keys: 1 5 0

  - {indicator: "150"}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "x.kkm.yaml").write_text(TEXT)
    return str(tmp_path / "x.kkm.yaml")


def test_a_worker_elsewhere_loads_the_file_itself(file: str) -> None:
    here = Playing({file: load_scenario(Path(file))}, seed=3, traced=True, keep=True)
    there: Playing = pickle.loads(pickle.dumps(here))
    assert there.scenarios == {}
    mine, its = here(file), there(file)
    assert mine.outcome.passed
    assert (mine.outcome, mine.trace, mine.steps) == (its.outcome, its.trace, its.steps)
    assert mine.steps == ("     1  keys: 1 5 0", '     2  {indicator: "150"}')
    assert mine.outcome.properties["seed"] == "3"
    assert mine.trace
    assert mine.took > 0
    assert pickle.loads(pickle.dumps(mine)) == mine


def test_steps_are_told_as_they_are_played(file: str) -> None:
    told: list[str] = []
    played = Playing({file: load_scenario(Path(file))}, tell=told.append)(file)
    assert len(told) == 2
    assert (played.steps, played.trace) == ((), "")


def test_a_process_that_ended_is_a_failure(file: str) -> None:
    played = Playing({file: load_scenario(Path(file))}).died(file, "it fell over")
    assert isinstance(played, Played)
    assert (played.outcome.title, played.outcome.file, played.outcome.passed) == ("three keys", file, False)
    assert played.outcome.failure is not None
    assert played.outcome.failure.seen == "it fell over"


def test_a_step_in_a_line(file: str) -> None:
    step = load_scenario(Path(file)).steps[0]
    assert step_line("12.3", step) == "  12.3  keys: 1 5 0"


def test_a_trace_goes_where_it_is_told_as_it_comes(file: str) -> None:
    scenarios = {file: load_scenario(Path(file))}
    kept = Playing(scenarios, traced=True)(file).trace
    out = io.StringIO()
    # The steps are told of before they are traced: what is out by the second is the first.
    so_far: list[str] = []
    played = Playing(scenarios, traced=True, out=out, tell=lambda _: so_far.append(out.getvalue()))(file)
    assert (played.trace, out.getvalue()) == ("", kept)
    assert len(so_far) == 2
    assert so_far[1] != ""
    assert kept.startswith(so_far[1])

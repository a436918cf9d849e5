"""Jobs side by side: in their order, and no death of a worker goes unheard or holds up the rest."""

import os
import signal
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from kkm_sim.commands.replay_workers import in_order
from tests.commands.program import is_alive
from tests.waiting import PATIENCE_S, eventually


def square(number: int) -> str:
    if number == 0:
        time.sleep(0.1)  # the first is the last to be done
    return f"{number * number}"


def dies(number: int) -> str:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 3:
        os._exit(7)
    return str(number)


def raises(number: int) -> str:
    if number == 2:
        raise KeyError("here")
    return str(number)


def says_its_process(folder: str) -> str:
    Path(folder, str(os.getpid())).touch()
    time.sleep(10 * PATIENCE_S)
    return ""


def told(job: int, how: str) -> str:
    return f"{job}: {how}"


@pytest.mark.parametrize("workers", [1, 2, 5, 100])
def test_results_come_in_the_jobs_order(workers: int) -> None:
    assert list(in_order(range(20), square, told, workers=workers)) == [str(i * i) for i in range(20)]


def test_nothing_to_do() -> None:
    assert list(in_order([], square, told, workers=3)) == []


def test_a_worker_that_dies_takes_one_job_with_it() -> None:
    assert list(in_order(range(6), dies, told, workers=2)) == [
        "0",
        "1: signal SIGKILL ended the process that played it",
        "2",
        "3: the process that played it ended with exit code 7",
        "4",
        "5",
    ]


def test_what_a_job_raises_is_raised_here_with_the_place() -> None:
    with pytest.raises(KeyError, match="here") as error:
        list(in_order(range(4), raises, told, workers=2))
    assert 'raise KeyError("here")' in "".join(error.value.__notes__)


def test_who_stops_asking_ends_the_workers(tmp_path: Path) -> None:
    def results() -> Generator[str, None, None]:
        yield from in_order(["/", str(tmp_path)], says_or_ends, lambda job, how: how, workers=2)

    asked = results()
    assert next(asked) == "done"
    found = eventually(lambda: os.listdir(tmp_path))
    asked.close()
    assert not is_alive(int(found[0]))


def says_or_ends(folder: str) -> str:
    return "done" if folder == "/" else says_its_process(folder)

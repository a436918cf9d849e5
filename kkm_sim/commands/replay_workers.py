"""Many scenarios, one after the other in this process or side by side in several, told in their order.

A worker that dies takes one scenario with it: that one has failed, another worker goes on. (A pool of
`concurrent.futures` is broken as a whole then, and does not say which job it was.)
"""

import contextlib
import multiprocessing
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

_OURS = (signal.SIGINT, signal.SIGTERM)

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Worker:
    """A process that does what it is sent, a job at a time; `job` is the one it is at."""

    process: BaseProcess
    line: Connection
    job: int | None = None


def in_order(
    jobs: Sequence[Job],
    do: Callable[[Job], Result],
    died: Callable[[Job, str], Result],
    *,
    workers: int,
) -> Generator[Result, None, None]:
    """The results of all jobs, in the jobs' order.

    `do` and the jobs must be picklable where processes do not fork. `died`: the result of a job whose worker ended,
    with a sentence how. What `do` raises is raised here. Closing the iterator ends the workers.
    """
    crew = _Crew(jobs, do, workers)
    try:
        results: dict[int, Result] = {}
        for number in range(len(jobs)):
            while number not in results:
                done, result, end = crew.next_result()
                results[done] = died(jobs[done], end) if end else result
            yield results.pop(number)
    finally:
        crew.dismiss()


class _Crew:
    """The workers and what is left to do."""

    def __init__(self, jobs: Sequence[Any], do: Callable[[Any], Any], count: int) -> None:
        self._jobs = jobs
        self._do = do
        self._left = iter(range(len(jobs)))
        # A fork has everything loaded; elsewhere than on Linux it is not safe beside system libraries.
        self._forks = sys.platform == "linux"
        self._context: Any = multiprocessing.get_context("fork" if self._forks else "spawn")
        self._workers: list[_Worker] = []
        for _ in range(min(count, len(jobs))):
            self._hire()

    def next_result(self) -> tuple[int, Any, str]:
        """Number and result of a job that is done, or how its worker ended."""
        lines = {worker.line: worker for worker in self._workers}
        # A worker that ended closes its line: that is heard as well.
        line = wait(list(lines))[0]
        worker = lines[line]  # type: ignore[index]
        number = worker.job
        assert number is not None
        try:
            result, error = worker.line.recv()
        except (EOFError, ConnectionResetError):
            worker.process.join()
            self._workers.remove(worker)
            self._hire()
            return number, None, _end_in_words(worker.process.exitcode)
        if error is not None:
            raise error
        self._give(worker)
        return number, result, ""

    def dismiss(self) -> None:
        """Ends all workers, whatever they are at."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.line.close()
        self._workers.clear()

    def _hire(self) -> None:
        mine, its = self._context.Pipe()
        # A fork inherits these; open there, they would hide that their owner is gone.
        inherited = (mine, *(worker.line for worker in self._workers)) if self._forks else ()
        process = self._context.Process(target=_work, args=(its, inherited, self._do), daemon=True)
        with _signals_held_back() if self._forks else contextlib.nullcontext():
            process.start()
        its.close()
        worker = _Worker(process, mine)
        self._workers.append(worker)
        self._give(worker)

    def _give(self, worker: _Worker) -> None:
        worker.job = next(self._left, None)
        if worker.job is None:
            worker.line.close()
            self._workers.remove(worker)
            return
        # One that died idle is heard of when its result is due.
        with contextlib.suppress(OSError):
            worker.line.send(self._jobs[worker.job])


def _work(line: Connection, inherited: Sequence[Connection], do: Callable[[Any], Any]) -> None:
    # Ctrl-C reaches the whole group of processes: the parent decides what comes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
    for other in inherited:
        other.close()
    with contextlib.suppress(EOFError, BrokenPipeError):  # the parent is gone, or has nothing more
        while True:
            line.send(_done(do, line.recv()))


@contextlib.contextmanager
def _signals_held_back() -> Iterator[None]:
    """A child that begins here hears of no signal until it has its own ways with them."""
    if sys.platform == "win32":
        raise AssertionError("nothing forks there")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _done(do: Callable[[Any], Any], job: Any) -> tuple[Any, Exception | None]:
    try:
        return do(job), None
    except Exception as error:
        error.add_note(traceback.format_exc())
        return None, error


def _end_in_words(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name} ended the process that played it"
    return f"the process that played it ended with exit code {code}"

"""The printer: lines come out one after another, and what waits for them comes out in its turn (till, section 5)."""

from collections.abc import Iterable

from kkm_sim.clock import SECOND, Instant
from kkm_sim.till.effects import AnswerSale, AskIdentifier, AskPermission, ReportDone
from kkm_sim.till.tape import Bitmap, Cut, Tape, TapeEntry, TextLine

Marker = AnswerSale | AskPermission | AskIdentifier | ReportDone
"""What the till says once the lines before it are out [D-48]."""

Job = TapeEntry | Marker


class Printer:
    """A queue on its way to the paper. `queue` belongs to the till's memory and outlives a power failure."""

    def __init__(self, lines_per_s: int, queue: list[Job], tape: Tape) -> None:
        self._line = SECOND // lines_per_s if lines_per_s else 0
        self._queue = queue
        self._tape = tape
        self._at = Instant(0)  # when the job at the head was begun
        self.since: Instant | None = None
        """When it began to print; None while it does not."""
        self.paper = True
        """True while there is a roll in it."""
        self.halted = False
        """The paper ended in mid-print; goes on with `start`."""

    @property
    def wants_paper(self) -> bool:
        """True when it stands before something to print and has no paper; `halted` says that this is known."""
        printable = bool(self._queue) and isinstance(self._queue[0], TextLine | Bitmap | Cut)
        return printable and not self.paper and not self.halted

    @property
    def busy(self) -> bool:
        return self.since is not None

    def add(self, jobs: Iterable[Job], now: Instant) -> None:
        """Puts jobs behind those that wait."""
        idle = not self._queue
        self._queue.extend(jobs)
        if idle:
            self.start(now)

    def start(self, now: Instant) -> None:
        """Begins the job at the head anew: at first, after a power failure, with new paper."""
        self._at = now
        self.halted = False
        self.since = now if self._queue else None

    def drop(self, *kinds: type[Job]) -> None:
        """Forgets what waits: all of it, or only the kinds named."""
        self._queue[:] = [job for job in self._queue if kinds and not isinstance(job, kinds)]
        if not self._queue:
            self.since = None

    def deadline(self) -> Instant | None:
        """When the job at the head will be out; None where nothing waits or it has halted."""
        return None if self.halted or not self._queue else Instant(self._at + self._cost(self._queue[0]))

    def step(self) -> Job:
        """The job at the head is out: on the tape, or the till's to hand on."""
        job = self._queue.pop(0)
        self._at = Instant(self._at + self._cost(job))
        if isinstance(job, TextLine | Bitmap | Cut):
            self._tape.append(job)
        if not self._queue:
            self.since = None
        return job

    def _cost(self, job: Job) -> int:
        if isinstance(job, TextLine):
            return self._line
        return self._line * job.lines if isinstance(job, Bitmap) else 0

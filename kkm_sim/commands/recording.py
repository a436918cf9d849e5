"""The file of `--record`: written as things happen, and played once at the end, so that it replays green at once.

It grows by the steps that are over, at most twice a second: a crash costs what was under way, and the file is a whole
scenario at any moment. Writing all of it each time would keep the line's thread waiting longer with every receipt.
"""

import logging
import os
import stat
from datetime import datetime
from pathlib import Path

from kkm_sim.clock import MS, Clock, Instant
from kkm_sim.commands.joining import complain
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.whole_file import write_whole
from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.format.mistakes import ScenarioMistakes
from kkm_sim.scenario.play.player import play
from kkm_sim.scenario.record.recorder import Recorder
from kkm_sim.scenario.record.transcript import Transcript
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import Start
from kkm_sim.simulator import Simulator

log = logging.getLogger(__name__)

_INTERVAL = 500 * MS
"""The file is written no more often."""


class Recording:
    """Records a simulator from now on. `keep_up` after each step of its line, `finish` at its end."""

    def __init__(
        self, file: str, simulator: Simulator, settings: Settings, *, start: Start, paced: bool, clock: Clock
    ) -> None:
        """Begins the file. Raises UserMistake where it cannot be written, or has something in it."""
        self._path = Path(file)
        _check_is_free(file)
        self._clock = clock
        now = clock.now()
        self._recorder = Recorder(simulator, now)
        self._transcript = Transcript(
            self._recorder,
            title=_title(self._path),
            settings=settings,
            start=start,
            paced=paced,
            moment=datetime.now(),
        )
        self._written = now
        self._lost = False
        try:
            self._path.write_text(self._transcript.head, encoding="utf-8")
        except OSError as error:
            raise UserMistake(f"--record: cannot write {file}: {error.strerror or error}") from None

    def keep_up(self, now: Instant) -> None:
        """Writes what is over."""
        if now - self._written >= _INTERVAL:
            self._written = now
            self._recorder.look(now)
            self._append(self._transcript.more(now))

    def finish(self) -> None:
        """Writes the rest, and tells on stderr if what is written does not play the same."""
        self._recorder.finish(self._clock.now())
        self._append(self._transcript.rest())
        if self._lost:
            return
        failure = _failure(self._path)
        for text in self._transcript.versions():
            if failure is None:
                break
            log.info("told shorter, it does not play the same: %s", failure)
            if not self._replace(text):
                return
            failure = _failure(self._path)
        if failure is not None:
            complain(f"kkm-sim: {self._path} is kept, but does not replay: {failure}")

    def _append(self, text: str) -> None:
        if not text or self._lost:
            return
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            self._lost = True  # the till goes on without
            complain(f"kkm-sim: --record: cannot write {self._path}: {error.strerror or error}")

    def _replace(self, text: str) -> bool:
        """Whole or not at all; whether it could be."""
        try:
            write_whole(self._path, text.encode("utf-8"))
        except OSError as error:
            complain(f"kkm-sim: --record: cannot write {self._path}: {error.strerror or error}")
            return False
        return True


def _check_is_free(file: str) -> None:
    try:
        there = os.stat(file)
    except OSError:
        return  # it is made, or whoever opens it is told why not
    if not stat.S_ISREG(there.st_mode):
        # It is read again at the end, to see that it plays.
        raise UserMistake(f"--record: cannot write {file}: it is no ordinary file")
    if there.st_size:
        raise UserMistake(f"--record: {file} exists; give another name or remove it")


def _failure(path: Path) -> str | None:
    """Why a file does not play; None if it does."""
    try:
        failure = play(load_scenario(path)).failure
    except ScenarioMistakes as mistakes:
        return str(mistakes)
    if failure is None:
        return None
    return f"{failure.at}: step {failure.number}, {failure.verb}: expected {failure.expected}; seen {failure.seen}"


def _title(path: Path) -> str:
    name = path.name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".kkm")
    return name.replace("-", " ").replace("_", " ").strip().capitalize() or "A recording"

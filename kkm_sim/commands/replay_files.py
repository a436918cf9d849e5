"""The files of `kkm-sim replay`: which are played, and those that it writes, never over one that is played."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.replay_report import one_line
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.format.steps import IncludeStep, RepeatStep, Step

ENDING = ".kkm.yaml"


def files_of(paths: Sequence[str]) -> list[Path]:
    """The files named and those in the folders named, each once. Raises UserMistake."""
    files: dict[str, Path] = {}
    for name in paths:
        if os.path.isdir(name):
            found = sorted(Path(name).rglob(f"*{ENDING}"), key=lambda file: file.parts)
            if not found:
                raise UserMistake(f"{name}: there is no file *{ENDING} in this folder")
        elif os.path.exists(name):
            found = [Path(name)]
        else:
            raise UserMistake(f"{name}: there is no such file or folder")
        for file in found:
            files.setdefault(os.path.realpath(file), file)
    return list(files.values())


def files_in(scenarios: Iterable[Scenario]) -> Iterator[str]:
    """The files that scenarios are written in, included ones too."""
    for scenario in scenarios:
        yield scenario.file
        yield from (step.at.file for step in every_step(scenario.steps))


def every_step(steps: Iterable[Step]) -> Iterator[Step]:
    """Steps and those inside them, in the order they are written."""
    for step in steps:
        yield step
        match step:
            case RepeatStep():
                yield from every_step(step.repeat.steps)
            case IncludeStep():
                yield from every_step(step.steps)


def check_output(option: str, file: str, played: Iterable[str | Path]) -> None:
    """Refuses to write to what is a scenario, or cannot be a file. Raises UserMistake."""
    if os.path.isdir(file) or not os.path.isdir(os.path.dirname(os.path.abspath(file))):
        raise UserMistake(f"{option}: cannot write {file}: there is no such folder, or it is one")
    if any(_is_same(file, each) for each in played):
        raise UserMistake(f"{option}: {file} is a scenario to be played: give another name")
    # A pattern of the shell's that gives one name too many: the first of them is no longer among those to play.
    if file.endswith((".yaml", ".yml")) and os.path.isfile(file) and os.path.getsize(file):
        raise UserMistake(f"{option}: {file} exists and may be a scenario: give another name or remove it")


def check_apart(options: Sequence[tuple[str, str]]) -> None:
    """Refuses two options that write the same file. Raises UserMistake."""
    for number, (option, file) in enumerate(options):
        for other, other_file in options[number + 1 :]:
            ordinary = os.path.isfile(file) or not os.path.exists(file)
            if ordinary and os.path.realpath(file) == os.path.realpath(other_file):
                raise UserMistake(f"{option} and {other} cannot both be {file}")


def _is_same(one: str, other: str | Path) -> bool:
    """Whether two names are of one file; what is not there is not the same."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


class TraceFile:
    """The file of `--trace`: a title a scenario, its lines, a blank line. Whatever cannot be written: UserMistake."""

    def __init__(self, name: str) -> None:
        self._name = name
        try:
            self._file = _opened(name)
        except OSError as error:
            raise self._mistake(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError as mistake:
            # What else ended it is told already.
            if kind is None:
                raise self._mistake(mistake) from None

    def begin(self, file: str, title: str) -> None:
        """A scenario's lines follow."""
        self.write(f"# {file}: {one_line(title)}\n")

    def write(self, text: str) -> None:
        """Lines, or a part of one."""
        try:
            self._file.write(text)
        except OSError as error:
            raise self._mistake(error) from None

    def end(self) -> None:
        """A scenario's lines are over."""
        self.write("\n")

    def _mistake(self, error: OSError) -> UserMistake:
        return UserMistake(f"--trace: cannot write {self._name}: {error.strerror or error}")


def _opened(name: str) -> TextIO:
    # A file's name may be no text. The line ends are the same everywhere.
    return open(name, "w", encoding="utf-8", errors="backslashreplace", newline="\n")

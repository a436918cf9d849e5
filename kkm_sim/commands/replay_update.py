"""`replay --update`: the files whose steps are marked are written anew, each whole or not at all."""

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kkm_sim.commands.whole_file import write_whole
from kkm_sim.scenario.report.outcome import Update
from kkm_sim.scenario.update.text_edits import CannotWrite
from kkm_sim.scenario.update.updated_text import CHANGED, updated_text


@dataclass(frozen=True, slots=True)
class Updated:
    """What `update_files` did: the files that have changed, and why others have not, a line each."""

    files: tuple[str, ...]
    mistakes: tuple[str, ...]


def update_files(updates: Iterable[Update]) -> Updated:
    """Writes what was seen into the files that it was expected in."""
    by_file: dict[str, list[Update]] = defaultdict(list)
    for update in updates:
        by_file[os.path.realpath(update.at.file)].append(update)
    files: list[str] = []
    mistakes: list[str] = []
    for path, wanted in by_file.items():
        name = wanted[0].at.file
        try:
            before = Path(path).read_bytes()
            after = updated_text(before.decode("utf-8"), wanted).encode("utf-8")
            if after != before:
                write_whole(Path(path), after)
                files.append(name)
        except CannotWrite as error:
            mistakes.append(str(error))
        except UnicodeDecodeError:
            mistakes.append(f"{name}: {CHANGED}")
        except OSError as error:
            mistakes.append(f"{name}: cannot be written: {error.strerror}")
    return Updated(tuple(files), tuple(mistakes))

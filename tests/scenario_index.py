"""The index of the scenarios, made of their own titles.

python -m tests.scenario_index      writes it into scenarios/README.md
"""

from pathlib import Path

from kkm_sim.scenario.format.loader import load_scenario

FOLDER = Path(__file__).parents[1] / "scenarios"
INDEX = FOLDER / "README.md"

FOLDERS = {
    "": "To begin with",
    "document": "The document, paragraph by paragraph",
    "transport": "The transport level, and each table of «Основные алгоритмы обмена»",
    "decisions": "Each decision that is a setting, value by value",
    "unhappy": "What goes wrong, and what becomes of it",
}

HEAD = """\
# Scenarios

What a till must do, as files that are played in virtual time: `kkm-sim replay scenarios`. Read `first_day.kkm.yaml`
first. `examples/node` is a SmartBox in another language, tested against the till through a pty. Made by
`python -m tests.scenario_index`.
"""


def index() -> str:
    """The text of the index: a table for each folder, a row for each file."""
    return HEAD + "".join(f"\n## {about}\n\n{_table(folder)}" for folder, about in FOLDERS.items())


def _table(folder: str) -> str:
    files = sorted((FOLDER / folder).glob("*.kkm.yaml"))
    rows = [
        f"| [`{path.name}`]({path.relative_to(FOLDER).as_posix()}) | {load_scenario(path).title} |" for path in files
    ]
    return "\n".join(["| file | what it shows |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    INDEX.write_text(index(), encoding="utf-8")

"""What a failed test tells of its tills: sections for pytest's report."""

from collections.abc import Sequence, Sized

from kkm_sim.drivers.pump import PumpStopped
from kkm_sim.scenario.report.line_words import line_words
from kkm_sim.testing.operated_till import OperatedTill, findings_text

LAST_LINES = 30
"""Of the line: packets, polls and findings."""

LAST_TAPE_LINES = 80


def report_sections(tills: Sequence[OperatedTill]) -> list[tuple[str, str]]:
    """Titles and texts: findings, tape and line. With several tills the titles say which one is meant."""
    sections = []
    lines = {till.place: till for till in tills}
    try:
        for place, till in lines.items():
            sections.append((_title("findings", place, lines), _findings(till)))
        for till in tills:
            where = f"{till.place}, till {till.address}" if len(tills) > len(lines) else till.place
            sections.append((_title("tape", where, tills), _tape(till)))
        for place, till in lines.items():
            sections.append((_title("line", place, lines), _line(till)))
    except PumpStopped as stopped:
        sections.append(("kkm line", f"{stopped}: {stopped.__cause__ or 'closed'}"))
    return sections


def _title(what: str, where: str, among: Sized) -> str:
    return f"kkm {what}" if len(among) == 1 else f"kkm {what} ({where})"


def _findings(till: OperatedTill) -> str:
    findings = till.findings
    return findings_text(findings) if findings else "none"


def _line(till: OperatedTill) -> str:
    lines = till.act(lambda simulator, now: line_words(simulator, LAST_LINES))
    return "\n".join(lines) or f"nothing was said; the till is at {till.place}"


def _tape(till: OperatedTill) -> str:
    lines = till.tape.splitlines()
    return "\n".join(lines[-LAST_TAPE_LINES:]) if lines else "nothing was printed"

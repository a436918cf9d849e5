"""What came of scenarios as JUnit XML, in the shape that Jenkins and GitLab read.

<testsuites> holds one <testsuite>, that a <testcase> a scenario: `classname` from its path, `name` its title. A step
that failed is a <failure>, a file that could not be loaded an <error>.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

from kkm_sim.scenario.report.failure_text import failure_text, headline
from kkm_sim.scenario.report.outcome import Outcome

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not."""

_ENDING = re.compile(r"\.kkm\.ya?ml$|\.ya?ml$")


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario that was played. `took`: ns of real time."""

    outcome: Outcome
    took: int = 0


@dataclass(frozen=True, slots=True)
class Unloadable:
    """A file that is no scenario; `mistakes`: a line each."""

    file: str
    mistakes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A scenario that cannot be played here, and why."""

    file: str
    title: str
    why: str


Result = Case | Unloadable | Skipped


def junit_xml(results: Sequence[Result], *, at: datetime) -> bytes:
    """The report as UTF-8."""
    counts = {
        "tests": str(len(results)),
        "failures": str(sum(isinstance(each, Case) and not each.outcome.passed for each in results)),
        "errors": str(sum(isinstance(each, Unloadable) for each in results)),
        "time": _seconds(sum(each.took for each in results if isinstance(each, Case))),
    }
    root = ElementTree.Element("testsuites", {"name": "kkm-sim"} | counts)
    skipped = sum(isinstance(each, Skipped) for each in results)
    moment = at.isoformat(timespec="seconds")
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": "kkm-sim replay", "skipped": str(skipped), "timestamp": moment} | counts
    )
    for each in results:
        match each:
            case Case(outcome, took):
                _add_case(suite, outcome, took)
            case Unloadable(file, mistakes):
                case = _testcase(suite, file, Path(file).name, 0)
                error = ElementTree.SubElement(case, "error", message=_clean(mistakes[0]), type="ScenarioMistakes")
                error.text = _clean("\n".join(mistakes))
            case Skipped(file, title, why):
                ElementTree.SubElement(_testcase(suite, file, title, 0), "skipped", message=_clean(why))
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add_case(suite: ElementTree.Element, outcome: Outcome, took: int) -> None:
    case = _testcase(suite, outcome.file, outcome.title, took)
    told = {
        "till_time_s": _seconds(outcome.time),
        "steps": str(outcome.steps),
        "receipts": str(outcome.receipts),
        "findings": str(outcome.findings),
    }
    properties = ElementTree.SubElement(case, "properties")
    for name, value in (told | outcome.properties).items():
        ElementTree.SubElement(properties, "property", name=_clean(name), value=_clean(value))
    if outcome.failure is not None:
        failure = ElementTree.SubElement(
            case, "failure", message=_clean(headline(outcome.failure)), type=_clean(outcome.failure.verb)
        )
        failure.text = _clean(failure_text(outcome.failure))


def _testcase(suite: ElementTree.Element, file: str, name: str, took: int) -> ElementTree.Element:
    attributes = {"classname": classname(file), "name": name, "file": file, "time": _seconds(took)}
    return ElementTree.SubElement(suite, "testcase", {key: _clean(value) for key, value in attributes.items()})


def classname(file: str) -> str:
    """`scenarios/sale/bottle.kkm.yaml` → `scenarios.sale.bottle`; from the working folder if it is in there."""
    path = os.path.relpath(file) if os.path.isabs(file) else os.path.normpath(file)
    if path.startswith(os.pardir):
        path = os.path.abspath(file)
    parts = [part.replace(".", "_") for part in Path(_ENDING.sub("", path)).parts if part != os.path.sep]
    return ".".join(parts)


def _seconds(nanoseconds: int) -> str:
    """Seconds with three digits after the point, rounded down."""
    return f"{nanoseconds // 1_000_000_000}.{nanoseconds // 1_000_000 % 1000:03}"


def _clean(text: str) -> str:
    """A text that XML can hold: other characters as Python escapes them."""
    return _NO_XML.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)

"""JUnit XML: the shape that Jenkins and GitLab read, whatever the texts hold."""

import os
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.report.junit import Case, Result, Skipped, Unloadable, classname, junit_xml
from kkm_sim.scenario.report.outcome import Failure, Outcome

AT = datetime(2016, 7, 1, 12, 0, 5)

SHAPE = {
    "testsuites": ({"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time", "timestamp"}, {"testcase"}),
    "testcase": ({"classname", "name", "file", "time"}, {"properties", "failure", "error", "skipped"}),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
    "skipped": ({"message"}, set()),
}
"""Attributes and children of each element, as jenkins-junit.xsd and GitLab's reader know them."""


def passed(title: str = "one bottle", file: str = "scenarios/sale/bottle.kkm.yaml") -> Outcome:
    return Outcome(file, title, steps=12, time=3_250_000_000, findings=0, receipts=1, properties={"seed": "7"})


def failed(expected: str = "`1`", seen: str = "`2`") -> Outcome:
    at = Position("f.kkm.yaml", 3, 5, "- indicator: 1")
    return Outcome("f.kkm.yaml", "two", 3, 0, Failure(at, "2", "indicator", expected, seen))


def parsed(*results: Result) -> ElementTree.Element:
    return ElementTree.fromstring(junit_xml(results, at=AT))


def check_shape(element: ElementTree.Element) -> None:
    attributes, children = SHAPE[element.tag]
    assert set(element.attrib) == attributes
    assert {child.tag for child in element} <= children
    for child in element:
        check_shape(child)


def test_what_passed_what_failed_and_what_is_no_scenario() -> None:
    root = parsed(Case(passed(), 20_000_000), Case(failed(), 1_001_000_000), Unloadable("bad.kkm.yaml", ("a", "b")))
    check_shape(root)
    assert root.attrib == {"name": "kkm-sim", "tests": "3", "failures": "1", "errors": "1", "time": "1.021"}
    (suite,) = root
    assert suite.attrib == {
        "name": "kkm-sim replay",
        "tests": "3",
        "failures": "1",
        "errors": "1",
        "skipped": "0",
        "time": "1.021",
        "timestamp": "2016-07-01T12:00:05",
    }
    good, broken, unread = suite
    assert good.attrib == {
        "classname": "scenarios.sale.bottle",
        "name": "one bottle",
        "file": "scenarios/sale/bottle.kkm.yaml",
        "time": "0.020",
    }
    assert {each.get("name"): each.get("value") for each in good.iter("property")} == {
        "till_time_s": "3.250",
        "steps": "12",
        "receipts": "1",
        "findings": "0",
        "seed": "7",
    }
    (failure,) = broken.iter("failure")
    assert failure.attrib == {
        "message": "f.kkm.yaml:3:5: indicator: expected `1`, seen `2`",
        "type": "indicator",
    }
    assert failure.text is not None
    assert failure.text.splitlines()[1:] == ["    - indicator: 1", "expected `1`", "seen     `2`"]
    (error,) = unread.iter("error")
    assert (error.get("message"), error.get("type"), error.text) == ("a", "ScenarioMistakes", "a\nb")
    assert unread.get("name") == "bad.kkm.yaml"


def test_what_is_not_played_here() -> None:
    root = parsed(Case(passed()), Skipped("real.kkm.yaml", "with a program", "needs --realtime"))
    check_shape(root)
    assert [root[0].get(count) for count in ("tests", "failures", "errors", "skipped")] == ["2", "0", "0", "1"]
    assert root[0][1].attrib["classname"] == "real"
    assert root[0][1][0].attrib == {"message": "needs --realtime"}


@given(st.text(), st.text())
def test_any_text_makes_a_report_that_can_be_read(title: str, seen: str) -> None:
    root = parsed(Case(passed(title)), Case(failed(seen=seen)))
    check_shape(root)
    assert len(root[0]) == 2


def test_characters_that_xml_has_not_are_written_as_escapes() -> None:
    (case, failure) = parsed(Case(passed("Ж\x00\x1b[1m\ud800\uffff🍺"), 0), Case(failed(seen="a\x07b")))[0]
    assert case.get("name") == "Ж\\x00\\x1b[1m\\ud800\\uffff🍺"
    assert "seen     a\\x07b" in (failure[1].text or "")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("a.kkm.yaml", "a"),
        ("./a/../b/c.kkm.yml", "b.c"),
        ("v1.2/c.d.kkm.yaml", "v1_2.c_d"),
        (os.path.abspath("x/y.kkm.yaml"), "x.y"),
    ],
)
def test_the_class_name_comes_from_the_path(file: str, name: str) -> None:
    assert classname(file) == name


def test_a_file_elsewhere_has_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert classname("../x.kkm.yaml") == ".".join(part.replace(".", "_") for part in (*tmp_path.parent.parts[1:], "x"))

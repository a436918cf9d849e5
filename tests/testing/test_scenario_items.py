"""Scenarios as tests, as a user of pytest meets them."""

import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from tests.plugin_project import Project

pytest_plugins = ["pytester", "tests.plugin_project"]

PACKAGE = Path(__file__).parents[2] / "kkm_sim"

SELL = """\
title: Three items, one receipt
steps:
  - keys: 1 5 0 ПИ
  - indicator: "150.00"
"""

WRONG_PRICE = """\
title: "The price is wrong: $1"
steps:
  - keys: 1 5 0 ПИ
  # what the customer thought
  - indicator: "100.00"
    within: 1 s
"""

WAITS = """\
title: It waits for a program
master: outside
steps:
  - state: request
"""

MISTAKEN = """\
title: Two mistakes
steps:
  - keys: 1 5 0 ПУ
  - indicater: "150.00"
"""


def test_a_wrong_step_is_told_in_the_scenarios_own_lines(project: "Project") -> None:
    project.scenarios(sell=SELL, wrong=WRONG_PRICE, waits=WAITS)
    report = project.files.path / "report.xml"
    result = project.run(f"--junit-xml={report}", "-rsf")
    result.assert_outcomes(passed=1, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            "*_ The price is wrong: $1 _*",
            "scenarios/wrong.kkm.yaml:5:*",
            '*- indicator: "100.00"',
            "*within: 1 s",
            "expected*100.00*",
            "seen*150.00*",
        ]
    )
    result.stdout.fnmatch_lines(["SKIPPED *scenarios/waits.kkm.yaml: its master is outside: *"])
    result.stdout.fnmatch_lines(["FAILED scenarios/wrong.kkm.yaml::The price is wrong: $1 - line 5: indicator:*"])
    for foreign in ("Traceback", "scenario_items.py", "StepFailed", "seed"):
        assert foreign not in str(result.stdout)
    cases = {case.get("name"): case for case in ElementTree.parse(report).iter("testcase")}
    told = {each.get("name"): each.get("value") for each in cases["Three items, one receipt"].iter("property")}
    assert told.keys() >= {"till_time_s", "steps", "receipts", "findings"}
    assert told["steps"] == "2"
    failure = cases["The price is wrong: $1"].find("failure")
    assert failure is not None
    assert str(failure.get("message")).startswith("line 5: indicator: expected ")
    assert "150.00" in str(failure.text)


def test_mistakes_are_an_error_of_collection(project: "Project") -> None:
    project.scenarios(mistaken=MISTAKEN, sell=SELL)
    result = project.run("--continue-on-collection-errors")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*scenarios/mistaken.kkm.yaml*",
            "scenarios/mistaken.kkm.yaml:3:*: expected keys of the till*there is *ПУ*",
            "scenarios/mistaken.kkm.yaml:4:*indicater*",
        ]
    )
    for foreign in ("Traceback", "loader.py", "ScenarioMistakes"):
        assert foreign not in str(result.stdout)


def test_scenarios_are_chosen_as_other_tests_are(project: "Project") -> None:
    project.scenarios(sell=SELL, wrong=WRONG_PRICE)
    project.files.makepyfile("def test_python():\n    pass\n")
    sell = "scenarios/sell.kkm.yaml::Three items, one receipt"
    wrong = "scenarios/wrong.kkm.yaml::The price is wrong: $1"
    assert project.collected("scenarios/sell.kkm.yaml", wrong) == [sell, wrong]
    assert project.collected("-k", "price and not sell") == [wrong]
    assert project.collected("-m", "not kkm_scenario") == [
        "test_scenarios_are_chosen_as_other_tests_are.py::test_python"
    ]


def test_only_those_that_failed_are_run_again(project: "Project") -> None:
    project.scenarios(sell=SELL, wrong=WRONG_PRICE)
    project.run().assert_outcomes(passed=1, failed=1)
    project.run("--lf").assert_outcomes(failed=1)


def test_a_conftest_may_mark_them(project: "Project") -> None:
    project.scenarios(wrong=WRONG_PRICE)
    project.files.makeconftest(
        """
        import pytest

        def pytest_collection_modifyitems(items):
            for item in items:
                if "price" in item.name:
                    item.add_marker(pytest.mark.xfail(strict=True))
        """
    )
    project.run().assert_outcomes(xfailed=1)


def test_several_processes_share_them(project: "Project") -> None:
    pytest.importorskip("xdist")
    project.scenarios(sell=SELL, wrong=WRONG_PRICE)
    result = project.run("-p", "xdist.plugin", "-n2")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["scenarios/wrong.kkm.yaml:5:*", "seen*150.00*"])


def test_the_seed_is_told_where_one_was_given(project: "Project") -> None:
    project.scenarios(wrong=WRONG_PRICE)
    result = project.run("--kkm-seed", "7")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["seen*150.00*", "seed     7"])


def test_a_title_is_one_line_without_the_mark_between_names(project: "Project") -> None:
    project.scenarios(sell=SELL.replace("title: Three items, one receipt", 'title: "A::B\\n  [c]"'))
    assert project.collected() == ["scenarios/sell.kkm.yaml::A:B [c]"]
    project.run("scenarios/sell.kkm.yaml::A:B [c]").assert_outcomes(passed=1)


def test_it_can_be_switched_off_where_it_is_installed(project: "Project") -> None:
    project.scenarios(sell=SELL)
    project.run_installed().assert_outcomes(passed=1)
    assert project.run_installed("-p", "no:kkm_sim").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_only_pytests_public_names_are_used() -> None:
    sources = [PACKAGE / "pytest_plugin.py", *(PACKAGE / "testing").glob("*.py")]
    assert [path.name for path in sources if re.search(r"\b_pytest\b", path.read_text(encoding="utf-8"))] == []

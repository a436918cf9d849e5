"""The plugin as its users meet it: pytest runs of their own, each in a process."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin_project import Project

pytest_plugins = ["pytester", "tests.plugin_project"]

ROOT = Path(__file__).parents[1]
PLUGIN = "kkm_sim.pytest_plugin"


# What it costs


def test_loading_it_loads_nothing_else() -> None:
    program = f"import sys, {PLUGIN}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {name for name in loaded if name.startswith("kkm_sim")} == {"kkm_sim", PLUGIN}
    assert loaded & {"pydantic", "yaml", "serial", "textual", "transitions", "starlette"} == set()


def test_a_run_without_tills_loads_nothing_else(project: "Project") -> None:
    project.files.makepyfile(
        """
        import sys

        def test_light():
            ours = {name for name in sys.modules if name.startswith("kkm_sim")}
            assert ours == {"kkm_sim", "kkm_sim.pytest_plugin"}
        """
    )
    project.run().assert_outcomes(passed=1)


# Fixtures


def test_tills_are_talked_to_and_closed(project: "Project") -> None:
    project.files.makepyfile(
        """
        import pytest, serial
        from kkm_sim.drivers.pump import PumpStopped

        SYN, RDY = bytes.fromhex("7f 02 01 cc 33"), bytes.fromhex("7f 02 01 e5 1a")
        tills = []

        def test_kkm(kkm):
            tills.append(kkm)
            with serial.serial_for_url(kkm.port, 57600, timeout=3) as program:
                program.write(SYN)
                assert program.read(5) == RDY
            kkm.press("1 5 0 ПИ")
            kkm.wait_for(lambda kkm: "ТОВАР" in kkm.tape)
            assert (kkm.state, kkm.indicator, kkm.receipt.total) == ("open", "150.00", 15000)
            kkm.assert_no_findings()

        @pytest.mark.kkm(option_30=12, start="menu")
        class TestMarked:
            def test_of_the_class(self, kkm):
                assert (kkm.address, kkm.state) == (12, "menu")

            @pytest.mark.kkm(start="off")
            def test_of_the_function_too(self, kkm, kkm_factory):
                assert (kkm.address, kkm.state) == (12, "off")
                assert kkm_factory(option_30=13).address == 13

        def test_factory(kkm_factory):
            first, second = kkm_factory(), kkm_factory(option_30=7)
            left, right = kkm_factory(tills=[{"option_30": 1}, {"option_30": 2}], start="menu")
            assert len({first.port, second.port, left.port}) == 3
            assert left.port == right.port
            assert [till.address for till in (first, second, left, right)] == [1, 7, 1, 2]
            assert right.state == "menu"
            tills.extend([first, second, left, right])

        def test_smartbox(kkm_smartbox):
            kkm_smartbox.scan("beer:4600000000008")
            kkm_smartbox.run_until(lambda kkm: kkm.state == "request")

        def test_fails(kkm):
            tills.append(kkm)
            assert kkm.state == 'off'

        def test_all_are_closed():
            assert len(tills) == 6
            for till in tills:
                with pytest.raises(PumpStopped):
                    till.press("1")
        """
    )
    project.run("-W", "error").assert_outcomes(passed=6, failed=1)


def test_a_failed_test_tells_of_its_tills(project: "Project") -> None:
    project.files.makepyfile(
        """
        import pytest, serial

        def test_fails(kkm):
            with serial.serial_for_url(kkm.port, 57600, timeout=3) as program:
                program.write(bytes.fromhex("7f 02 01 c5 3b 7f 02 01 cc 33"))
                program.read(5)
            kkm.press("1 5 0 ПИ")
            assert kkm.state == "idle"

        @pytest.fixture
        def broken(kkm_smartbox):
            kkm_smartbox.run(1)
            raise ValueError("of the fixture")

        def test_breaks_in_a_fixture(broken):
            pass

        def test_waits_in_vain(kkm):
            kkm.wait_for(lambda kkm: kkm.state == "request", within_s=0.01)

        def test_passes(kkm):
            pass
        """
    )
    result = project.run()
    result.assert_outcomes(passed=1, failed=2, errors=1)
    result.stdout.fnmatch_lines_random(
        [
            "*- kkm findings -*",
            "bad-fcrc (error;*",
            "*- kkm tape -*",
            "*ТОВАР*",
            "*- kkm line -*",
            "*master → till 1  SYN*",
        ]
    )
    result.stdout.fnmatch_lines(["*test_breaks_in_a_fixture*", "*till 1 → master  RDY*"])
    result.stdout.fnmatch_lines(
        ["*_ test_waits_in_vain _*", "E  *AssertionError: not within 0.01 s; the till at /dev/*", "E *state      idle"]
    )
    assert str(result.stdout).count("- kkm findings -") == 3
    assert "live_line.py" not in str(result.stdout)


def test_what_no_till_takes_is_one_sentence(project: "Project") -> None:
    project.files.makepyfile(
        """
        import pytest

        @pytest.mark.kkm(option30=1)
        def test_unknown(kkm):
            pass

        @pytest.mark.kkm(12)
        def test_positional(kkm_smartbox):
            pass

        @pytest.mark.kkm(findings="perhaps")
        def test_findings(kkm):
            pass

        @pytest.mark.kkm(tills=[{"option_30": 1}, {"option_30": 2}])
        def test_two(kkm_smartbox):
            pass

        def test_factory(kkm_factory):
            with pytest.raises(ValueError, match="option_30 = 99: must be a whole number from 1 to 98"):
                kkm_factory(option_30=99)

        @pytest.fixture
        def no_port(monkeypatch):
            from kkm_sim.drivers.ports import PortError
            from kkm_sim.testing import live_line

            def refuse(baud):
                raise PortError("out of ports")

            monkeypatch.setattr(live_line, "fresh_port", refuse)

        def test_no_port(no_port, kkm):
            pass
        """
    )
    result = project.run()
    result.assert_outcomes(passed=1, failed=1, errors=4)
    result.stdout.fnmatch_lines(["no port for the till: out of ports"])
    result.stdout.fnmatch_lines(["@pytest.mark.kkm: there is no setting 'option30'; did you mean option_30*"])
    result.stdout.fnmatch_lines(["@pytest.mark.kkm takes names with values only, as in kkm(option_30=12)"])
    result.stdout.fnmatch_lines(["@pytest.mark.kkm: findings = 'perhaps': must be fail or ignore"])
    result.stdout.fnmatch_lines(["@pytest.mark.kkm: a SmartBox has one till: *"])
    assert "During handling" not in str(result.stdout)
    assert "Traceback" not in str(result.stdout)
    assert "setup.py" not in str(result.stdout)


def test_mistakes_in_a_test_show_the_test_alone(project: "Project") -> None:
    project.files.makepyfile(
        """
        def test_key(kkm):
            kkm.press("QQ")

        def test_option(kkm):
            kkm.set_option(30, 200)

        def test_setting(kkm_factory):
            kkm_factory(close_timout=5)

        def test_nameless(kkm_factory):
            kkm_factory(1, 2)

        def test_bench(kkm_smartbox):
            kkm_smartbox.bench.run_until(lambda: False)
        """
    )
    result = project.run()
    result.assert_outcomes(failed=5)
    result.stdout.fnmatch_lines(
        [
            "E *: there is no key 'QQ'; the keys are 0 1 2 *",
            "E *: option 30 does not take 200: it takes 1 to 98",
            "E *: there is no setting 'close_timout'; did you mean close_timeout[?]",
            "E *: kkm_factory takes names with values only: *",
            "E *: not within 60000 ms: the till is in state idle and shows '0.00'; the SmartBox told last: *",
        ]
    )
    assert 'tills=[{"option_30": 1}, {"option_30": 2}]' in str(result.stdout)
    for internal in ("kkm_sim/", "During handling"):
        assert internal not in str(result.stdout)


def test_the_list_of_fixtures_says_how_several_tills_are_made(project: "Project") -> None:
    listed = str(project.run("--fixtures").stdout)
    assert 'kkm_factory(tills=[{"option_30": 1}, {"option_30": 2}])' in listed
    assert "Several on a line: `kkm_factory`" in listed


@pytest.mark.parametrize(("ini", "outcomes"), [("fail", (1, 2)), ("ignore", (2, 1))])
def test_findings_may_fail_a_test(project: "Project", ini: str, outcomes: tuple[int, int]) -> None:
    passed, failed = outcomes
    project.files.makepyfile(
        """
        import pytest

        def send(kkm):
            kkm.act(lambda simulator, now: simulator.receive(bytes.fromhex("7f 02 01 c5 3b"), now))

        def test_as_the_ini_file_says(kkm):
            send(kkm)

        @pytest.mark.kkm(findings="fail")
        def test_fail(kkm):
            send(kkm)

        @pytest.mark.kkm(findings="ignore")
        def test_ignore(kkm):
            send(kkm)
        """
    )
    result = project.run("-o", f"kkm_findings={ini}")
    result.assert_outcomes(passed=passed, failed=failed)
    result.stdout.fnmatch_lines(["*_ test_fail _*", "a finding:", "bad-fcrc (error;*", "*7f 02 01 c5 3b"])


def test_the_ini_file_is_checked(project: "Project") -> None:
    result = project.run("-o", "kkm_findings=perhaps")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: kkm_findings = perhaps: must be fail or ignore"])

import argparse

import pytest

from kkm_sim.arguments import run
from kkm_sim.cli import parser
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.tui import api_url, run_options
from tests.commands.program import run_to_end


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--pty"],
        ["--pty=/tmp/link", "--address=12", "--pace=off", "--start=menu", "-v", "-v"],
        ["--port=loop://", "--set=fiscal=false", "--set=option_27=0", "--config=file.toml"],
        ["--tcp=127.0.0.1:0", "--http=[::1]:8130", "--findings=found.jsonl", "--record=heard.kkm.yaml"],
        ["--rfc2217=127.0.0.1:7000"],
    ],
)
def test_the_options_of_run_reach_run_as_they_are(words: list[str]) -> None:
    options = run_options(parser("tui").parse_args(["tui", *words]))
    assert sorted(options) == sorted(words)


def test_no_option_of_run_is_forgotten() -> None:
    runs = argparse.ArgumentParser()
    run.add_till(runs)
    known = vars(runs.parse_args([])).keys()
    assert known == {
        *("port", "pty", "tcp", "rfc2217", "address", "set", "config", "http", "findings", "record"),
        *("start", "pace", "verbose"),
    }


@pytest.mark.parametrize("text", ["http://127.0.0.1:8130", "http://127.0.0.1:8130/", "127.0.0.1:8130"])
def test_an_address_to_attach_to(text: str) -> None:
    assert api_url(text) == "http://127.0.0.1:8130"


@pytest.mark.parametrize("choice", ["?till=2", "?device=bar", "?device=bar&till=2", "?device=%D0%B1%D0%B0%D1%80"])
def test_one_of_several_tills_at_an_address(choice: str) -> None:
    assert api_url(f"127.0.0.1:8130/{choice}") == f"http://127.0.0.1:8130{choice}"


def test_a_device_by_a_name_that_is_no_ascii() -> None:
    assert api_url("127.0.0.1:8130?device=бар") == "http://127.0.0.1:8130?device=%D0%B1%D0%B0%D1%80"


@pytest.mark.parametrize(
    "text",
    [
        *("", "8130", "ftp://127.0.0.1:21", "http://127.0.0.1", "http://h:1/v1", "http://h:x"),
        *(
            "http://h:1?till",
            "http://h:1?till=",
            "http://h:1?till=x",
            "http://h:1?till=٣",
            "http://h:1?device=",
            "http://h:1?tills=2",
        ),
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UserMistake, match="--attach"):
        api_url(text)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--attach", "nonsense"], "--attach: 'nonsense' is not the address of a control API, for example "),
        (["--attach", "127.0.0.1:8130", "--pace", "off"], "--pace=off is for a till that is started here; "),
    ],
)
def test_a_mistake_in_the_words_is_told_before_a_terminal_is_missed(options: list[str], complaint: str) -> None:
    done = run_to_end("tui", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"kkm-sim tui: {complaint}")
    assert len(done.stderr.splitlines()) == 1


def test_without_a_terminal_it_says_so() -> None:
    done = run_to_end("tui")
    assert (done.returncode, done.stdout) == (2, "")
    said = "this is a screen and needs a terminal; `run` serves without one, --web serves browsers"
    assert done.stderr.splitlines() == [f"kkm-sim tui: {said}"]

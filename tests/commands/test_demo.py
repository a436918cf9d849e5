import pytest

from kkm_sim.cli import parser
from tests.commands.program import run_to_end


def test_without_a_terminal_it_plays() -> None:
    done = run_to_end("demo", "--pace", "off")
    assert (done.returncode, done.stderr) == (0, "")
    assert "SmartBox: receipt 1 is printed and done" in done.stdout


@pytest.mark.parametrize(("words", "wanted"), [([], (None, False)), (["--lang", "ru", "--bell"], ("ru", True))])
def test_the_options_of_the_screen(words: list[str], wanted: tuple[str | None, bool]) -> None:
    args = parser("demo").parse_args(["demo", *words])
    assert (args.lang, args.bell) == wanted

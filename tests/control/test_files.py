import pytest

from kkm_sim.control.files import TapeFile, indicator_file, tape_file
from kkm_sim.till.indicator import show
from kkm_sim.till.tape import TextLine


@pytest.mark.parametrize(
    ("output", "kind", "name"),
    [
        ("text", "text/plain; charset=utf-8", "tape.txt"),
        ("png", "image/png", "tape.png"),
        ("svg", "image/svg+xml", "tape.svg"),
    ],
)
def test_a_tape_has_its_type_and_name(output: TapeFile, kind: str, name: str) -> None:
    answer = tape_file(output, [TextLine("ИТОГ")])
    assert answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"] == f'inline; filename="{name}"'


def test_the_indicator_has_its_type_and_name() -> None:
    answer = indicator_file(show(right="0.00"))
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-disposition"] == 'inline; filename="indicator.svg"'

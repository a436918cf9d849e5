"""Lines of `serve`, without a line to a till."""

import pytest

from kkm_sim.cli import parser
from kkm_sim.clock import Instant
from kkm_sim.commands.smartbox_orders import USAGE, Orders
from kkm_sim.drivers.cable import Cable
from kkm_sim.settings import Settings
from kkm_sim.smartbox import SmartBox, Utm
from kkm_sim.smartbox.events import CodeRefused, CodeScanned, SmartBoxEvent
from tests.drivers.test_cable import Inner

NOW = Instant(0)
BEFORE = Utm(delay_s=3, down=True)


class Bench:
    def __init__(self) -> None:
        self.box = SmartBox(1, Settings(), baud=57600, paced=False, now=NOW, utm=BEFORE)
        self.cable = Cable(Inner())
        self.said: list[str] = []
        self._orders = Orders(
            self.box, self.cable, quit_=lambda: self.said.append("quit"), explain=lambda: self.said.append(USAGE)
        )

    def obey(self, line: str) -> SmartBoxEvent | None:
        self._orders.obey(line, NOW)
        return self.box.next_event()


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(
    ("line", "utm"),
    [
        ("utm up", Utm()),
        ("utm down", Utm(down=True)),
        ("utm refuses", Utm(refuses=True)),
        ("utm slow", Utm(delay_s=8)),
        ("utm slow 1", Utm(delay_s=1)),
        ("utm slow 020", Utm(delay_s=20)),
    ],
)
def test_utm(bench: Bench, line: str, utm: Utm) -> None:
    assert bench.obey(line) is None
    assert bench.box.utm == utm
    assert bench.said == []


@pytest.mark.parametrize("words", ["0", "-1", "1.5", "+2", "1 2", "five", "٥", "1" * 5000])
def test_a_delay_that_is_none_changes_nothing(bench: Bench, words: str) -> None:
    assert bench.obey(f"utm slow {words}") is None
    assert bench.said == [USAGE]
    assert bench.box.utm == BEFORE


def test_cable(bench: Bench) -> None:
    bench.obey("cable out")
    assert not bench.cable.plugged
    bench.obey("cable out")
    assert not bench.cable.plugged
    bench.obey("cable in")
    assert bench.cable.plugged
    assert bench.said == []


@pytest.mark.parametrize(
    "line", ["help", "utm", "utm slowly", "utm up 5", "cable", "cable up", "cable out 5", "message", "message 4"]
)
def test_what_cannot_be_obeyed_is_explained(bench: Bench, line: str) -> None:
    assert bench.obey(line) is None
    assert bench.said == [USAGE]
    assert (bench.box.utm, bench.cable.plugged, bench.box.busy) == (BEFORE, True, False)


def test_quit(bench: Bench) -> None:
    bench.obey("quit")
    assert bench.said == ["quit"]


@pytest.mark.parametrize("line", ["ping", "annul", "message 2"])
def test_what_is_asked_of_the_till(bench: Bench, line: str) -> None:
    assert bench.obey(line) is None
    assert bench.box.busy
    assert bench.said == []


def test_codes(bench: Bench) -> None:
    assert bench.obey("4600000000008") == CodeScanned("4600000000008", "EAN")
    assert isinstance(bench.obey("cables"), CodeRefused)
    assert isinstance(Bench().obey("beer 4601234567893"), CodeScanned)
    assert bench.said == []


def test_the_help_names_the_same_orders(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["smartbox", "serve", "--help"])
    assert USAGE.partition(", or: ")[2] in " ".join(capsys.readouterr().out.split())

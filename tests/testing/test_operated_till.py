"""What tests do with a till and see of it, on a till that stands still."""

from collections.abc import Callable
from datetime import datetime
from typing import Self, TypeVar

import pytest

from kkm_sim.clock import Instant
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.testing.operated_till import OperatedTill
from kkm_sim.till.keyboard import UnknownKey
from kkm_sim.till.machine import BadOptionValue, ReceiptOpen, UnknownOption
from kkm_sim.till.tape import Cut

T = TypeVar("T")

NOW = Instant(1)


class StandingTill(OperatedTill):
    """Time does not pass here."""

    def __init__(self, *tills: Settings, number: int = 0) -> None:
        self._simulator = Simulator(tills, wall=datetime(2016, 7, 1, 12), now=Instant(0), paced=False)
        super().__init__(self._simulator.tills[number], "here")

    def act(self, action: Callable[[Simulator, Instant], T]) -> T:
        return action(self._simulator, NOW)

    def wait_for(self, condition: Callable[[Self], T], within_s: float = 5) -> T:
        raise self._waited_in_vain(within_s)


@pytest.fixture
def till() -> StandingTill:
    return StandingTill(Settings(print_lines_per_s=0, option_27=0))


def test_keys_are_pressed_and_seen(till: StandingTill) -> None:
    till.press("1 5 0 . 5")
    assert (till.state, till.indicator) == ("entry", "150.5")
    till.press("PI")
    assert (till.state, till.indicator) == ("open", "150.50")
    assert till.beeps == ["short"] * 6


def test_a_word_that_is_no_key_presses_none(till: StandingTill) -> None:
    with pytest.raises(UnknownKey, match=r"^there is no key 'ПУ'; the keys are 0 1 .* ПИ ИТ .*, in Latin also PI IT"):
        till.press("1 5 ПУ")
    assert till.state == "idle"


def test_a_receipt_does_not_go_on_changing(till: StandingTill) -> None:
    assert till.receipt is None
    till.press("1 0 0 ПИ")
    first = till.receipt
    till.press("5 0 ПИ")
    second = till.receipt
    assert first is not None
    assert second is not None
    assert (first.total, len(first.operations)) == (10_000, 1)
    assert (second.total, len(second.operations)) == (15_000, 2)


def test_the_tape_is_text_and_entries(till: StandingTill) -> None:
    till.press("1 0 0 ПИ ИТ ИТ")
    assert "ИТОГ              100.00\n" in till.tape
    assert till.tape_entries[-1] == Cut()


def test_power_paper_and_clock(till: StandingTill) -> None:
    till.paper(False)
    till.press("1 0 0 ПИ")
    assert till.indicator == "Err 20"
    till.set_clock(datetime(2020, 1, 2, 3, 4))
    assert till.act(lambda simulator, now: simulator.till().till.wall(now)) == datetime(2020, 1, 2, 3, 4)
    till.power(False)
    assert till.state == "off"
    till.power(True)
    assert till.state == "menu"


def test_options_are_set_or_refused(till: StandingTill) -> None:
    till.set_option(30, 12)
    assert till.address == 12
    with pytest.raises(UnknownOption, match="there is no option 31; there are 27, 29, 30"):
        till.set_option(31, 1)
    with pytest.raises(BadOptionValue, match="option 30 does not take 99: it takes 1 to 98"):
        till.set_option(30, 99)
    till.press("1 0 0 ПИ")
    with pytest.raises(ReceiptOpen):
        till.set_option(30, 2)


def test_it_is_the_till_that_was_meant() -> None:
    second = StandingTill(Settings(), Settings(option_30=2), number=1)
    second.press("7")
    second.set_option(30, 5)
    second.press("8")
    assert (second.address, second.indicator) == (5, "78")
    assert second.act(lambda simulator, now: simulator.till(1).till.state.value) == "idle"


def test_findings_have_a_code_and_words(till: StandingTill) -> None:
    till.assert_no_findings()
    till.act(lambda simulator, now: simulator.receive(bytes.fromhex("7f 02 01 c5 3b"), now))
    (finding,) = till.findings
    assert (finding.code, finding.severity) == ("bad-fcrc", "error")
    assert finding.section == "Пакеты управления"
    assert finding.message.startswith("the header's checksum is wrong")
    assert finding.raw.hex(" ") == "7f 02 01 c5 3b"
    with pytest.raises(AssertionError, match=r"^a finding:\nbad-fcrc \(error; document, «Пакеты управления»\)"):
        till.assert_no_findings()


def test_packets_are_those_of_the_line(till: StandingTill) -> None:
    till.act(lambda simulator, now: simulator.receive(bytes.fromhex("7f 02 01 cc 33"), now))
    assert [str(seen.packet) for seen in till.packets] == ["SYN"]


def test_a_wait_in_vain_tells_what_is_seen(till: StandingTill) -> None:
    till.press("1 0 0 ПИ")
    with pytest.raises(AssertionError) as caught:
        till.wait_for(lambda kkm: False, within_s=0.5)
    first, *seen = str(caught.value).splitlines()
    assert first == "not within 0.5 s; the till at here:"
    assert seen[:4] == [
        "indicator  '100.00'",
        "state      open",
        "receipt    1, total 10000 kopecks",
        "findings   none",
    ]
    assert seen[4] == "tape"
    assert any("ТОВАР" in line for line in seen[5:])

"""One exchange after the other, on a link that only notes what it is given."""

from collections import deque
from collections.abc import Hashable

import pytest

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.link.events import MessageFailed
from kkm_sim.link.master_link import LINE_DATA_ERROR, NO_LINK, MasterLink
from kkm_sim.messages.codes import CodeType, Function, ShownMessage
from kkm_sim.messages.records import SaleAnswer, declared_till_length
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.settings import Settings
from kkm_sim.smartbox.basket import Article, Basket
from kkm_sim.smartbox.commands import QUIET_PING, Commands
from kkm_sim.smartbox.events import ExchangeFailed, SmartBoxEvent, TillBusy
from kkm_sim.smartbox.tasks import AnnulReceipt, Ping, Sell, Show, Tag, Task

PING = bytes.fromhex("03 05")
SCAN_PDF = bytes.fromhex("03 06 02")
REPEAT = bytes.fromhex("03 06 03")
ANNUL = bytes.fromhex("03 07")
BOTTLE = Article(CodeType.PDF, "4607012350015", "A" * 68)
ASKED_PING = Ping(told=True)
SHOW_REPEAT = Show(ShownMessage.REPEAT, prompt=False)


class NotingLink(MasterLink):
    """Messages stop here."""

    def __init__(self) -> None:
        super().__init__(1, Settings(), declared_till_length, byte_time=0, now=Instant(0))
        self.sent: list[tuple[bytes, bool]] = []
        self.last_tag: Hashable = None

    def send(self, data: bytes, tag: Hashable, *, hs: bool = False, answer: bool = False) -> None:
        self.sent.append((data, hs))
        self.last_tag = tag


class Desk:
    """Commands and what surrounds them; the test is the till."""

    def __init__(self) -> None:
        self.link = NotingLink()
        self.basket = Basket()
        self.events: deque[SmartBoxEvent] = deque()
        self.now = Instant(0)
        self.commands = Commands(self.link, self.basket, self.events, self.now)

    def do(self, *tasks: Task) -> None:
        for task in tasks:
            self.commands.add(task)
        self.commands.poll(self.now)

    def wait(self, nanoseconds: int) -> None:
        self.now = Instant(self.now + nanoseconds)
        self.commands.poll(self.now)

    def deliver(self) -> Task | None:
        """The till acknowledges what was sent last."""
        return self.commands.delivered(self.link.last_tag, self.now)

    def pass_ping(self) -> None:
        """The till answers the PING before a receipt operation, and the request goes out."""
        self.deliver()
        self.commands.checked()
        self.commands.poll(self.now)

    @property
    def sent(self) -> list[bytes]:
        return [data for data, _ in self.link.sent]

    @property
    def failures(self) -> list[tuple[Function, Reason]]:
        return [(event.function, event.why[0]) for event in self.events if isinstance(event, ExchangeFailed)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


# In order


def test_the_next_task_waits_for_the_end_of_the_first(desk: Desk) -> None:
    desk.do(SHOW_REPEAT, ASKED_PING)
    desk.wait(SECOND)
    assert desk.link.sent == [(REPEAT, True)]
    assert desk.commands.finish() == SHOW_REPEAT
    desk.wait(0)
    assert desk.sent == [REPEAT, PING]
    desk.commands.finish()
    assert not desk.commands.busy


def test_nothing_to_do_is_nothing_to_wait_for(desk: Desk) -> None:
    desk.wait(SECOND)
    assert desk.sent == []
    assert desk.commands.deadline() is None


def test_a_task_wants_to_be_polled_at_once(desk: Desk) -> None:
    desk.wait(SECOND)
    desk.commands.add(SHOW_REPEAT)
    assert desk.commands.deadline() == desk.now


def test_annulment_follows_the_answer_to_ping(desk: Desk) -> None:
    desk.do(AnnulReceipt())
    assert desk.link.sent == [(PING, True)]
    assert desk.commands.awaits(Function.PING)
    assert not desk.commands.awaits(Function.ANNUL_RECEIPT)
    desk.pass_ping()
    assert desk.sent == [PING, ANNUL]
    assert desk.commands.awaits(Function.ANNUL_RECEIPT)
    assert not desk.commands.awaits(Function.PING)


def test_a_sale_ends_with_its_delivery_for_the_operator_takes_his_time(desk: Desk) -> None:
    desk.do(Sell(BOTTLE))
    assert desk.commands.selling
    assert desk.deliver() is None  # PING is not the sale
    desk.pass_ping()
    request, hs = desk.link.sent[-1]
    assert (request[:4], hs) == (bytes.fromhex("03 01 00 01"), False)
    assert desk.deliver() == Sell(BOTTLE)
    assert not desk.commands.busy
    assert not desk.commands.selling
    desk.wait(60 * SECOND)
    assert desk.failures == []


def test_a_sale_that_only_waits_counts_as_selling(desk: Desk) -> None:
    desk.do(SHOW_REPEAT, Sell(BOTTLE))
    assert desk.commands.selling
    assert desk.commands.current == SHOW_REPEAT


def test_a_bottle_of_the_basket_goes_out_as_a_duplicate(desk: Desk) -> None:
    desk.basket.add(SaleAnswer(receipt_number=1, operation_number=1, alcohol=True), BOTTLE)
    desk.do(Sell(BOTTLE))
    desk.pass_ping()
    assert desk.sent[-1][:4] == bytes.fromhex("03 01 00 02")


def test_pings_are_200_ms_apart_from_start_to_start(desk: Desk) -> None:
    desk.do(ASKED_PING, ASKED_PING)
    desk.commands.ping_sent(Instant(10 * MS))
    desk.commands.finish()
    desk.wait(50 * MS)
    assert desk.commands.deadline() == 210 * MS
    desk.wait(160 * MS - 1)
    assert desk.sent == [PING]
    desk.wait(1)
    assert desk.sent == [PING, PING]


# What waits


def test_one_quiet_ping_is_enough(desk: Desk) -> None:
    desk.do(SHOW_REPEAT, QUIET_PING, QUIET_PING, ASKED_PING, ASKED_PING)
    for _ in range(4):
        desk.commands.finish()
        desk.wait(0)
    assert desk.sent == [REPEAT, PING, PING, PING]


def test_a_prompt_takes_the_place_of_the_one_before_and_leaves_what_was_asked_for(desk: Desk) -> None:
    desk.do(ASKED_PING, SHOW_REPEAT)
    desk.commands.prompt(ShownMessage.SCAN_EAN)
    desk.commands.prompt(ShownMessage.SCAN_PDF)
    for _ in range(3):
        desk.commands.finish()
        desk.wait(0)
    assert desk.sent == [PING, REPEAT, SCAN_PDF]


def test_prompts_are_dropped_once_they_are_pointless(desk: Desk) -> None:
    desk.commands.prompt(ShownMessage.SCAN_PDF)
    desk.commands.drop_prompts()
    assert not desk.commands.busy


# What fails


def test_an_answer_is_waited_for_three_seconds_from_the_ack(desk: Desk) -> None:
    desk.do(SHOW_REPEAT)
    desk.wait(60 * SECOND)  # not delivered yet: the link decides how long to try
    desk.deliver()
    assert desk.commands.deadline() == 63 * SECOND
    desk.wait(3 * SECOND - 1)
    assert desk.failures == []
    desk.wait(1)
    assert desk.failures == [(Function.SHOW_MESSAGE, Reason(ReasonCode.NO_ANSWER))]
    assert not desk.commands.busy


def test_a_request_is_not_given_up_by_the_time_of_its_ping(desk: Desk) -> None:
    desk.do(AnnulReceipt())
    desk.pass_ping()
    desk.wait(10 * SECOND)
    assert desk.failures == []


def test_the_answer_may_take_longer_while_the_till_is_busy_which_is_told_once(desk: Desk) -> None:
    desk.do(SHOW_REPEAT)
    desk.deliver()
    for _ in range(5):
        desk.wait(2 * SECOND)
        desk.commands.till_is_busy(desk.now)
    assert list(desk.events) == [TillBusy()]
    desk.commands.till_listens()
    desk.commands.till_is_busy(desk.now)
    assert list(desk.events) == [TillBusy(), TillBusy()]
    desk.wait(3 * SECOND)
    assert desk.failures == [(Function.SHOW_MESSAGE, Reason(ReasonCode.NO_ANSWER))]


def test_a_busy_till_does_not_matter_with_nothing_to_say(desk: Desk) -> None:
    desk.commands.till_is_busy(desk.now)
    assert not desk.events


def test_a_sale_that_failed_asks_for_another_scan(desk: Desk) -> None:
    desk.do(Sell(BOTTLE))
    desk.commands.not_delivered(MessageFailed(desk.link.last_tag, LINE_DATA_ERROR))
    assert desk.failures == [(Function.SALE, LINE_DATA_ERROR)]
    desk.wait(0)
    assert desk.sent == [PING, REPEAT]


def test_without_a_link_no_scan_is_asked_for(desk: Desk) -> None:
    desk.do(Sell(BOTTLE))
    desk.commands.not_delivered(MessageFailed(desk.link.last_tag, NO_LINK))
    assert desk.failures == [(Function.SALE, NO_LINK)]
    assert not desk.commands.busy


def test_news_of_an_earlier_message_does_not_touch_this_one(desk: Desk) -> None:
    desk.do(SHOW_REPEAT)
    earlier = desk.link.last_tag
    desk.commands.finish()
    desk.do(SHOW_REPEAT)
    desk.commands.delivered(earlier, desk.now)
    assert desk.commands.deadline() is None
    desk.commands.not_delivered(MessageFailed(earlier, LINE_DATA_ERROR))
    assert desk.commands.current == SHOW_REPEAT
    assert desk.failures == []


def test_an_answer_to_the_till_that_failed_is_told_and_ends_no_exchange(desk: Desk) -> None:
    desk.do(SHOW_REPEAT)
    desk.commands.not_delivered(MessageFailed(Tag(Function.CLOSE), LINE_DATA_ERROR))
    assert desk.failures == [(Function.CLOSE, LINE_DATA_ERROR)]
    assert desk.commands.current == SHOW_REPEAT


def test_all_fail_together_but_a_quiet_ping_in_silence(desk: Desk) -> None:
    desk.do(QUIET_PING, SHOW_REPEAT, Sell(BOTTLE), AnnulReceipt())
    desk.commands.fail_all(NO_LINK)
    assert desk.failures == [
        (Function.SHOW_MESSAGE, NO_LINK),
        (Function.SALE, NO_LINK),
        (Function.ANNUL_RECEIPT, NO_LINK),
    ]
    assert not desk.commands.busy


def test_a_failure_of_nothing_is_nothing(desk: Desk) -> None:
    desk.commands.fail(Reason(ReasonCode.NO_ANSWER))
    desk.commands.checked()
    assert not desk.events
    assert desk.commands.finish() is None

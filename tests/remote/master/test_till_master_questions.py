"""What the till asks: may the receipt be closed, what is its identifier."""

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.link.packets import ControlCode, DataPacket, Direction
from kkm_sim.messages.codes import Function
from kkm_sim.messages.records import (
    CloseAnswer,
    CloseRequest,
    IdentifierRequest,
)
from kkm_sim.remote.master.master_news import (
    Answered,
    Wanted,
)
from kkm_sim.till.chart import TillState
from tests.remote.master.beside import BOTTLE, PING, Counter, findings


def closes(counter: Counter, keys: str = "3 5 0 ПИ") -> CloseRequest:
    """To the question whether a receipt may be closed."""
    counter.master.call(1, BOTTLE, counter.now)
    counter.until(lambda: counter.state is TillState.REQUEST)
    counter.press(keys)
    counter.hears(Answered)
    return asks_to_close(counter)


def asks_to_close(counter: Counter) -> CloseRequest:
    counter.press("ИТ")
    wanted = counter.hears(Wanted)
    assert isinstance(wanted, Wanted)
    assert isinstance(wanted.request, CloseRequest)
    return wanted.request


def identifier_is_asked_for(counter: Counter) -> bool:
    wanted = counter.hears(Wanted)
    return isinstance(wanted, Wanted) and isinstance(wanted.request, IdentifierRequest)


def waits(counter: Counter) -> int:
    return sum(getattr(seen.packet, "code", None) is ControlCode.WAIT for seen in counter.packets())


def test_while_the_holder_thinks_the_till_is_asked_to_wait() -> None:
    counter = Counter(close_timeout=3)
    counter.master.hold(counter.now)
    close = closes(counter)
    counter.run(4 * SECOND)
    assert (counter.state, waits(counter)) == (TillState.CLOSE_WAIT, 1)
    counter.master.answer(close, CloseAnswer(receipt_number=1), counter.now)
    assert identifier_is_asked_for(counter)
    assert findings(counter) == []


@pytest.mark.parametrize("ms", range(1960, 2040, 5))
def test_once_it_is_answered_no_wait_follows(held: Counter, ms: int) -> None:
    close = closes(held)
    held.run(ms * MS)
    held.master.answer(close, CloseAnswer(receipt_number=1), held.now)
    assert identifier_is_asked_for(held)
    held.run(SECOND)
    said = [seen.packet for seen in held.packets() if seen.packet.direction is Direction.TO_TILL]
    (answered,) = (i for i, one in enumerate(said) if isinstance(one, DataPacket) and one.data[1] == Function.CLOSE)
    assert not any(getattr(one, "code", None) is ControlCode.WAIT for one in said[answered:])
    assert findings(held) == []


def test_an_answer_to_what_the_till_asked_before_closes_no_other_receipt(held: Counter) -> None:
    first = closes(held, "1 0 0 ПИ")
    held.press("С")
    held.run(SECOND)
    held.press("9 0 0 ПИ")
    held.run(SECOND)
    second = asks_to_close(held)
    assert (first.total, second.total) == (10000, 100000)
    held.master.answer(first, CloseAnswer(receipt_number=1), held.now)
    held.run(SECOND)
    assert held.state is TillState.CLOSE_WAIT
    held.master.answer(second, CloseAnswer(receipt_number=1), held.now)
    assert identifier_is_asked_for(held)
    assert findings(held) == []


def test_what_the_one_before_did_not_answer_the_next_holder_is_asked(held: Counter) -> None:
    close = closes(held)
    held.master.release(held.now)
    held.run(SECOND)
    held.master.hold(held.now)
    again = held.hears(Wanted)
    assert again == Wanted(close)
    assert isinstance(again, Wanted)
    held.master.answer(again.request, CloseAnswer(receipt_number=1), held.now)
    assert identifier_is_asked_for(held)
    assert findings(held) == []


def test_who_has_no_answer_keeps_the_till_no_longer() -> None:
    counter = Counter(close_timeout=3)
    counter.master.hold(counter.now)
    counter.master.answer(closes(counter), None, counter.now)
    counter.run(4 * SECOND)
    assert (counter.state, waits(counter)) == (TillState.REFUSED, 0)


def test_whoever_is_gone_keeps_the_till_no_longer() -> None:
    counter = Counter(close_timeout=3)
    counter.master.hold(counter.now)
    closes(counter)
    counter.master.release(counter.now)
    counter.run(4 * SECOND)
    assert (counter.state, waits(counter)) == (TillState.REFUSED, 0)
    counter.master.hold(counter.now)
    assert not any(isinstance(one, Wanted) for one in counter.run(SECOND))


def test_a_close_that_nobody_answers(held: Counter) -> None:
    closes(held)
    held.run(121 * SECOND)  # as long as the till would wait WAIT is said, and then it waits as long
    assert held.state is TillState.REFUSED
    assert held.simulator.till().till.indicator.text == "НЕt СВ"
    held.master.call(2, PING, held.now)
    assert isinstance(held.hears(Answered), Answered)


def test_an_answer_that_comes_after_a_ping_waits_for_rdy(held: Counter) -> None:
    close = closes(held)
    held.master.call(2, PING, held.now)
    held.hears(Answered)
    held.run(30 * MS)  # its ACK has gone out, RDY has not yet
    held.master.answer(close, CloseAnswer(receipt_number=1), held.now)
    assert identifier_is_asked_for(held)
    assert findings(held) == []

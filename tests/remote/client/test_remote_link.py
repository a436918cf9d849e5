import json
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.link.events import LinkFound, LinkLost, MessageDelivered, MessageFailed, MessageReceived
from kkm_sim.link.master_link import LINE_DATA_ERROR, NO_LINK
from kkm_sim.messages.codes import CodeType, Operation, ShownMessage
from kkm_sim.messages.records import (
    AnnulReceiptRequest,
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierRequest,
    PingAnswer,
    PingRequest,
    SaleAnswer,
    SaleRequest,
    ShortAnswer,
    ShowMessageRequest,
)
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.remote.client.remote_link import LOOK_INTERVAL, RemoteLink, connection_lost
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.smartbox import Utm
from kkm_sim.smartbox.events import (
    CloseRefused,
    DuplicateRefused,
    ExchangeFailed,
    ItemRegistered,
    Pinged,
    ReceiptDone,
    SaleRequested,
    TillFound,
    TillLost,
)
from kkm_sim.smartbox.receipt_identifier import graphics_block, no_block, text_block
from kkm_sim.till.chart import TillState
from tests.bottles import EAN, OTHER_PDF, PDF
from tests.remote.client.far_counter import WALL, FarCounter, NearCounter
from tests.remote.protocol.examples import CLOSE, SOLD, STATUS

PDFS = (PDF, OTHER_PDF)
NOW = Instant(0)
BOTTLE = SaleRequest(code_type=CodeType.PDF, barcode=4600000000008, quantity=1000)


class End:
    """A link whose first look at the line is over."""

    def __init__(self) -> None:
        self.link = RemoteLink(Settings(), NOW)
        assert self.says() == ['{"jsonrpc":"2.0","id":1,"method":"link","params":{}}']
        self.counts(1, to_till=1, to_master=0, linked=False)

    def says(self, now: int = NOW) -> list[str]:
        return self.link.poll(Instant(now)).decode().splitlines()

    def hears(self, text: str, now: int = NOW) -> list[object]:
        self.link.receive_data(text.encode() + b"\n", Instant(now))
        return self.events()

    def events(self) -> list[object]:
        events: list[object] = []
        while (event := self.link.next_event()) is not None:
            events.append(event)
        return events

    def counts(self, number: int, *, to_till: int, to_master: int, **more: bool) -> list[object]:
        counted = {"packets_to_till": to_till, "packets_to_master": to_master, "delivered": 0, "failed": 0, "lost": 0}
        return self.hears(text_of(id=number, result=counted | more))


@pytest.fixture
def end() -> End:
    return End()


def text_of(**members: object) -> str:
    return json.dumps({"jsonrpc": "2.0", **members})


# Calls


def test_ping(end: End) -> None:
    end.link.send(PingRequest().encode(), "tag", hs=True)
    assert end.link.busy
    assert end.says() == ['{"jsonrpc":"2.0","id":2,"method":"ping","params":{}}']
    found, delivered, received = end.hears(text_of(id=2, result=STATUS))
    assert (found, delivered) == (LinkFound(), MessageDelivered("tag"))
    assert isinstance(received, MessageReceived)
    status = PingAnswer.decode(received.data).record
    assert status is not None
    assert (status.serial_number, status.total, status.moment) == ("0000123", 15000, datetime(2016, 7, 1, 12))
    assert not end.link.busy


def test_a_sale_is_delivered_when_its_call_is_on_its_way(end: End) -> None:
    end.link.send(BOTTLE.encode(), "tag")
    assert end.events() == []
    assert end.link.speaks
    assert end.says() == [
        '{"jsonrpc":"2.0","id":2,"method":"sale","params":{"code_type":1,"barcode":4600000000008,"quantity":1000}}'
    ]
    assert end.events() == [MessageDelivered("tag")]
    assert not end.link.busy
    answer = SaleAnswer(
        receipt_number=7,
        operation_number=1,
        operation=Operation.SALE,
        alcohol=True,
        barcode=4600000000008,
        quantity=1000,
        price=15000,
        sum=15000,
        section=1,
    )
    assert end.hears(text_of(id=2, result=SOLD)) == [LinkFound(), MessageReceived(answer.encode(), False)]


@pytest.mark.parametrize(
    ("message", "said", "function"),
    [
        (ShowMessageRequest(message=ShownMessage.SCAN_PDF), '"message","params":{"code":2}}', 6),
        (AnnulReceiptRequest(), '"annul","params":{}}', 7),
    ],
)
def test_short_calls(end: End, message: ShowMessageRequest, said: str, function: int) -> None:
    end.link.send(message.encode(), "tag")
    assert end.says() == ['{"jsonrpc":"2.0","id":2,"method":' + said]
    answer = MessageReceived(ShortAnswer(function=function).encode(), False)
    assert end.hears(text_of(id=2, result={})) == [LinkFound(), MessageDelivered("tag"), answer]


def test_a_result_other_than_0_is_an_answer(end: End) -> None:
    end.link.send(BOTTLE.encode(), "tag")
    end.says()
    end.events()
    refused = end.hears(text_of(id=2, error={"code": -32004, "message": "no", "data": {"result": 27}}))
    assert refused == [LinkFound(), MessageReceived(bytes([3, 1, 27, 0]), False)]


@pytest.mark.parametrize(
    ("code", "events"),
    [
        (-32002, [LinkLost(), MessageFailed("tag", NO_LINK)]),
        (-32003, [MessageFailed("tag", LINE_DATA_ERROR)]),
        (-32603, [MessageFailed("tag", Reason(ReasonCode.SERVER_SAYS, said="a bug"))]),
    ],
)
def test_errors(end: End, code: int, events: list[object]) -> None:
    end.link.send(PingRequest().encode(), "tag")
    end.says()
    assert end.hears(text_of(id=2, error={"code": code, "message": "a bug"})) == events
    assert not end.link.busy


def test_an_answer_that_is_none(end: End) -> None:
    end.link.send(PingRequest().encode(), "tag")
    end.says()
    (failed,) = end.hears(text_of(id=2, result={"model": 1}))
    assert isinstance(failed, MessageFailed)
    assert "not understood" in str(failed.reason)


def test_texts_come_in_parts(end: End) -> None:
    end.link.send(AnnulReceiptRequest().encode(), "tag")
    end.says()
    end.link.receive_data(b'{"jsonrpc":"2.0","id":2,', NOW)
    assert end.events() == []
    assert len(end.hears('"result":{}}')) == 3


# What the till wants


def test_close(end: End) -> None:
    _, received = end.hears(text_of(id=5, method="close", params=CLOSE))
    assert isinstance(received, MessageReceived)
    request = CloseRequest.decode(received.data).record
    assert request is not None
    assert (request.receipt_number, request.cash, request.moment) == (7, 15000, datetime(2016, 7, 1, 12, 5))
    end.link.send(CloseAnswer(result=27, receipt_number=7).encode(), "tag", answer=True)
    assert end.says() == ['{"jsonrpc":"2.0","id":5,"result":{"result":27,"receipt":7}}']


@pytest.mark.parametrize(
    ("block", "result"),
    [
        (text_block(7, 1, "чек").encode(), '{"result":0,"text":"\\u0447\\u0435\\u043a"}'),
        (
            graphics_block(7, 1, [b"\x80\x01", b"\xff\xf0"], 12).encode(),
            '{"result":0,"kind":"graphics","rows":["8001","fff0"],"bits":12}',
        ),
        (no_block(7, 1), '{"result":1}'),
    ],
)
def test_identifier(end: End, block: bytes, result: str) -> None:
    _, received = end.hears(text_of(id="a", method="identifier", params={"receipt": 7, "block": 1}))
    assert received == MessageReceived(IdentifierRequest(receipt_number=7, block=1).encode(), False)
    end.link.send(block, "tag", answer=True)
    assert end.says() == ['{"jsonrpc":"2.0","id":"a","result":' + result + "}"]


def test_what_nobody_knows(end: End) -> None:
    end.hears(text_of(id=5, method="dance", params={}))
    end.hears(text_of(id=6, method="close", params={"total": 1}))
    refusals = end.says()
    assert '"code":-32601' in refusals[0]
    assert '"code":-32602' in refusals[1]


def test_what_is_told(end: End) -> None:
    assert end.hears(text_of(method="done", params={"result": 0})) == [MessageReceived(DonePacket().encode(), False)]
    (told,) = end.hears(text_of(method="sale_answer", params=SOLD))
    assert isinstance(told, MessageReceived)
    assert told.data[:2] == b"\x03\x01"


# Is the till there?


def test_the_till_is_found_without_a_call(end: End) -> None:
    assert end.link.deadline() == 500 * MS
    end.says(500 * MS)
    assert end.counts(2, to_till=3, to_master=2, linked=True) == [LinkFound()]
    assert end.link.deadline() == LOOK_INTERVAL  # after the answer, which came at once


def test_what_the_server_remembers_of_a_till_is_no_news() -> None:
    link = End()
    link.says(500 * MS)
    assert link.counts(2, to_till=2, to_master=0, linked=True) == []


def test_a_till_that_is_not_there(end: End) -> None:
    events: list[object] = []
    for number in range(2, 6):
        end.says(number * SECOND)
        events += end.counts(number, to_till=10 * number, to_master=0, linked=False)
    assert events == [LinkLost()]
    assert end.link.lost.startswith("no answer from the till: is it on, ")


def test_a_line_that_is_not_there(end: End) -> None:
    end.says(500 * MS)
    assert end.counts(2, to_till=1, to_master=0, linked=True, gone=True) == [LinkLost()]
    assert end.link.lost.startswith("no answer from the till: its line is not there: ")


def test_a_connection_that_is_lost_and_made_again(end: End) -> None:
    end.link.send(BOTTLE.encode(), "sale")
    end.says()
    end.events()
    end.link.send(PingRequest().encode(), "ping")
    end.says()
    end.link.receive_data(connection_lost(), NOW)
    assert end.events() == [LinkLost(), MessageFailed("ping", NO_LINK)]
    assert end.link.lost == "the connection to the server is lost"
    assert end.link.deadline() is None
    end.link.send(PingRequest().encode(), "again")
    assert end.events() == [MessageFailed("again", NO_LINK)]
    assert end.hears(text_of(method="ready", params={"device": "till"}), SECOND) == []
    assert end.says(SECOND) == ['{"jsonrpc":"2.0","id":4,"method":"link","params":{}}']


def test_nothing_of_a_line_of_its_own(end: End) -> None:
    end.link.send_wait()
    end.link.take_line(NOW)
    assert end.says() == []
    assert end.link.frame_number == 0


# A SmartBox over it


def sells(counter: NearCounter, bottles: int, *, again: bool) -> list[str]:
    """Sells bottles, one of them a second time if `again`, and closes the receipt; what the SmartBox tells."""
    for sold in range(bottles):
        counter.scan(EAN)
        counter.scan(PDFS[sold])
        counter.until(lambda: counter.state is TillState.REQUEST)
        counter.press(f"{sold + 1} 0 0 ПИ")
        counter.hears(ItemRegistered, sold + 1)
    if again:
        counter.scan(EAN)
        counter.scan(PDFS[0])
        counter.hears(DuplicateRefused)
        counter.press("С")
    counter.until(lambda: not counter.box.busy)
    counter.run(60 * SECOND - counter.now)  # the identifier has the moment of ИТ in it
    counter.press("ИТ ИТ")
    counter.until(lambda: any(isinstance(one, ReceiptDone | CloseRefused) for one in counter.events))
    # Whether the first code was scanned before or after the till was found says nothing.
    return [str(one) for one in counter.events if not isinstance(one, TillFound)]


@settings(max_examples=20, deadline=None)
@given(
    delay=st.one_of(st.sampled_from((0, 800 * MS)), st.integers(0, SECOND)),
    bottles=st.integers(1, 2),
    again=st.booleans(),
    utm=st.sampled_from((Utm(), Utm(refuses=True), Utm(down=True), Utm(delay_s=6))),
)
def test_it_tells_the_same_as_over_a_line(delay: int, bottles: int, again: bool, utm: Utm) -> None:
    far = FarCounter(utm, delay)
    assert sells(far, bottles, again=again) == sells(NearCounter(utm), bottles, again=again)
    assert not far.simulator.findings.since(0)


@pytest.mark.parametrize("delay", [0, 800 * MS, 1600 * MS])
def test_a_receipt_over_the_network(delay: int) -> None:
    far = FarCounter(Utm(), delay)
    sells(far, 2, again=False)
    assert far.state is TillState.IDLE
    assert any("receipt 1 is printed and done" in str(one) for one in far.events)


def found(counter: FarCounter) -> Callable[[], bool]:
    return lambda: any(isinstance(one, TillFound) for one in counter.events)


def test_a_till_that_is_off() -> None:
    far = FarCounter(Utm(), 100 * MS)
    far.line.connect(False)
    far.box.ping(far.now)
    far.hears(TillLost)
    far.hears(ExchangeFailed)
    far.events.clear()
    far.line.connect(True)
    far.until(found(far))
    far.box.ping(far.now)
    far.hears(Pinged)


def test_a_sale_whose_till_vanished_before_it_had_it() -> None:
    far = FarCounter(Utm(), 500 * MS)
    far.scan(EAN)
    far.scan(PDFS[0])
    far.hears(SaleRequested)
    far.line.connect(False)
    far.hears(ExchangeFailed)
    assert far.box.open_sale is None


def test_a_till_that_was_changed_for_another_in_the_middle_of_a_sale() -> None:
    far = FarCounter(Utm(), 500 * MS)
    far.scan(EAN)
    far.scan(PDFS[0])
    far.until(lambda: far.state is TillState.REQUEST)
    far.line.connect(False)
    far.hears(TillLost)
    far.simulator = far.line.simulator = Simulator(far.settings, wall=WALL, now=far.now)
    far.line.connect(True)
    far.until(lambda: far.box.open_sale is None and not far.box.busy)
    far.scan(EAN)
    far.scan(PDFS[0])
    far.until(lambda: far.state is TillState.REQUEST)


def test_a_utm_that_takes_longer_than_a_till_waits() -> None:
    far = FarCounter(Utm(delay_s=90), 500 * MS)
    sells(far, 1, again=False)
    assert far.state is TillState.IDLE


def test_a_sale_that_ends_while_the_network_is_gone() -> None:
    far = FarCounter(Utm(), 500 * MS)
    far.scan(EAN)
    far.scan(PDFS[0])
    far.until(lambda: far.state is TillState.REQUEST)
    far.cut()
    far.press("1 0 0 ПИ")
    far.run(SECOND)
    assert far.box.open_sale is not None
    far.mend()
    far.hears(ItemRegistered)
    assert far.box.open_sale is None

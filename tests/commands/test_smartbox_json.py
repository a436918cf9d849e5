"""Each kind of event as a line of JSON."""

import json
from datetime import datetime
from typing import get_args

import pytest

from kkm_sim.clock import Instant
from kkm_sim.commands.smartbox_json import event_json, said_json
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.master_link import NO_LINK
from kkm_sim.link.packets import ControlCode, ControlPacket, Direction
from kkm_sim.messages.codes import CodeType, Function, ModeFlags, Operation, ShownMessage
from kkm_sim.messages.records import CloseRequest, PingAnswer
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.smartbox.basket import Article, BasketItem
from kkm_sim.smartbox.events import (
    BasketDropped,
    BlockSent,
    CloseAllowed,
    CloseRefused,
    CodeRefused,
    CodeScanned,
    DuplicateRefused,
    ExchangeFailed,
    IdentifierEnded,
    ItemAnnulled,
    ItemRegistered,
    MessageShown,
    NotRequested,
    NotUnderstood,
    Pinged,
    ReceiptAnnulled,
    ReceiptDone,
    RequestForgotten,
    RequestRefused,
    SaleRequested,
    SmartBoxEvent,
    TillBusy,
    TillFound,
    TillLost,
    UtmAsked,
)

NOON = datetime(2016, 7, 1, 12, 0, 5)
BOTTLE = Article(CodeType.PDF, "4600000000008", "22N000017K1UWQ1AYT9DPAX3110130010160")
ITEM = BasketItem(BOTTLE, 1, Operation.SALE, True, 35000)
CLOSE = CloseRequest(
    receipt_number=1,
    kind=Operation.SALE,
    operations=2,
    alcohol=1,
    other=1,
    total=40000,
    discounts=0,
    markups=0,
    tax_1=0,
    tax_2=0,
    tax_3=0,
    tax_4=0,
    tax_5=0,
    cash=40000,
    credit=0,
    shift=1,
    moment=NOON,
)
STATUS = PingAnswer(model=1, serial_number="1234567", flags=ModeFlags.CASH_MODE, shift=1, moment=NOON)

FAULTS = (Reason(ReasonCode.NO_MESSAGE), Reason(ReasonCode.OTHER_SIZE, size=3, expected=4))
OBJECTIONS = (Reason(ReasonCode.UTM_DOWN), Reason(ReasonCode.OTHER_ALCOHOL, receipt=1, basket=2))

EVENTS: tuple[SmartBoxEvent, ...] = (
    TillFound(),
    TillLost(),
    TillBusy(),
    ExchangeFailed(Function.SALE, (NO_LINK,)),
    NotUnderstood(b"\x03\x63\xff", FAULTS),
    CodeScanned("4600000000008", "EAN"),
    CodeRefused("xyz", (Reason(ReasonCode.NO_CODE),)),
    MessageShown(ShownMessage.REPEAT),
    Pinged(STATUS),
    NotRequested(Function.SALE, (Reason(ReasonCode.NOT_IN_CASH_MODE),)),
    SaleRequested(BOTTLE, True),
    RequestRefused(Function.ANNUL_RECEIPT, 27),
    DuplicateRefused(BOTTLE, 27),
    RequestForgotten(BOTTLE),
    ItemRegistered(1, ITEM),
    ItemAnnulled(1, BOTTLE, None),
    ReceiptAnnulled(None),
    BasketDropped(1, 2, False),
    UtmAsked(CLOSE, 8),
    CloseAllowed(CLOSE, "http://check.egais.ru?id=1"),
    CloseRefused(CLOSE, OBJECTIONS),
    BlockSent(1, 1, 200),
    IdentifierEnded(1, True),
    ReceiptDone(1, 0),
    PacketSeen(ControlPacket(1, Direction.TO_TILL, ControlCode.SYN), b"\x7f\x02", Instant(0)),
)

ARTICLE = '{"code_type": 1, "ean": "4600000000008", "pdf": "22N000017K1UWQ1AYT9DPAX3110130010160"}'
REQUEST = (
    '{"vector": 3, "function": 2, "receipt_number": 1, "kind": 0, "operations": 2, "alcohol": 1, "other": 1, '
    '"total": 40000, "discounts": 0, "markups": 0, "tax_1": 0, "tax_2": 0, "tax_3": 0, "tax_4": 0, "tax_5": 0, '
    '"cash": 40000, "credit": 0, "shift": 1, "moment": "2016-07-01T12:00:05"}'
)


def test_the_events_are_all_there_are() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(SmartBoxEvent))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_kind_is_one_line_with_its_sentence_and_fields(event: SmartBoxEvent) -> None:
    line = event_json(event)
    assert "\n" not in line
    told = json.loads(line)
    assert list(told)[:2] == ["event", "text"]
    assert told["event"].replace("-", "") == type(event).__name__.lower()
    assert told["text"] == str(event)
    assert set(told) - {"event", "text", "reason", "reasons"} == set(vars(event))
    assert ("reason" in told or "reasons" in told) == hasattr(event, "why")


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (TillFound(), '{"event": "till-found", "text": "the till answers"}'),
        (
            CodeScanned("4600000000008", "EAN"),
            '{"event": "code-scanned", "text": "scanned EAN 4600000000008", "code": "4600000000008", "kind": "EAN"}',
        ),
        (
            NotUnderstood(b"\x03\x63\xff", FAULTS),
            '{"event": "not-understood", "text": "the till sent 03 63 ff: no message of the document; 3 bytes '
            'instead of 4", "data": "0363ff", "why": [{"code": "no-message", "fields": {}}, {"code": "other-size", '
            '"fields": {"size": 3, "expected": 4}}], "reason": "no message of the document; 3 bytes instead of 4"}',
        ),
        (
            MessageShown(ShownMessage.REPEAT),
            '{"event": "message-shown", "text": "the indicator shows «ПОВtОР»", "message": 3}',
        ),
        (
            Pinged(STATUS),
            '{"event": "pinged", "text": "till 1234567: cash mode, SmartBox off, not fiscal, shift 1, receipt 0: '
            '0 operations, 0 of them alcohol, 0.00", "status": {"vector": 3, "function": 5, "result": 0, '
            '"reserve": 0, "model": 1, "serial_number": "1234567", "reserve_2": 0, "flags": 1, "shift": 1, '
            '"moment": "2016-07-01T12:00:05", "receipt_number": 0, "operations": 0, "alcohol": 0, "total": 0}}',
        ),
        (
            ItemRegistered(1, ITEM),
            '{"event": "item-registered", "text": "bottle 4600000000008 (22N00001…) is sold: receipt 1, operation 1, '
            '350.00", "receipt_number": 1, "item": {"article": ' + ARTICLE + ', "operation_number": 1, '
            '"operation": 0, "alcohol": true, "price_sum": 35000}}',
        ),
        (
            ItemAnnulled(1, BOTTLE, None),
            '{"event": "item-annulled", "text": "bottle 4600000000008 (22N00001…) is annulled in receipt 1, but it '
            'was not in the basket", "receipt_number": 1, "scanned": ' + ARTICLE + ', "item": null}',
        ),
        (
            CloseRefused(CLOSE, OBJECTIONS),
            '{"event": "close-refused", "text": "receipt 1 may not be closed: the UTM does not answer; 1 real '
            'alcohol sales, the basket has 2", "request": ' + REQUEST + ', "why": [{"code": "utm-down", "fields": {}}, '
            '{"code": "other-alcohol", "fields": {"receipt": 1, "basket": 2}}], "reasons": ["the UTM does not '
            'answer", "1 real alcohol sales, the basket has 2"]}',
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_golden_lines(event: SmartBoxEvent, line: str) -> None:
    assert event_json(event) == line


def test_what_serve_says_of_its_own() -> None:
    assert said_json("usage", "«a line»") == '{"event": "usage", "text": "«a line»"}'

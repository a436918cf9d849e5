import json
from datetime import datetime
from typing import get_args

import pytest

from kkm_sim.commands.smartbox_json import event_json
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.master_link import NO_LINK
from kkm_sim.messages.codes import CodeType, Function, Operation, ShownMessage
from kkm_sim.messages.forms import Fault
from kkm_sim.messages.record import FieldFault
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
from kkm_sim.tui import catalogue
from kkm_sim.tui.demo import catalogue as demo_catalogue
from kkm_sim.tui.demo.smartbox_sentences import box_sentence
from kkm_sim.tui.demo.smartbox_view import BoxEnded

BOTTLE = Article(CodeType.PDF, "4600000000015", "22N000017K1UWQ1AYT9D")
OTHER = Article(CodeType.PDF, "4600000000022", "22N000027K1UWQ1AYT9D")
BEER = Article(CodeType.BEER, "4607000000006")
SOLD = BasketItem(BOTTLE, 1, Operation.SALE, True, 35090)
NOON = datetime(2016, 7, 1, 12)
NOTHING = dict.fromkeys(("discounts", "markups", *(f"tax_{n}" for n in range(1, 6)), "credit"), 0)
CLOSE = CloseRequest(
    receipt_number=7,
    kind=Operation.SALE,
    operations=1,
    alcohol=1,
    other=0,
    total=35090,
    cash=35090,
    shift=3,
    moment=NOON,
    **NOTHING,
)
PING = PingAnswer(model=1, serial_number="1234567", shift=3, moment=NOON, receipt_number=7, operations=2)

ALCOHOL = Reason(ReasonCode.OTHER_ALCOHOL, receipt=1, basket=2)
OPERATIONS = Reason(ReasonCode.OPERATIONS_MISSING, receipt=1, basket=2)
SHIFT = FieldFault("shift", b"\x0a\x00", Fault.BCD, ignored=False).reason
NOW = FieldFault("now", b"\x99", Fault.VALUE, ignored=False).reason

RUSSIAN: list[tuple[SmartBoxEvent, str]] = [
    (TillFound(), "касса отвечает"),
    (TillLost(), "нет связи с кассой"),
    (TillBusy(), "касса занята оператором или печатью: ждём"),
    (ExchangeFailed(Function.SALE, (NO_LINK,)), "не вышло: продажа: нет связи"),
    (
        NotUnderstood(b"\x01\x02", (Reason(ReasonCode.NO_MESSAGE),)),
        "касса прислала 0102: такого сообщения в документе нет",
    ),
    (CodeScanned("4600000000015", "EAN"), "сканирован EAN 4600000000015"),
    (
        CodeRefused("46", (Reason(ReasonCode.ITEM_BEFORE),)),
        "46 не принят: касса не закончила с прошлым товаром",
    ),
    (MessageShown(ShownMessage.SCAN_PDF), "на индикаторе «SCAn PdF»"),
    (Pinged(PING), "касса 1234567: смена 3, чек 7, операций 2"),
    (
        NotRequested(Function.ANNUL_RECEIPT, (Reason(ReasonCode.NOT_IN_CASH_MODE),)),
        "не спрошено: аннулирование чека: касса не в режиме кассы",
    ),
    (SaleRequested(BOTTLE, False), "просим продать: бутылка 4600000000015 (22N00001…)"),
    (SaleRequested(BOTTLE, True), "просим продать: бутылка 4600000000015 (22N00001…), она уже в корзине"),
    (
        RequestRefused(Function.SALE, 27),
        "касса отказывает: продажа: код 27, невозможно в нынешнем состоянии",
    ),
    (
        DuplicateRefused(BOTTLE, 27),
        "бутылка 4600000000015 (22N00001…) уже в чеке: касса отказывает, код 27, невозможно в нынешнем состоянии",
    ),
    (RequestForgotten(BEER), "у кассы нет запроса: пиво 4607000000006 больше не ждём"),
    (ItemRegistered(7, SOLD), "продано: бутылка 4600000000015 (22N00001…), чек 7, операция 1, 350.90"),
    (ItemAnnulled(7, BOTTLE, SOLD), "аннулировано: бутылка 4600000000015 (22N00001…), чек 7"),
    (
        ItemAnnulled(7, OTHER, SOLD),
        "аннулировано: бутылка 4600000000015 (22N00001…), чек 7, хотя сканировано бутылка 4600000000022 (22N00002…)",
    ),
    (ItemAnnulled(7, BEER, None), "аннулировано: пиво 4607000000006, чек 7, но в корзине этого не было"),
    (ReceiptAnnulled(7), "касса аннулировала свой чек"),
    (BasketDropped(7, 2, False), "чек 7 аннулирован на кассе: корзина (2) брошена"),
    (BasketDropped(7, 2, True), "чек 7 завершён, хотя касса не сообщила: корзина (2) брошена"),
    (UtmAsked(CLOSE, 8), "чек 7 у УТМ, 8 с"),
    (CloseAllowed(CLOSE, "http://check.egais.ru?id=1"), "чек 7 на 350.90 можно закрыть: http://check.egais.ru?id=1"),
    (CloseRefused(CLOSE, (Reason(ReasonCode.UTM_REFUSES),)), "чек 7 закрыть нельзя: УТМ отказывает"),
    (
        CloseRefused(CLOSE, (ALCOHOL, OPERATIONS)),
        "чек 7 закрыть нельзя: продаж алкоголя 1, а в корзине 2; операций 1, а корзина видела 2",
    ),
    (
        NotUnderstood(b"\x03\x05", (SHIFT, NOW)),
        "касса прислала 0305: shift: цифра больше 9, 0a 00; now: значение не из таблицы, 99",
    ),
    (BlockSent(7, 1, 259), "идентификатор чека 7, блок 1: 259 байт"),
    (IdentifierEnded(7, True), "идентификатор чека 7: блоков больше нет"),
    (ReceiptDone(7, 0), "чек 7 завершён"),
    (ReceiptDone(None, 20), "чек завершён без идентификатора: код 20, ошибка печати или нет бумаги"),
]


def test_every_kind_of_event_is_among_them() -> None:
    assert {type(event) for event, _ in RUSSIAN} == set(get_args(SmartBoxEvent)) - {PacketSeen}


@pytest.mark.parametrize(("event", "sentence"), RUSSIAN, ids=lambda value: type(value).__name__)
def test_in_russian(event: SmartBoxEvent, sentence: str) -> None:
    said = json.loads(event_json(event))
    assert box_sentence(said, catalogue.RUSSIAN, demo_catalogue.RUSSIAN) == sentence


@pytest.mark.parametrize("event", [event for event, _ in RUSSIAN], ids=lambda value: type(value).__name__)
def test_in_english_as_the_smartbox_words_it(event: SmartBoxEvent) -> None:
    said = json.loads(event_json(event))
    assert box_sentence(said, catalogue.ENGLISH, demo_catalogue.ENGLISH) == str(event)


def test_its_end() -> None:
    said = box_sentence(BoxEnded(-9), catalogue.RUSSIAN, demo_catalogue.RUSSIAN)
    assert said == "SmartBox завершился с кодом -9; запускается снова"


def test_a_reason_that_no_catalogue_knows_is_told_as_it_came() -> None:
    said = json.loads(event_json(ExchangeFailed(Function.SALE, (NO_LINK,))))
    said["why"][0]["code"] = "brand-new"
    assert box_sentence(said, catalogue.RUSSIAN, demo_catalogue.RUSSIAN) == "не вышло: продажа: no link"
    said = json.loads(event_json(CloseRefused(CLOSE, (ALCOHOL,))))
    said["why"][0]["code"] = "brand-new"
    told = box_sentence(said, catalogue.RUSSIAN, demo_catalogue.RUSSIAN)
    assert told == "чек 7 закрыть нельзя: 1 real alcohol sales, the basket has 2"


def test_what_no_catalogue_knows_is_told_as_it_came() -> None:
    said = {"event": "usage", "text": "a line is a code that was scanned"}
    assert box_sentence(said, catalogue.RUSSIAN, demo_catalogue.RUSSIAN) == said["text"]

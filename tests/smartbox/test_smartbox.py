"""The conversation of the document's sections 1–7, against a till that answers as told."""

from itertools import pairwise

import pytest

from kkm_sim.availability import Availability
from kkm_sim.clock import MS, SECOND
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.master_link import NO_LINK
from kkm_sim.link.packets import DataPacket, Direction
from kkm_sim.messages.codes import CodeType, Function, ModeFlags, Operation, ShownMessage
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.settings import Settings
from kkm_sim.smartbox.basket import Article
from kkm_sim.smartbox.events import (
    BasketDropped,
    CodeRefused,
    DuplicateRefused,
    ExchangeFailed,
    ItemAnnulled,
    ItemRegistered,
    MessageShown,
    NotRequested,
    NotUnderstood,
    Pinged,
    ReceiptAnnulled,
    RequestForgotten,
    RequestRefused,
    SaleRequested,
    TillBusy,
    TillFound,
    TillLost,
)
from tests.smartbox.support import BEER_EAN, CASH, EAN, OTHER_EAN, OTHER_PDF, PDF, Bench

PING = bytes.fromhex("03 05")
SCAN_EAN = bytes.fromhex("03 06 01")
SCAN_PDF = bytes.fromhex("03 06 02")
REPEAT = bytes.fromhex("03 06 03")
ANNUL = bytes.fromhex("03 07")


def sale(code_type: int, ean: str) -> bytes:
    """A sale request of one piece, by the document's table: 59 bytes."""
    digits = ean.rjust(18, "0")
    barcode = bytes.fromhex(digits)[::-1]
    head = bytes((3, 1, 0, code_type, 0, 0)) + barcode
    return head + bytes.fromhex("e8 03 00 00 00") + bytes(39)


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.run()
    return bench


# A sale


def test_ean_then_pdf(bench: Bench) -> None:
    bench.scan(EAN)
    assert bench.sent == [SCAN_PDF]
    bench.scan(PDF)
    assert bench.sent == [SCAN_PDF, PING, sale(1, EAN)]
    assert bench.box.open_sale == Article(CodeType.PDF, EAN, PDF)


def test_pdf_then_ean(bench: Bench) -> None:
    bench.scan(PDF)
    assert bench.sent == [SCAN_EAN]
    bench.scan(EAN)
    assert bench.sent == [SCAN_EAN, PING, sale(1, EAN)]


def test_both_at_once_need_no_prompt(bench: Bench) -> None:
    bench.box.scan(EAN, bench.now)
    bench.box.scan(PDF, bench.now)
    bench.run()
    assert bench.sent == [PING, sale(1, EAN)]


def test_the_same_kind_again_takes_the_place_of_the_first(bench: Bench) -> None:
    bench.scan(OTHER_EAN, EAN, PDF)
    assert bench.sent == [SCAN_PDF, SCAN_PDF, PING, sale(1, EAN)]


def test_the_answer_puts_the_bottle_into_the_basket(bench: Bench) -> None:
    bench.scan(EAN, PDF)
    assert bench.told(SaleRequested)
    bench.run(300 * SECOND)  # the operator takes his time
    bench.till.finish()
    bench.run()
    registered = bench.last(ItemRegistered)
    assert (registered.receipt_number, registered.item.operation_number, registered.item.price_sum) == (1, 1, 15_000)
    assert bench.box.basket.has_bottle(PDF)
    assert bench.box.basket.alcohol == 1
    assert bench.box.idle


def test_nothing_on_the_line_breaks_a_rule(bench: Bench) -> None:
    bench.sell()
    bench.box.ping(bench.now)
    bench.box.ping(bench.now)
    bench.sell(OTHER_EAN, OTHER_PDF)
    bench.till.ask_close()
    bench.run()
    bench.till.ask_block(1)
    bench.run()
    bench.till.say_done()
    bench.run()
    assert bench.till.findings == []


def test_beer_needs_no_pdf() -> None:
    bench = Bench(beer_eans=frozenset({BEER_EAN}))
    bench.scan(BEER_EAN)
    assert bench.sent == [PING, sale(3, BEER_EAN)]


def test_beer_by_a_call(bench: Bench) -> None:
    bench.box.sell_beer(BEER_EAN, bench.now)
    bench.run()
    assert bench.sent == [PING, sale(3, BEER_EAN)]


def test_a_plain_item_is_no_alcohol(bench: Bench) -> None:
    bench.scan("ean:" + EAN)
    assert bench.sent == [PING, sale(0, EAN)]
    bench.till.finish()
    bench.run()
    assert len(bench.box.basket.items) == 1
    assert bench.box.basket.alcohol == 0


def test_a_bottle_of_the_basket_is_sent_as_duplicate(bench: Bench) -> None:
    bench.sell()
    bench.forget()
    bench.till.result = 27
    bench.box.scan(EAN, bench.now)
    bench.box.scan(PDF, bench.now)
    bench.run()
    assert bench.sent == [PING, sale(2, EAN)]  # and no message over «Err Alco»
    assert bench.last(DuplicateRefused).result == 27
    assert bench.box.basket.alcohol == 1
    assert bench.box.idle


def test_an_annulled_bottle_leaves_the_basket(bench: Bench) -> None:
    bench.sell()
    bench.sell(operation=Operation.ANNUL)
    assert bench.sent[-1] == sale(2, EAN)
    annulled = bench.last(ItemAnnulled)
    assert annulled.item is not None
    assert annulled.item.article.pdf == PDF
    assert bench.box.basket.items == ()
    bench.sell()
    assert bench.sent[-1] == sale(1, EAN)


def test_an_annulment_refused_leaves_the_bottle(bench: Bench) -> None:
    bench.sell()
    bench.scan(EAN, PDF)
    bench.till.cancel()
    bench.run()
    assert bench.box.basket.has_bottle(PDF)


def test_a_return(bench: Bench) -> None:
    bench.sell(operation=Operation.RETURN)
    assert bench.last(ItemRegistered).item.operation is Operation.RETURN
    assert bench.box.basket.kind is Operation.RETURN


def test_cancelled_by_the_operator(bench: Bench) -> None:
    bench.scan(EAN, PDF)
    bench.till.cancel()
    bench.run()
    assert bench.last(RequestRefused).result == 27
    assert str(bench.last(RequestRefused)) == "the till refuses the sale: 27, rejected"
    assert bench.box.basket.items == ()
    assert bench.box.idle


def test_what_another_scan_may_cure_shows_repeat(bench: Bench) -> None:
    bench.till.result = 3
    bench.box.sell_beer(BEER_EAN, bench.now)
    bench.run()
    assert bench.sent == [PING, sale(3, BEER_EAN), REPEAT]


def test_an_unreadable_code_shows_repeat(bench: Bench) -> None:
    bench.scan("4607012350014")
    assert bench.sent == [REPEAT]
    assert "check digit" in str(bench.last(CodeRefused))


def test_a_code_scanned_before_the_sale_is_finished_is_refused(bench: Bench) -> None:
    bench.scan(EAN, PDF)
    bench.scan(OTHER_EAN)
    assert bench.last(CodeRefused).code == OTHER_EAN
    bench.till.finish()
    bench.run()
    assert len(bench.box.basket.items) == 1
    assert bench.box.idle


# PING before it


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (ModeFlags.SMARTBOX_ON, "not in cash mode"),
        (ModeFlags.CASH_MODE, "option 27"),
        (CASH | ModeFlags.REQUEST_OPEN, "a request open"),
    ],
)
def test_a_till_that_would_refuse_is_not_asked(bench: Bench, flags: ModeFlags, reason: str) -> None:
    bench.till.flags = flags
    bench.box.sell_beer(BEER_EAN, bench.now)
    bench.run()
    assert bench.sent == [PING]
    assert reason in str(bench.last(NotRequested))
    assert bench.box.idle


@pytest.mark.parametrize("availability", [Availability.ENTRY, Availability.BUSY])
def test_a_busy_till_is_polled_until_it_listens(bench: Bench, availability: Availability) -> None:
    bench.busy(availability)
    bench.box.sell_beer(BEER_EAN, bench.now)
    bench.run(60 * SECOND)
    assert bench.sent == []
    assert len(bench.told(TillBusy)) == 1
    bench.busy(Availability.READY)
    bench.run()
    assert bench.sent == [PING, sale(3, BEER_EAN)]


def test_a_till_that_becomes_busy_between_ping_and_request(bench: Bench) -> None:
    bench.box.sell_beer(BEER_EAN, bench.now)
    while not bench.sent:
        bench.run(MS)
    bench.busy(Availability.ENTRY)
    bench.run(10 * SECOND)
    assert bench.sent == [PING]
    bench.busy(Availability.READY)
    bench.run()
    assert bench.sent == [PING, sale(3, BEER_EAN)]


def test_ping_is_told(bench: Bench) -> None:
    bench.sell()
    bench.box.ping(bench.now)
    bench.run()
    assert str(bench.last(Pinged)) == (
        "till 1234567: cash mode, SmartBox on, shift 1, receipt 1: 1 operations, 1 of them alcohol, 150.00"
    )


def test_pings_are_200_ms_apart() -> None:
    bench = Bench(trace=True)
    for _ in range(5):
        bench.box.ping(bench.now)
    bench.run(5 * SECOND)
    moments = [
        seen.at
        for seen in bench.told(PacketSeen)
        if isinstance(seen.packet, DataPacket) and seen.packet.direction is Direction.TO_TILL
    ]
    assert len(moments) == 5
    assert all(after - before >= 200 * MS for before, after in pairwise(moments))


# Messages and function 7


@pytest.mark.parametrize("message", list(ShownMessage))
def test_message(bench: Bench, message: ShownMessage) -> None:
    bench.box.message(message, bench.now)
    bench.run()
    assert bench.sent == [bytes((3, 6, message))]
    assert bench.last(MessageShown).message is message


def test_message_refused(bench: Bench) -> None:
    bench.till.result = 2
    bench.box.message(ShownMessage.REPEAT, bench.now)
    bench.run()
    assert str(bench.last(RequestRefused)) == "the till refuses the message: 2, not in this mode"


def test_annul_empties_the_basket(bench: Bench) -> None:
    bench.sell()
    bench.forget()
    bench.box.annul(bench.now)
    bench.run()
    assert bench.sent == [PING, ANNUL]
    assert bench.last(ReceiptAnnulled).receipt_number == 1
    assert bench.box.basket.items == ()


def test_annul_refused_leaves_the_basket(bench: Bench) -> None:
    bench.sell()
    bench.till.result = 27
    bench.box.annul(bench.now)
    bench.run()
    assert bench.last(RequestRefused).function is Function.ANNUL_RECEIPT
    assert bench.box.basket.has_bottle(PDF)


# A receipt annulled at the till: nothing is sent


def test_ping_tells_that_the_receipt_is_gone(bench: Bench) -> None:
    bench.sell()
    bench.till.annul_receipt()
    bench.scan(EAN, PDF)
    assert bench.last(BasketDropped).receipt_number == 1
    assert bench.sent[-1] == sale(1, EAN)  # no duplicate any more


def test_numbering_began_again_in_an_answer(bench: Bench) -> None:
    bench.sell()
    bench.scan(OTHER_EAN, OTHER_PDF)
    bench.till.annul_receipt()
    bench.till.finish()
    bench.run()
    assert bench.last(BasketDropped).items == 1
    assert bench.box.basket.receipt_number == 2
    assert [item.article.pdf for item in bench.box.basket.items] == [OTHER_PDF]


def test_numbering_began_again_under_the_same_receipt_number(bench: Bench) -> None:
    bench.sell()
    bench.scan(OTHER_EAN, OTHER_PDF)
    bench.till.annul_receipt()
    bench.till.receipt_number = 0
    bench.till.finish()
    bench.run()
    assert bench.told(BasketDropped)
    assert bench.box.basket.alcohol == 1


def test_ordinary_items_between_are_no_sign(bench: Bench) -> None:
    bench.sell()
    bench.till.operations += 3
    bench.sell(OTHER_EAN, OTHER_PDF)
    assert not bench.told(BasketDropped)
    assert bench.box.basket.last_operation == 5


def test_outside_cash_mode_ping_says_nothing_of_the_receipt(bench: Bench) -> None:
    bench.sell()
    bench.till.flags = ModeFlags.SMARTBOX_ON
    bench.till.annul_receipt()
    bench.box.ping(bench.now)
    bench.run()
    assert bench.box.basket.has_bottle(PDF)


# Trouble


def test_an_answer_to_no_request_of_this_smartbox(bench: Bench) -> None:
    """The SmartBox was started anew while the operator typed."""
    bench.till.request = sale(1, EAN)
    bench.till.finish()
    bench.run()
    assert bench.box.basket.alcohol == 1
    assert "unknown code" in str(bench.last(ItemRegistered))


def test_a_request_the_till_forgot_is_waited_for_no_more(bench: Bench) -> None:
    bench.scan(EAN, PDF)
    bench.till.request = None  # a fresh till in its place
    bench.scan(OTHER_EAN)
    assert bench.last(RequestForgotten).article.pdf == PDF
    assert bench.box.idle


def test_an_operator_who_finishes_as_ping_is_on_its_way_is_not_forgotten(bench: Bench) -> None:
    bench.scan(EAN, PDF)
    request, bench.till.request = bench.till.request, None
    bench.box.ping(bench.now)
    while not bench.told(Pinged):
        bench.run(MS)
    bench.till.request = request
    bench.till.finish()
    bench.run()
    assert not bench.told(RequestForgotten)
    assert bench.box.basket.has_bottle(PDF)


def test_a_message_of_the_till_that_cannot_be_read(bench: Bench) -> None:
    bench.till.send(bytes.fromhex("03 09 00 00"))
    bench.till.send(bytes.fromhex("03 02 00"))
    bench.run()
    assert [event.data[1] for event in bench.told(NotUnderstood)] == [9, 2]
    assert bench.sent[-1] == bytes.fromhex("03 02 03 00 00 00 00")  # a close request must be answered


def test_a_short_refusal_of_ping_is_understood(bench: Bench) -> None:
    bench.till.silent = True
    bench.box.sell_beer(BEER_EAN, bench.now)
    bench.run()
    bench.till.send(bytes.fromhex("03 05 01 00"))
    bench.run()
    assert bench.last(RequestRefused).result == 1
    assert bench.box.idle


def test_an_answer_that_never_comes(bench: Bench) -> None:
    bench.till.silent = True
    bench.box.message(ShownMessage.REPEAT, bench.now)
    bench.run(10 * SECOND)
    assert bench.last(ExchangeFailed).why == (Reason(ReasonCode.NO_ANSWER),)
    assert bench.box.idle


def test_the_answer_is_waited_for_while_the_operator_types(bench: Bench) -> None:
    bench.till.silent = True
    bench.box.message(ShownMessage.REPEAT, bench.now)
    while not bench.sent:
        bench.run(MS)
    bench.busy(Availability.ENTRY)
    bench.run(20 * SECOND)
    assert not bench.told(ExchangeFailed)
    bench.till.send(bytes.fromhex("03 06 00 00"))
    bench.busy(Availability.READY)
    bench.run()
    assert bench.told(MessageShown)


def test_no_link_and_link_again(bench: Bench) -> None:
    bench.sell()
    bench.cut = True
    bench.box.sell_beer(BEER_EAN, bench.now)
    bench.run(60 * SECOND)
    assert bench.told(TillLost)
    assert bench.told(ExchangeFailed) == [ExchangeFailed(Function.SALE, (NO_LINK,))]
    assert not bench.box.busy
    bench.forget()
    bench.till.annul_receipt()
    bench.cut = False
    bench.run(10 * SECOND)
    assert bench.told(TillFound)
    assert bench.sent == [PING]
    assert bench.told(BasketDropped)


def test_a_sale_whose_ack_was_lost_is_still_known_by_its_codes(bench: Bench) -> None:
    bench.box.sell_beer(BEER_EAN, bench.now)
    while not bench.till.request:
        bench.run(MS)
    bench.drop_from_till(1)
    bench.till.finish()
    bench.run(10 * SECOND)
    assert bench.told(ItemRegistered)[0].item.article == Article(CodeType.BEER, BEER_EAN)


def test_without_pacing_nothing_takes_time() -> None:
    bench = Bench(paced=False)
    assert bench.box.byte_time == 0
    bench.sell()
    assert bench.box.basket.alcohol == 1


def test_trace_tells_every_packet() -> None:
    bench = Bench(trace=True)
    bench.run(100 * MS)
    assert [str(seen.packet) for seen in bench.told(PacketSeen)] == ["SYN", "RDY"]


def test_dates_reversed() -> None:
    bench = Bench(Settings(datetime_order="little-endian"))
    bench.till.silent = True
    bench.box.ping(bench.now)
    bench.run()
    bench.till.send(bench.till.status().encode("little-endian"))
    bench.run()
    assert bench.last(Pinged).status.moment.day == 1

"""Functions 2, 3 and 4: what the SmartBox answers at the end of a receipt."""

from dataclasses import replace

import pytest

from kkm_sim.clock import SECOND
from kkm_sim.link.events import PacketSeen
from kkm_sim.messages.codes import Operation
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.smartbox.events import BasketDropped, CloseAllowed, CloseRefused, IdentifierEnded, ReceiptDone
from kkm_sim.smartbox.utm import Utm
from tests.smartbox.support import OTHER_EAN, OTHER_PDF, PDF, Bench

ALLOWED = bytes.fromhex("03 02 00 01 00 00 00")
REFUSED = bytes.fromhex("03 02 1b 01 00 00 00")
NO_MORE_3 = bytes.fromhex("03 03 01 01 00 00 00 03 00 00 00 00 00")


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.sell()
    return bench


def test_a_receipt_that_fits_may_be_closed(bench: Bench) -> None:
    bench.till.ask_close()
    bench.run()
    assert bench.sent[-1] == ALLOWED
    assert bench.last(CloseAllowed).url.startswith("http://check.egais.ru?id=")
    assert bench.till.findings == []


def test_what_is_ready_at_once_needs_no_rdy() -> None:
    bench = Bench(trace=True)
    bench.sell()
    bench.till.ask_close()
    bench.forget()
    bench.run()
    packets = [str(seen.packet) for seen in bench.told(PacketSeen)]
    at = next(n for n, packet in enumerate(packets) if packet.endswith("[88]"))
    assert packets[at + 1] == "ACK"
    assert packets[at + 2].endswith("[7]")


def test_it_may_have_more_operations_than_the_basket(bench: Bench) -> None:
    bench.till.ask_close(operations=4, cash=10_000, credit=5_000)
    bench.run()
    assert bench.sent[-1] == ALLOWED


def test_a_return_may_be_closed() -> None:
    bench = Bench()
    bench.sell(operation=Operation.RETURN)
    bench.till.ask_close(kind=Operation.RETURN)
    bench.run()
    assert bench.sent[-1] == ALLOWED


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"kind": Operation.RETURN}, "kind is return"),
        ({"alcohol": 2, "operations": 2}, "2 real alcohol sales, the basket has 1"),
        ({"alcohol": 0}, "0 real alcohol sales, the basket has 1"),
        ({"operations": 0}, "0 operations, the basket has seen 1"),
        ({"cash": 14_999}, "cash 149.99 and credit 0.00 do not make the total 150.00"),
    ],
)
def test_what_does_not_fit_is_refused_and_named(bench: Bench, wrong: dict[str, int], reason: str) -> None:
    bench.till.ask_close(**wrong)  # type: ignore[arg-type]
    bench.run()
    assert bench.sent[-1] == REFUSED
    assert any(reason in str(said) for said in bench.last(CloseRefused).why)


def test_another_receipt_means_that_ours_was_annulled(bench: Bench) -> None:
    bench.till.ask_close(receipt_number=2)
    bench.run()
    assert bench.sent[-1] == bytes.fromhex("03 02 1b 02 00 00 00")
    assert Reason(ReasonCode.OTHER_RECEIPT, receipt=2, basket=1) in bench.last(CloseRefused).why
    assert bench.last(BasketDropped).receipt_number == 1
    assert not bench.box.basket.has_bottle(PDF)


@pytest.mark.parametrize(("utm", "reason"), [(Utm(down=True), "not answer"), (Utm(refuses=True), "refuses")])
def test_the_utm_may_forbid_and_later_allow(bench: Bench, utm: Utm, reason: str) -> None:
    bench.box.utm = utm
    bench.till.ask_close()
    bench.run()
    assert bench.sent[-1] == REFUSED
    assert reason in str(bench.last(CloseRefused))
    bench.box.utm = Utm()
    bench.till.ask_close()
    bench.run()
    assert bench.sent[-1] == ALLOWED


def test_wait_is_said_while_the_utm_works(bench: Bench) -> None:
    bench.box.utm = Utm(delay_s=10)
    bench.forget()
    bench.till.ask_close()
    bench.run(9 * SECOND)
    assert bench.sent == []
    assert 3 <= bench.till.waits <= 5
    assert bench.box.busy
    bench.run(2 * SECOND)
    assert bench.sent == [ALLOWED]
    waits = bench.till.waits
    bench.run(10 * SECOND)
    assert bench.till.waits == waits
    assert bench.till.findings == []


def test_the_utm_may_fail_after_a_while(bench: Bench) -> None:
    bench.box.utm = Utm(delay_s=5)
    bench.till.ask_close()
    bench.run(2 * SECOND)
    bench.box.utm = replace(bench.box.utm, down=True)
    bench.run(5 * SECOND)
    assert bench.sent[-1] == REFUSED


def test_a_sale_after_the_till_gave_up_waiting(bench: Bench) -> None:
    """Permission came too late: the same receipt goes on and is asked about again."""
    bench.till.ask_close()
    bench.run()
    bench.sell(OTHER_EAN, OTHER_PDF)
    assert bench.box.basket.alcohol == 2
    bench.till.say_done()  # of no receipt that may be closed
    bench.run()
    assert bench.box.basket.alcohol == 2
    bench.till.operations = bench.till.alcohol = 2
    bench.till.ask_close()
    bench.run()
    assert bench.sent[-1] == ALLOWED
    bench.till.say_done()
    bench.run()
    assert bench.box.basket.items == ()


def test_graphics_text_and_the_end(bench: Bench) -> None:
    bench.till.ask_close()
    bench.run()
    url = bench.last(CloseAllowed).url
    bench.forget()
    for block in (1, 2, 3):
        bench.till.ask_block(block)
        bench.run()
    graphics, text, end = bench.sent
    assert graphics[:13] == bytes.fromhex("03 03 00 01 00 00 00 01 00 01 29 06 29")
    assert len(graphics) == 13 + 41 * 6
    assert text[:13] == bytes.fromhex("03 03 00 01 00 00 00 02 00 00 00 dd 00")
    said_url, signature = text[13:-1].decode("cp1251").split("\r")
    assert said_url == url
    assert len(signature) == 128
    assert text[-1] == 0
    assert end == NO_MORE_3
    assert bench.last(IdentifierEnded).known
    assert bench.till.findings == []


def test_block_1_again_is_the_beginning_again(bench: Bench) -> None:
    bench.till.ask_close()
    bench.run()
    bench.forget()
    for block in (1, 2, 1):
        bench.till.ask_block(block)
        bench.run()
    assert bench.sent[0] == bench.sent[2]


def test_the_identifier_can_be_had_again_after_the_receipt_is_done(bench: Bench) -> None:
    bench.till.ask_close()
    bench.run()
    bench.till.say_done()
    bench.till.ask_block(1)
    bench.run()
    assert bench.sent[-1][2] == 0


def test_no_identifier_for_a_receipt_that_was_not_allowed(bench: Bench) -> None:
    bench.till.ask_block(1)
    bench.run()
    assert bench.sent[-1] == bytes.fromhex("03 03 01 01 00 00 00 01 00 00 00 00 00")
    assert not bench.last(IdentifierEnded).known


def test_the_identifier_of_one_receipt_is_not_given_to_another(bench: Bench) -> None:
    bench.till.ask_close()
    bench.run()
    bench.till.ask_block(1, receipt_number=2)
    bench.run()
    assert bench.sent[-1][2] == 1


def test_done_empties_the_basket(bench: Bench) -> None:
    bench.till.ask_close()
    bench.run()
    bench.till.say_done()
    bench.run()
    done = bench.last(ReceiptDone)
    assert (done.receipt_number, done.result) == (1, 0)
    assert bench.box.basket.items == ()
    assert bench.box.basket.receipt_number is None
    assert vars(done) == {"receipt_number": 1, "result": 0}


def test_done_without_the_identifier(bench: Bench) -> None:
    bench.till.ask_close()
    bench.run()
    bench.till.say_done(27)
    bench.run()
    assert "without its identifier" in str(bench.last(ReceiptDone))


def test_done_of_an_unknown_receipt_touches_no_basket(bench: Bench) -> None:
    bench.till.send(bytes.fromhex("03 04 00 00"))
    bench.run()
    assert bench.last(ReceiptDone).receipt_number is None
    assert bench.box.basket.has_bottle(PDF)

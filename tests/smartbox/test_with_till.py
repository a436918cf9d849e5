"""The SmartBox and the simulated till together: each holds the other to the document."""

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.settings import Settings
from kkm_sim.smartbox import Utm
from kkm_sim.smartbox.closing import WAIT_INTERVAL
from kkm_sim.smartbox.events import (
    CloseAllowed,
    DuplicateRefused,
    IdentifierEnded,
    ItemAnnulled,
    ItemRegistered,
    ReceiptAnnulled,
    ReceiptDone,
    UtmAsked,
)
from kkm_sim.till.tape import Bitmap
from kkm_sim.virtual.bench import Bench
from tests.render.matrix import decode_qr, modules_of_packed, with_quiet_zone
from tests.smartbox.support import EAN, OTHER_EAN, OTHER_PDF, PDF


def sell(bench: Bench, ean: str, pdf: str, keys: str = "1 5 0 PI") -> None:
    for code in (ean, pdf):
        bench.scan(code)
        bench.run(SECOND)
    bench.press(keys)
    bench.run(3 * SECOND)  # its lines are printed before the answer


def kinds(bench: Bench) -> list[type]:
    return [type(event) for event in bench.events]


@pytest.mark.parametrize("utm", [Utm(), Utm(delay_s=90)], ids=["at once", "over a minute, with WAIT"])
def test_a_receipt_from_scan_to_cut(utm: Utm) -> None:
    bench = Bench(utm=utm)
    sell(bench, EAN, PDF)
    bench.press("AN PI")
    sell(bench, EAN, PDF, keys="")
    sell(bench, EAN, PDF)
    sell(bench, OTHER_EAN, OTHER_PDF)
    bench.press("IT")
    bench.run(120 * SECOND)
    wanted = (ItemRegistered, ItemAnnulled, CloseAllowed, IdentifierEnded, ReceiptDone)
    assert [kind for kind in kinds(bench) if kind in wanted] == [
        ItemRegistered,
        ItemAnnulled,
        ItemRegistered,
        ItemRegistered,
        CloseAllowed,
        IdentifierEnded,
        ReceiptDone,
    ]
    url = next(event.url for event in bench.events if isinstance(event, CloseAllowed))
    (bitmap,) = (entry for entry in bench.simulator.till().till.tape.entries if isinstance(entry, Bitmap))
    assert decode_qr(with_quiet_zone(modules_of_packed(bitmap.rows, bitmap.width))) == url
    assert bench.smartbox.idle
    assert bench.simulator.findings.since(0) == []


def test_a_duplicate_and_an_annulled_receipt() -> None:
    bench = Bench()
    sell(bench, EAN, PDF)
    sell(bench, EAN, PDF, keys="")
    assert DuplicateRefused in kinds(bench)
    bench.smartbox.annul(bench.clock.now())
    bench.run(SECOND)
    assert kinds(bench)[-1] is ReceiptAnnulled
    sell(bench, EAN, PDF)
    assert kinds(bench)[-1] is ItemRegistered
    assert bench.simulator.findings.since(0) == []


@pytest.mark.parametrize("early", range(0, 60, 4))
@pytest.mark.parametrize(
    ("delay_s", "due"),
    [
        pytest.param(5, WAIT_INTERVAL, id="WAIT comes after the answer, which follows the ACK [D-4]"),
        pytest.param(1, SECOND, id="what the UTM has decided answers no PING and waits for RDY"),
    ],
)
def test_what_falls_due_beside_a_ping_does_not_cross_it(delay_s: int, due: int, early: int) -> None:
    bench = Bench(Settings(print_lines_per_s=0), utm=Utm(delay_s=delay_s))
    bench.scan(EAN)
    bench.scan(PDF)
    bench.run_until(lambda: bench.till.request_open)
    bench.press("100 ПИ")
    bench.run_until(lambda: not bench.smartbox.basket.empty)
    bench.press("ИТ")
    bench.run_until(lambda: any(isinstance(event, UtmAsked) for event in bench.events))
    bench.run(due - early * MS)
    bench.smartbox.ping(bench.clock.now())
    bench.run_until(lambda: bench.receipts_done == 1)
    assert bench.simulator.findings.since() == []

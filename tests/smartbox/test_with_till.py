"""The SmartBox and the simulated till together: each holds the other to the document."""

import pytest

from kkm_sim.bench import Bench
from kkm_sim.clock import SECOND
from kkm_sim.smartbox import Utm
from kkm_sim.smartbox.events import (
    CloseAllowed,
    DuplicateRefused,
    IdentifierEnded,
    ItemAnnulled,
    ItemRegistered,
    ReceiptAnnulled,
    ReceiptDone,
)
from kkm_sim.till.tape import Bitmap
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

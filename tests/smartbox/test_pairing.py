"""Two scans make a bottle; beer and plain items need but one."""

import pytest

from kkm_sim.messages.codes import CodeType, ShownMessage
from kkm_sim.smartbox.basket import Article
from kkm_sim.smartbox.pairing import Pairing
from kkm_sim.smartbox.scanned_code import ScannedEan, ScannedPdf

EAN = ScannedEan("4607012350015", CodeType.PDF)
OTHER_EAN = ScannedEan("4600682000020", CodeType.PDF)
PDF = ScannedPdf("A" * 68)
OTHER_PDF = ScannedPdf("B" * 68)


@pytest.mark.parametrize(
    ("first", "second", "prompt"),
    [(EAN, PDF, ShownMessage.SCAN_PDF), (PDF, EAN, ShownMessage.SCAN_EAN)],
)
def test_a_bottle_in_either_order(
    first: ScannedEan | ScannedPdf, second: ScannedEan | ScannedPdf, prompt: ShownMessage
) -> None:
    pairing = Pairing()
    assert pairing.take(first) is prompt
    assert pairing.begun
    assert pairing.take(second) == Article(CodeType.PDF, EAN.ean, PDF.pdf)
    assert not pairing.begun


@pytest.mark.parametrize(
    ("scans", "prompt"),
    [((OTHER_EAN, EAN, PDF), ShownMessage.SCAN_PDF), ((OTHER_PDF, PDF, EAN), ShownMessage.SCAN_EAN)],
)
def test_the_same_kind_again_takes_the_place_of_the_first(
    scans: tuple[ScannedEan | ScannedPdf, ...], prompt: ShownMessage
) -> None:
    pairing = Pairing()
    assert [pairing.take(scan) for scan in scans] == [prompt, prompt, Article(CodeType.PDF, EAN.ean, PDF.pdf)]


def test_a_bottle_sold_leaves_no_half_for_the_next() -> None:
    pairing = Pairing()
    pairing.take(EAN)
    pairing.take(PDF)
    assert pairing.take(OTHER_PDF) is ShownMessage.SCAN_EAN


@pytest.mark.parametrize("sells_as", [CodeType.BEER, CodeType.EAN])
@pytest.mark.parametrize("half", [None, EAN, PDF])
def test_beer_and_plain_items_stand_alone_and_end_a_half_bottle(
    sells_as: CodeType, half: ScannedEan | ScannedPdf | None
) -> None:
    pairing = Pairing()
    if half is not None:
        pairing.take(half)
    assert pairing.take(ScannedEan("96385074", sells_as)) == Article(sells_as, "96385074")
    assert not pairing.begun


def test_forgotten_the_bottle_begins_again() -> None:
    pairing = Pairing()
    pairing.take(EAN)
    pairing.forget()
    assert not pairing.begun
    assert pairing.take(PDF) is ShownMessage.SCAN_EAN

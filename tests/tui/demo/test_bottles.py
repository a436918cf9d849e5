from kkm_sim.messages.codes import CodeType
from kkm_sim.smartbox.scanned_code import ScannedEan, ScannedPdf, classify
from kkm_sim.tui.demo.bottles import BEER, bottle


def test_the_scanner_takes_every_code() -> None:
    for number in (1, 2, 99_999):
        codes = bottle(number)
        assert classify(codes.ean) == ScannedEan(codes.ean, CodeType.PDF)
        assert classify(codes.pdf) == ScannedPdf(codes.pdf)
        assert len(codes.pdf) == 68
    assert classify(f"beer:{BEER}") == ScannedEan(BEER, CodeType.BEER)


def test_no_two_bottles_share_a_code() -> None:
    codes = [code for number in range(1, 500) for code in (bottle(number).ean, bottle(number).pdf)]
    assert len(set(codes)) == 998
    assert BEER not in codes

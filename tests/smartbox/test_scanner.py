"""What a scanned code is."""

import pytest

from kkm_sim.messages.codes import CodeType
from kkm_sim.smartbox.scanner import ScannedEan, ScannedPdf, Unreadable, classify

PDF = "22N00001CRDVUGO0M7DTVZ2112100136785100000LG1YTBGIHRHVQTFWOHMHJ0KHNO5"


@pytest.mark.parametrize("ean", ["4006381333931", "96385074", "4607012350015"])
def test_ean_of_a_bottle(ean: str) -> None:
    assert classify(ean) == ScannedEan(ean, CodeType.PDF)


def test_line_end_of_the_scanner_does_not_count() -> None:
    assert classify(" 96385074\r\n") == ScannedEan("96385074", CodeType.PDF)


@pytest.mark.parametrize("code", [PDF, PDF[:60], PDF.lower(), "1" * 68])
def test_pdf(code: str) -> None:
    assert classify(code) == ScannedPdf(code)


def test_beer_and_plain_items() -> None:
    assert classify("96385074", {"96385074"}) == ScannedEan("96385074", CodeType.BEER)
    assert classify("beer:96385074") == ScannedEan("96385074", CodeType.BEER)
    assert classify("ean:96385074", {"96385074"}) == ScannedEan("96385074", CodeType.EAN)


@pytest.mark.parametrize("code", ["", "123", "400638133393", PDF[:59], PDF[:67] + "Ж", "9638507x", "٤٠٠٦٣٨١٣٣٣٩٣١"])
def test_neither(code: str) -> None:
    assert isinstance(classify(code), Unreadable)


@pytest.mark.parametrize("code", ["4006381333930", "96385073", "beer:96385073"])
def test_a_wrong_check_digit(code: str) -> None:
    scan = classify(code)
    assert isinstance(scan, Unreadable)
    assert "check digit" in str(scan.reason)

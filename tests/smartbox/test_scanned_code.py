"""What a scanned code is."""

import pytest

from kkm_sim.messages.codes import CodeType
from kkm_sim.smartbox.scanned_code import ScannedEan, ScannedPdf, Unreadable, classify

PDF = "22N00001CRDVUGO0M7DTVZ2112100136785100000LG1YTBGIHRHVQTFWOHMHJ0KHNO5"


@pytest.mark.parametrize("ean", ["4006381333931", "96385074", "4607012350015"])
def test_ean_of_a_bottle(ean: str) -> None:
    assert classify(ean) == ScannedEan(ean, CodeType.PDF)


def test_line_end_of_the_scanner_does_not_count() -> None:
    assert classify(" 96385074\r\n") == ScannedEan("96385074", CodeType.PDF)


@pytest.mark.parametrize("around", ["{}\r", "{}\n", "\x02{}\x03", "\ufeff{}\r\n", "]E0{}\r", "\x02]E0{}\x03\r\n"])
def test_what_a_scanner_says_around_a_code_does_not_count(around: str) -> None:
    assert classify(around.format("4006381333931")) == ScannedEan("4006381333931", CodeType.PDF)
    assert classify(around.replace("E0", "L2").format(PDF)) == ScannedPdf(PDF)


@pytest.mark.parametrize(
    ("code", "ean"),
    [
        ("012345678905", "0012345678905"),  # UPC-A
        ("04600000000008", "4600000000008"),  # GTIN-14 of a single piece
        ("14600000000005", "14600000000005"),  # and of a box
    ],
)
def test_longer_and_shorter_numbers_of_items(code: str, ean: str) -> None:
    assert classify(code) == ScannedEan(ean, CodeType.PDF)
    assert classify(code, {ean}) == classify(code, {code}) == ScannedEan(ean, CodeType.BEER)
    assert classify(f"beer:{code}") == ScannedEan(ean, CodeType.BEER)


MARK_OF_2018 = "147300000034001218002" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" * 3 + "A" * 21


@pytest.mark.parametrize("code", [PDF, PDF.lower(), MARK_OF_2018, "1234567890" * 4])
def test_an_excise_mark(code: str) -> None:
    assert len(code) in (68, 150, 40)
    assert classify(code) == ScannedPdf(code)


@pytest.mark.parametrize(
    "code",
    [
        "1" * 68,
        PDF[:60],
        PDF[:67],
        PDF + "A",
        f"4006381333931{PDF}",
        f"A{PDF[1:]}",
        MARK_OF_2018[:-1],
        f"{MARK_OF_2018}A",
        f"A{MARK_OF_2018[1:]}",
        "1234567890" * 3 + "123456789A",
    ],
)
def test_no_excise_mark(code: str) -> None:
    scan = classify(code)
    assert isinstance(scan, Unreadable)
    assert "68, 150 or 40" in str(scan.reason)


def test_beer_and_plain_items() -> None:
    assert classify("96385074", {"96385074"}) == ScannedEan("96385074", CodeType.BEER)
    assert classify("beer:96385074") == ScannedEan("96385074", CodeType.BEER)
    assert classify("ean:96385074", {"96385074"}) == ScannedEan("96385074", CodeType.EAN)


@pytest.mark.parametrize("code", ["", "123", "40063813339", PDF[:59], PDF[:67] + "Ж", "9638507x", "٤٠٠٦٣٨١٣٣٣٩٣١"])
def test_neither(code: str) -> None:
    assert isinstance(classify(code), Unreadable)


@pytest.mark.parametrize("code", ["4006381333930", "96385073", "beer:96385073", "012345678904", "14600000000008"])
def test_a_wrong_check_digit(code: str) -> None:
    scan = classify(code)
    assert isinstance(scan, Unreadable)
    assert "check digit" in str(scan.reason)

"""README's picture is of this version."""

import re

from tests.commands.program import posix
from tests.tui.picture import PICTURE, picture, texts

IDENTIFIER = re.compile(r"^[-=&0-9a-fA-Fdtcn]{4,24}$|^\d{8} #\d{6}$")


def lasting(svg: str) -> set[str]:
    """What is the same each time: no moments, no counts, no pty's name, no blocks of a scroll bar or a QR code.

    Nor the identifier's lines, which depend on the second of ИТ, and the digits that the ЭКЛЗ makes of the receipt.
    """
    written = (re.sub(r"\d+\.\d{3}\b|/dev/\S+|\d\d:\d\d:\d\d|× ?\d+", "", text).strip() for text in texts(svg))
    return {text for text in written if re.search(r"\w", text) and not IDENTIFIER.search(text)}


def test_it_shows_the_indicator_and_the_tape() -> None:
    written = "\n".join(texts(PICTURE.read_text(encoding="utf-8")))
    for shown in ("420", "http://check.egais.ru?id", "ЭКЛЗ 0012345678", "sell: PDF", "request open"):
        assert shown in written


def test_it_fetches_nothing() -> None:
    svg = PICTURE.read_text(encoding="utf-8")
    addresses = set(re.findall(r"https?://[^\s\"'<)?]+", svg))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://check.egais.ru"}
    assert "url(" not in re.sub(r"url\(#", "", svg)
    assert len(svg.encode()) < 200_000


@posix
def test_a_new_one_says_the_same() -> None:
    assert lasting(picture()) == lasting(PICTURE.read_text(encoding="utf-8"))

from importlib.resources import files

import pytest

from kkm_sim.render.font import FONT_FILE, parse_bdf, tape_font
from kkm_sim.till.tape import LINE_DOTS
from tests.render.subset_font import PRINTED, subset

RESERVED = "terminus"
SMALL = """\
STARTFONT 2.1
FONTBOUNDINGBOX 3 2 0 0
DEFAULT_CHAR 65
STARTCHAR A
ENCODING 65
BBX 3 2 0 0
BITMAP
40
E0
ENDCHAR
ENDFONT
"""


def own() -> str:
    return files("kkm_sim.render").joinpath(FONT_FILE).read_text(encoding="ascii")


def test_every_character_the_machine_prints() -> None:
    printed = [bytes([byte]).decode("cp1251") for byte in (*range(0x20, 0x7F), *range(0x80, 0x98), *range(0x99, 0x100))]
    font = tape_font()
    assert font.glyphs.keys() == set(printed)
    assert {character for character in printed if not any(font.glyphs[character])} == {" ", "\xa0"}


def test_a_glyph_fills_its_cell() -> None:
    font = tape_font()
    assert (font.width, font.height) == (12, LINE_DOTS)
    for glyph in font.glyphs.values():
        assert len(glyph) == font.height
        assert all(0 <= row < 1 << font.width for row in glyph)


def test_small_and_large_letters_are_different() -> None:
    glyphs = tape_font().glyphs
    letters = [chr(code) for code in range(ord("А"), ord("я") + 1)]
    assert len({glyphs[letter] for letter in letters}) == len(letters)


def test_what_has_no_glyph_is_a_question_mark() -> None:
    assert tape_font().printed("Ёж\x07漢\ufffd") == "Ёж???"


def test_a_font_is_read() -> None:
    font = parse_bdf(SMALL)
    assert (font.width, font.height, font.default) == (3, 2, "A")
    assert font.glyphs == {"A": (0b010, 0b111)}


def test_a_smaller_glyph_is_refused() -> None:
    with pytest.raises(ValueError, match="the glyph of 65 does not fill its cell: BBX 2 2 0 0"):
        parse_bdf(SMALL.replace("BBX 3 2 0 0", "BBX 2 2 0 0"))


def test_the_licence_is_kept() -> None:
    """OFL 1.1: notice and licence beside the font (2), no reserved name as its own (3)."""
    licence = files("kkm_sim.render").joinpath("fonts/OFL.txt").read_text(encoding="ascii")
    assert 'Dimitar Toshkov Zhekov,\nwith Reserved Font Name "Terminus Font"' in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    names = [line for line in own().splitlines() if line.startswith(("FONT ", "FAMILY_NAME "))]
    assert len(names) == 2
    assert not [name for name in names if RESERVED in name.lower()]
    assert RESERVED not in FONT_FILE


def test_the_font_is_what_its_command_makes() -> None:
    more = own().replace("ENDFONT", "STARTCHAR uni0100\nENCODING 256\nBBX 12 24 0 -5\nBITMAP\nENDCHAR\nENDFONT")
    assert subset(more, PRINTED) == own()


def test_a_font_that_lacks_a_character() -> None:
    with pytest.raises(ValueError, match=r"no glyph for U\+0416, U\+6F22"):
        subset(SMALL, "A漢Ж")

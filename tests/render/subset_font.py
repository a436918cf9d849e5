"""Makes the font of the tape out of Terminus Font: the characters of Windows-1251, under a name of its own.

    python -m tests.render.subset_font ter-u24b.bdf > kkm_sim/render/fonts/kkm-tape.bdf

`ter-u24b.bdf` is in the source of Terminus Font 4.48; Debian's package xfonts-terminus has it as
`ter-u24b_unicode.pcf.gz`, which `zcat ter-u24b_unicode.pcf.gz | pcf2bdf` turns back into it. The licence (OFL 1.1,
beside the font) reserves the name Terminus Font, so what is made here must not bear it.
"""

import argparse
from collections.abc import Collection
from pathlib import Path

PRINTED = frozenset(
    character
    for byte in range(0x100)
    if (character := bytes([byte]).decode("cp1251", "replace")) >= " " and character not in "\x7f\ufffd"
)
"""Every character of Windows-1251 that is not a control character."""

HEADER = """\
STARTFONT 2.1
COMMENT KKM Tape: a Modified Version of Terminus Font 4.48 (ter-u24b), cut down to Windows-1251
COMMENT by tests/render/subset_font.py. The licence stands beside this file, in OFL.txt.
FONT -kkm_sim-KKM Tape-Bold-R-Normal--24-240-72-72-C-120-ISO10646-1
SIZE 24 72 72
FONTBOUNDINGBOX 12 24 0 -5
STARTPROPERTIES 6
FAMILY_NAME "KKM Tape"
COPYRIGHT "Copyright (C) 2019 Dimitar Toshkov Zhekov"
NOTICE "Licensed under the SIL Open Font License, Version 1.1"
DEFAULT_CHAR 63
FONT_DESCENT 5
FONT_ASCENT 19
ENDPROPERTIES
"""


def subset(bdf: str, characters: Collection[str]) -> str:
    """The glyphs of the characters, in the order of their codes, under the header above."""
    glyphs = {}
    for chunk in bdf.split("STARTCHAR ")[1:]:
        name, *lines = chunk.split("ENDCHAR")[0].splitlines()
        code = next(int(line.split()[1]) for line in lines if line.startswith("ENCODING "))
        if code >= 0 and chr(code) in characters:
            glyphs[code] = "\n".join([f"STARTCHAR {name}", *lines, "ENDCHAR\n"])
    missing = {ord(character) for character in characters} - glyphs.keys()
    if missing:
        raise ValueError(f"no glyph for {', '.join(f'U+{code:04X}' for code in sorted(missing))}")
    return f"{HEADER}CHARS {len(glyphs)}\n{''.join(glyphs[code] for code in sorted(glyphs))}ENDFONT\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Cuts a BDF font down to what the till prints.")
    parser.add_argument("bdf", type=Path, help="ter-u24b.bdf of Terminus Font")
    print(subset(parser.parse_args().bdf.read_text(encoding="latin-1"), PRINTED), end="")


if __name__ == "__main__":
    main()

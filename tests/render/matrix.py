"""From what was rendered back to modules, and from modules to what a decoder reads."""

from collections.abc import Sequence

import zxingcpp

_PAIRS = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


def modules_of(lines: Sequence[str]) -> list[list[int]]:
    """Half blocks back to modules, 1 = black."""
    rows = []
    for line in lines:
        pairs = [_PAIRS[character] for character in line]
        rows += [[upper for upper, _ in pairs], [lower for _, lower in pairs]]
    return rows


def modules_of_packed(rows: Sequence[bytes], width: int) -> list[list[int]]:
    """Packed rows, leftmost in the high bit, back to modules."""
    return [[int(bit) for bit in f"{int.from_bytes(row, 'big'):0{len(row) * 8}b}"[:width]] for row in rows]


def with_quiet_zone(rows: Sequence[Sequence[int]], quiet: int = 4) -> list[list[int]]:
    width = len(rows[0]) + 2 * quiet
    blank = [[0] * width for _ in range(quiet)]
    return [*blank, *([0] * quiet + list(row) + [0] * quiet for row in rows), *blank]


def decode_qr(rows: Sequence[Sequence[int]], scale: int = 4) -> str:
    """What a QR decoder reads of black (1) on white (0), nothing turned round or inverted for its sake."""
    pixels = b"".join(
        b"".join((b"\x00" if module else b"\xff") * scale for module in row) for row in rows for _ in range(scale)
    )
    image = memoryview(pixels).cast("B", (len(rows) * scale, len(rows[0]) * scale))
    found = zxingcpp.read_barcodes(image, try_rotate=False, try_invert=False)
    assert len(found) == 1
    assert found[0].format == zxingcpp.BarcodeFormat.QRCode
    return str(found[0].text)

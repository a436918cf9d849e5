"""A small PNG reader of our own: what the till writes, checked to the last byte."""

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple


class Picture(NamedTuple):
    """Pixels as numbers of the palette, whose colours are red, green, blue and opacity."""

    palette: list[tuple[int, ...]]
    pixels: list[bytes]
    dots_per_metre: int

    def black(self, left: int, top: int, width: int, height: int) -> list[list[int]]:
        """A part of it: 1 where it is opaque and dark."""
        dark = [colour[3] == 255 and sum(colour[:3]) < 384 for colour in self.palette]
        return [[int(dark[pixel]) for pixel in row[left : left + width]] for row in self.pixels[top : top + height]]


def dotted(rows: Sequence[Sequence[int]]) -> list[str]:
    """Black as #, the rest as a point."""
    return ["".join(".#"[dot] for dot in row) for row in rows]


def read_png(data: bytes) -> Picture:
    """Reads indexed colours of two bits, rows unfiltered."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert data[at + 8 + size : at + 12 + size] == struct.pack(">I", zlib.crc32(name + body))
        assert name not in chunks
        chunks[name] = body
        at += 12 + size
    assert at == len(data)
    assert list(chunks) == [b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"IDAT", b"IEND"]
    width, height, *kind = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert kind == [2, 3, 0, 0, 0]
    across, down, per_metre = struct.unpack(">IIB", chunks[b"pHYs"])
    assert (across, per_metre) == (down, 1)
    colours, opacity = chunks[b"PLTE"], chunks[b"tRNS"]
    raw, step = zlib.decompress(chunks[b"IDAT"]), 1 + (width * 2 + 7) // 8
    assert len(raw) == height * step
    assert set(raw[::step]) <= {0}
    unpacked = [bytes(byte >> shift & 3 for shift in (6, 4, 2, 0)) for byte in range(256)]
    return Picture(
        [(*colours[3 * n : 3 * n + 3], opacity[n]) for n in range(len(colours) // 3)],
        [b"".join(unpacked[byte] for byte in raw[y * step + 1 : (y + 1) * step])[:width] for y in range(height)],
        across,
    )

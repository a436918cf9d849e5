"""PNG files of few colours, written row by row: the picture is never in memory as a whole."""

import struct
import zlib
from collections.abc import Iterable, Sequence

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BITS = 2
"""Bits a pixel, leftmost in the high ones: four colours."""


def row_bytes(width: int) -> int:
    """Bytes of a row: one that says it is written as it is (filter 0), and its pixels."""
    return 1 + -(-width * BITS // 8)


def png(
    width: int, height: int, palette: Sequence[tuple[str, int]], rows: Iterable[bytes], dots_per_metre: int
) -> bytes:
    """A picture of indexed colours. `palette` has up to four of `#rrggbb` and opacity, 255 = opaque.

    `rows` come in any number at a time, each `row_bytes(width)` long. Raises ValueError where they are not `height`.
    The same arguments give the same file.
    """
    compressor = zlib.compressobj()
    packed: list[bytes] = []
    size = 0
    for some in rows:
        size += len(some)
        packed.append(compressor.compress(some))
    if size != height * row_bytes(width):
        raise ValueError(
            f"{size} bytes of pixels, {height} rows of {row_bytes(width)} make {height * row_bytes(width)}"
        )
    packed.append(compressor.flush())
    return b"".join(
        (
            SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, BITS, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(bytes.fromhex(colour.removeprefix("#")) for colour, _ in palette)),
            _chunk(b"tRNS", bytes(opacity for _, opacity in palette)),
            _chunk(b"pHYs", struct.pack(">IIB", dots_per_metre, dots_per_metre, 1)),
            _chunk(b"IDAT", b"".join(packed)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

"""The blocks of function 3: the identifier as a QR code and as text (document, section 3)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from kkm_sim.messages.codes import DataKind
from kkm_sim.messages.forms import encode_text, mirrored
from kkm_sim.messages.records import IdentifierAnswer, IdentifierHead
from kkm_sim.settings import Settings
from kkm_sim.smartbox.utm import Identifier

if TYPE_CHECKING:
    from qrcode.main import QRCode

QrLevel = Literal["L", "M", "Q", "H"]
"""Error correction of a QR code, from the smallest code to the most robust."""

MAX_SIDE = 64
"""«Формат команды рассчитан на передачу матрицы QR-кода размером до 64x64»."""

_BYTE_MODE: Literal[4] = 4  # qrcode.util.MODE_8BIT_BYTE, whose type is too wide for QRData
_MASK = 2
"""Of the eight masks the one that the standard's own penalties choose for most links, and whose mean is the lowest.
Any scanner takes any of them; to try all eight for each code takes five times as long as the code itself."""
_MAX_LENGTH_BYTE = 255


@lru_cache(maxsize=64)  # a scenario that is played again wants the same ones
def qr_rows(text: str, level: QrLevel, order: Literal["msb", "lsb"] = "msb") -> tuple[bytes, ...]:
    """The smallest QR code of a text in byte mode, a row a `bytes`, without quiet zone: a row of 64 has no room.

    `order` "msb": the leftmost module in the high bit [D-13]. Raises ValueError for more than 64×64.
    """
    data = encode_text(text)
    code = _code(data, level)
    code.version = _version(len(data), level)
    code.make(fit=False)
    matrix = code.get_matrix()
    if len(matrix) > MAX_SIDE:
        raise ValueError(f"a QR code of {len(matrix)}x{len(matrix)} is over {MAX_SIDE}x{MAX_SIDE}")
    return tuple(_packed(row, order) for row in matrix)


@lru_cache
def _version(size: int, level: QrLevel) -> int:
    """The smallest that takes so many bytes: to find it takes a third as long as to make the code."""
    return _code(bytes(size), level).best_fit()


def _code(data: bytes, level: QrLevel) -> "QRCode[Any]":
    # 4 MB and 50 ms, of which a server that passes on what others have made has no need.
    from qrcode import constants
    from qrcode.main import QRCode
    from qrcode.util import QRData

    levels = {
        "L": constants.ERROR_CORRECT_L,
        "M": constants.ERROR_CORRECT_M,
        "Q": constants.ERROR_CORRECT_Q,
        "H": constants.ERROR_CORRECT_H,
    }
    code: QRCode[Any] = QRCode(error_correction=levels[level], border=0, mask_pattern=_MASK)
    code.add_data(QRData(data, mode=_BYTE_MODE), optimize=0)
    return code


def _packed(modules: Sequence[object], order: Literal["msb", "lsb"]) -> bytes:
    size = -(-len(modules) // 8)
    bits = bytes(map(bool, modules)).hex()[1::2].ljust(8 * size, "0")
    packed = int(bits, 2).to_bytes(size, "big")
    return packed if order == "msb" else mirrored(packed)


def identifier_blocks(
    identifier: Identifier, receipt_number: int, settings: Settings, level: QrLevel = "M"
) -> tuple[bytes, ...]:
    """The answers to function 3 in their order: block 1 the QR code of the URL, block 2 the text."""
    rows = qr_rows(identifier.url, level, settings.bitmap_order)
    graphics = graphics_block(receipt_number, 1, rows, len(rows))
    return (graphics.encode(), text_block(receipt_number, 2, identifier.text).encode())


def graphics_block(receipt_number: int, block: int, rows: Sequence[bytes], bits: int) -> IdentifierAnswer:
    """A picture of `bits` dots a row; at least one row, all of the same length."""
    head = IdentifierHead(
        receipt_number=receipt_number,
        block=block,
        kind=DataKind.GRAPHICS,
        rows=len(rows),
        row_bytes=len(rows[0]),
        bits=bits,
    )
    return IdentifierAnswer(head, b"".join(rows))


def text_block(receipt_number: int, block: int, text: str) -> IdentifierAnswer:
    """A text of Windows-1251. Its closing 00 is counted; one over 255 bytes has length 0 and ends with HS=0 [D-31]."""
    raw = encode_text(text) + b"\x00"
    length = len(raw) if len(raw) <= _MAX_LENGTH_BYTE else 0
    head = IdentifierHead(receipt_number=receipt_number, block=block, kind=DataKind.TEXT, row_bytes=length)
    return IdentifierAnswer(head, raw)


def no_block(receipt_number: int, block: int, result: int = 1) -> bytes:
    """The answer that ends the identifier: 1 no more data, anything else an error."""
    return IdentifierHead(result=result, receipt_number=receipt_number, block=block).encode()

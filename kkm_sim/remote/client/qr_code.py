"""The identifier's picture, for programs that have an URL and no QR code."""

from kkm_sim.remote.protocol.operations import Identifier
from kkm_sim.smartbox.receipt_identifier import QrLevel, qr_rows


def qr_code(text: str, level: QrLevel = "M") -> Identifier:
    """A block of the identifier that shows `text` as a QR code (document, section 3).

    `level` is its error correction. Raises ValueError where the code is larger than the 64×64 dots of the format.
    """
    rows = qr_rows(text, level)
    return Identifier(kind="graphics", rows=[row.hex() for row in rows], bits=len(rows))

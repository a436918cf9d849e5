"""The numbers that mean something in a message. Names are those of the document's tables."""

from enum import IntEnum, IntFlag


class Function(IntEnum):
    """Byte 1 of every message (document: «Форматы данных», sections 1–6)."""

    SALE = 1
    CLOSE = 2
    IDENTIFIER = 3
    DONE = 4
    PING = 5
    SHOW_MESSAGE = 6
    ANNUL_RECEIPT = 7


class ResultCode(IntEnum):
    """Document: «Коды ошибок»."""

    OK = 0
    UNKNOWN_COMMAND = 1
    NOT_IN_THIS_MODE = 2
    BAD_FORMAT = 3
    TILL_NOT_LISTED = 4
    TAX_BASE_DIFFERS = 5
    REFUSED_WRONG_MODE = 6
    SHIFT_MUST_BE_CLOSED = 7
    RECEIPT_MUST_BE_CLOSED = 8
    ITEM_NOT_FOUND = 9
    NO_SUCH_QUANTITY = 10
    PIECE_GOODS = 11
    NO_DISCOUNT = 12
    DISCOUNT_FORBIDDEN = 13
    CARD_REFUSED = 14
    CARD_NOT_ENOUGH_MONEY = 15
    WRONG_PASSWORD = 16
    PRINTER_ERROR = 20
    OVERFLOW = 21
    NOT_ALLOWED = 22
    TAX_NOT_PROGRAMMED = 23
    JOURNAL_FULL = 24
    NOT_ENOUGH_CASH = 25
    WRONG_SECTION = 26
    REJECTED = 27


def result_words(result: int) -> str:
    """A result code and its meaning (document, «Коды ошибок»)."""
    try:
        return f"{result}, {ResultCode(result).name.lower().replace('_', ' ')}"
    except ValueError:
        return f"{result}, not a code of the document"


class Operation(IntEnum):
    """Kind of an operation, and of a receipt (which is never ANNUL)."""

    SALE = 0
    RETURN = 1
    ANNUL = 2


class CodeType(IntEnum):
    """«Тип штрих-кода (ШК)» of a sale request."""

    EAN = 0
    PDF = 1
    DUPLICATE_PDF = 2
    BEER = 3


class ShownMessage(IntEnum):
    """Function 6: the code of the message for the operator."""

    SCAN_EAN = 1
    SCAN_PDF = 2
    REPEAT = 3


class DataKind(IntEnum):
    """Function 3: what a block of the identifier holds."""

    TEXT = 0
    GRAPHICS = 1


class ModeFlags(IntFlag):
    """PING's byte 22. Bit 6 (power lost while closing) is not implemented by the firmware: always 0."""

    CASH_MODE = 1 << 0
    SMARTBOX_ON = 1 << 1
    SMARTBOX_SERVED = 1 << 2
    REQUEST_OPEN = 1 << 3
    POWER_LOST = 1 << 6
    FISCAL = 1 << 7

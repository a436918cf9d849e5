"""Why something is so, as data: a stable code and what it names, beside the English sentence.

What a finding saw, what is wrong with a message, why the SmartBox did not do a thing: a program asks for the code, a
person reads the sentence, and `russian` has it in Russian.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Any


# fmt: off
class ReasonCode(Enum):
    """Every kind of reason: its code, and its sentence with what it names in braces."""

    # What a finding saw
    QUIET_FOR          = "quiet-for",          "{us} us"
    NO_ACK             = "no-ack",             "no ACK to the till's data"
    NO_SYN             = "no-syn",             "no SYN after REJ"
    NO_REPEAT          = "no-repeat",          "no repeat after NAK"
    OF_THE_TILL        = "of-the-till",        "{packet} is the till's"
    UNAWAITED          = "unawaited",          "{packet} where nothing awaits it"
    CONTROL_CODE       = "control-code",       "code {code:X}"
    OTHER_NUMBER       = "other-number",       "{came} instead of {expected}"
    SIZE               = "size",               "{size} bytes"
    FUNCTION           = "function",           "function {function}"
    SINCE_LAST         = "since-last",         "{ms} ms"
    IS_RETURN          = "is-return",          "return"
    IS_ANNULMENT       = "is-annulment",       "annul"
    TEXT_SIZE          = "text-size",          "{size} bytes of text, {declared} declared"
    GRAPHICS_SIZE      = "graphics-size",      "{size} bytes of graphics, {declared} declared"
    GRAPHICS_SHAPE     = "graphics-shape",     "{rows} rows of {row_bytes} bytes, {bits} bits"

    # What is wrong with a message
    NIBBLE_OVER_9      = "nibble-over-9",      "{field}: a nibble over 9, {bytes}"
    OUTSIDE_TABLE      = "outside-table",      "{field}: a value outside the table, {bytes}"
    UNPRINTABLE        = "unprintable",        "{field}: a character that cannot be printed, {bytes}"
    NO_MESSAGE         = "no-message",         "no message of the document"
    OTHER_SIZE         = "other-size",         "{size} bytes instead of {expected}"
    UNASKED            = "unasked",            "an answer to nothing that was asked"

    # Why an exchange failed
    NO_LINK            = "no-link",            "no link"
    LINE_DATA_ERROR    = "line-data-error",    "line data error"
    NO_ANSWER          = "no-answer",          "no answer"
    NOT_UNDERSTOOD     = "not-understood",     "its answer is not understood"
    SERVER_SAYS        = "server-says",        "{said}"

    # Why a code is not taken
    ITEM_BEFORE        = "item-before",        "the till has not finished the item before"
    NO_CODE            = "no-code",            "neither an EAN of 8 or 13 digits nor an excise mark of 68, 150 or 40 characters"
    CHECK_DIGIT        = "check-digit",        "its check digit is {digit}, it should be {expected}"

    # Why the till is not asked
    NOT_IN_CASH_MODE   = "not-in-cash-mode",   "the till is not in cash mode"
    OPTION_27_OFF      = "option-27-off",      "option 27 of the till is off"
    REQUEST_OPEN       = "request-open",       "the till has a request open, which the operator must finish"

    # Why a receipt may not be closed
    UTM_DOWN           = "utm-down",           "the UTM does not answer"
    UTM_REFUSES        = "utm-refuses",        "the UTM refuses the receipt"
    OTHER_RECEIPT      = "other-receipt",      "receipt number {receipt}, the basket is of receipt {basket}"
    SALE_NOT_RETURN    = "sale-not-return",    "the receipt's kind is sale, the basket's return"
    RETURN_NOT_SALE    = "return-not-sale",    "the receipt's kind is return, the basket's sale"
    OTHER_ALCOHOL      = "other-alcohol",      "{receipt} real alcohol sales, the basket has {basket}"
    OPERATIONS_MISSING = "operations-missing", "{receipt} operations, the basket has seen {basket}"
    PAID_OTHERWISE     = "paid-otherwise",     "cash {cash} and credit {credit} do not make the total {total}"
    # fmt: on

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence


class Reason:
    """One reason. `fields`: what its sentence names; amounts as they are written, bytes in hex."""

    __slots__ = ("code", "fields")

    def __init__(self, code: ReasonCode, /, **fields: int | str) -> None:
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        return self.code.sentence.format(**self.fields)

    def __repr__(self) -> str:
        return f"Reason({', '.join([str(self.code), *(f'{name}={value!r}' for name, value in self.fields.items())])})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reason) and (self.code, self.fields) == (other.code, other.fields)

    def __hash__(self) -> int:
        return hash((self.code, *self.fields.values()))

    def entry(self) -> dict[str, Any]:
        """The reason as programs read it, the same wherever there is one."""
        return {"code": self.code.code, "fields": self.fields}


def together(reasons: Iterable[Reason]) -> str:
    """All of them in one sentence."""
    return "; ".join(map(str, reasons))

"""Every message of the document, one class a table, in its order (document: «Форматы данных», sections 1–7).

Integers are kopecks where they are money and thousandths where they are a quantity.
"""

from datetime import datetime

from kkm_sim.clock import MS
from kkm_sim.messages.codes import CodeType, DataKind, Function, ModeFlags, Operation, ShownMessage
from kkm_sim.messages.forms import Bcd, Bin, Code, DateTime, Flag, Text
from kkm_sim.messages.record import Record, at
from kkm_sim.value import Value

VECTOR = 3
"""Byte 0 of every message, «Вектор»."""

PING_INTERVAL = 200 * MS
"""«Команду на практике лучше не посылать чаще, чем каждые 200...300 мс» (section 5)."""


# fmt: off
class SaleRequest(Record, size=59):
    """1, master → till. Firmware 130RU051 looks only at the operation and the code type [D-9]."""

    #                             at    form
    vector:          int       = at(0,  Bin(1), default=VECTOR)
    function:        int       = at(1,  Bin(1), default=Function.SALE)
    operation:       Operation = at(2,  Code(Operation), default=Operation.SALE)
    code_type:       CodeType  = at(3,  Code(CodeType))
    item_code:       int       = at(4,  Bcd(2), default=0, ignored=True)
    barcode:         int       = at(6,  Bcd(9), default=0, ignored=True)
    quantity:        int       = at(15, Bin(5), default=0, ignored=True)
    price:           int       = at(20, Bin(5), default=0, ignored=True)  # 0: the till sets it
    name:            str       = at(25, Text(32), default="", ignored=True)
    section:         int       = at(57, Bin(1, most=99), default=0, ignored=True)  # 0: the till's, else 1–99
    tax:             int       = at(58, Bin(1), default=0, ignored=True)  # 0: none, or the till's


class SaleAnswer(Record, size=71):
    """1, till → master. Item code, barcode and name are the request's, byte for byte [D-10]."""

    vector:           int       = at(0,  Bin(1), default=VECTOR)
    function:         int       = at(1,  Bin(1), default=Function.SALE)
    result:           int       = at(2,  Bin(1), default=0)
    reserve:          int       = at(3,  Bin(1), default=0)
    receipt_number:   int       = at(4,  Bcd(4), default=0)
    operation_number: int       = at(8,  Bin(1), default=0)
    operation:        Operation = at(9,  Code(Operation), default=Operation.SALE)
    alcohol:          bool      = at(10, Flag(), default=False)
    item_code:        int       = at(11, Bcd(2), default=0)
    barcode:          int       = at(13, Bcd(9), default=0)
    quantity:         int       = at(22, Bcd(5), default=0)
    price:            int       = at(27, Bcd(5), default=0)
    sum:              int       = at(32, Bcd(5), default=0)
    name:             str       = at(37, Text(32), default="")
    section:          int       = at(69, Bcd(1), default=0)
    tax:              int       = at(70, Bcd(1), default=0)


class CloseRequest(Record, size=88):
    """2, till → master: may the receipt be closed? The receipt stays open meanwhile."""

    vector:         int       = at(0,  Bin(1), default=VECTOR)
    function:       int       = at(1,  Bin(1), default=Function.CLOSE)
    receipt_number: int       = at(2,  Bcd(4))
    kind:           Operation = at(6,  Code(Operation))
    operations:     int       = at(7,  Bin(1))
    alcohol:        int       = at(8,  Bin(1))  # real sales: annulled ones are not counted
    other:          int       = at(9,  Bin(1))  # operations − alcohol [D-12]
    total:          int       = at(10, Bcd(7))
    discounts:      int       = at(17, Bcd(7))
    markups:        int       = at(24, Bcd(7))
    tax_1:          int       = at(31, Bcd(7))
    tax_2:          int       = at(38, Bcd(7))
    tax_3:          int       = at(45, Bcd(7))
    tax_4:          int       = at(52, Bcd(7))
    tax_5:          int       = at(59, Bcd(7))
    cash:           int       = at(66, Bcd(7))
    credit:         int       = at(73, Bcd(7))
    shift:          int       = at(80, Bcd(2))
    moment:         datetime  = at(82, DateTime())  # of ИТ; its seconds carry no meaning


class CloseAnswer(Record, size=7):
    """2, master → till: result 0 allows the close."""

    vector:         int = at(0, Bin(1), default=VECTOR)
    function:       int = at(1, Bin(1), default=Function.CLOSE)
    result:         int = at(2, Bin(1), default=0)
    receipt_number: int = at(3, Bcd(4), default=0, ignored=True)  # may be zero


class IdentifierRequest(Record, size=8):
    """3, till → master. Block 1 means "from the beginning", also after a power failure."""

    vector:         int = at(0, Bin(1), default=VECTOR)
    function:       int = at(1, Bin(1), default=Function.IDENTIFIER)
    receipt_number: int = at(2, Bcd(4))
    block:          int = at(6, Bin(2))


class IdentifierHead(Record, size=13):
    """3, master → till: what stands before the data of a block."""

    vector:         int      = at(0,  Bin(1), default=VECTOR)
    function:       int      = at(1,  Bin(1), default=Function.IDENTIFIER)
    result:         int      = at(2,  Bin(1), default=0)  # 0 data, 1 no more
    receipt_number: int      = at(3,  Bcd(4), default=0, ignored=True)  # may be zero
    block:          int      = at(7,  Bin(2), default=1)
    kind:           DataKind = at(9,  Code(DataKind), default=DataKind.TEXT)
    rows:           int      = at(10, Bin(1), default=0)
    row_bytes:      int      = at(11, Bin(1), default=0)  # for text its length
    bits:           int      = at(12, Bin(1), default=0)


class DonePacket(Record, size=4):
    """4, till → master: the receipt is printed to its end. No answer."""

    vector:   int = at(0, Bin(1), default=VECTOR)
    function: int = at(1, Bin(1), default=Function.DONE)
    result:   int = at(2, Bin(1), default=0)
    reserve:  int = at(3, Bin(1), default=0)


class PingRequest(Record, size=2):
    """5, master → till."""

    vector:   int = at(0, Bin(1), default=VECTOR)
    function: int = at(1, Bin(1), default=Function.PING)


class PingAnswer(Record, size=44):
    """5, till → master. Bytes 31–43 mean something only in cash mode."""

    vector:         int       = at(0,  Bin(1), default=VECTOR)
    function:       int       = at(1,  Bin(1), default=Function.PING)
    result:         int       = at(2,  Bin(1), default=0)
    reserve:        int       = at(3,  Bin(1), default=0)
    model:          int       = at(4,  Bin(1))
    serial_number:  str       = at(5,  Text(16))
    reserve_2:      int       = at(21, Bin(1), default=0)
    flags:          int       = at(22, Bin(1), default=ModeFlags(0))
    shift:          int       = at(23, Bcd(2))
    moment:         datetime  = at(25, DateTime())
    receipt_number: int       = at(31, Bcd(4), default=0)
    operations:     int       = at(35, Bin(1), default=0)
    alcohol:        int       = at(36, Bin(1), default=0)
    total:          int       = at(37, Bcd(7), default=0)


class ShowMessageRequest(Record, size=3):
    """6, master → till."""

    vector:   int          = at(0, Bin(1), default=VECTOR)
    function: int          = at(1, Bin(1), default=Function.SHOW_MESSAGE)
    message:  ShownMessage = at(2, Code(ShownMessage))


class AnnulReceiptRequest(Record, size=2):
    """7, master → till. The document gives the size as 3 and lists two fields: both are taken [D-14]."""

    vector:   int = at(0, Bin(1), default=VECTOR)
    function: int = at(1, Bin(1), default=Function.ANNUL_RECEIPT)


class ShortAnswer(Record, size=4):
    """The till's answer to functions 6 and 7, and to what it does not know."""

    vector:   int = at(0, Bin(1), default=VECTOR)
    function: int = at(1, Bin(1))
    result:   int = at(2, Bin(1), default=0)
    reserve:  int = at(3, Bin(1), default=0)
# fmt: on

MasterRequest = SaleRequest | PingRequest | ShowMessageRequest | AnnulReceiptRequest
"""What a master asks of the till, and what the till answers."""


class IdentifierAnswer(Value):
    """3, master → till: a block of the identifier, its head and its data as they came."""

    head: IdentifierHead
    data: bytes = b""

    def encode(self) -> bytes:
        return self.head.encode() + self.data


def declared_length(data: bytes) -> int | None:
    """The length that a master's message has by its table, from its bytes so far; None while they do not tell.

    What the till does not know is complete with its first frame (document: sections 1–7; [D-31] for texts).
    """
    if len(data) < 2:
        return None
    match data[1] if data[0] == VECTOR else None:
        case Function.SALE:
            return SaleRequest.SIZE
        case Function.CLOSE:
            return CloseAnswer.SIZE
        case Function.IDENTIFIER:
            return _identifier_length(data)
        case Function.SHOW_MESSAGE:
            return ShowMessageRequest.SIZE
        case _:
            return len(data)


def _identifier_length(data: bytes) -> int | None:
    if len(data) > 2 and data[2] != 0:
        return len(data)  # no more data: 3–13 bytes in one frame
    if len(data) < IdentifierHead.SIZE:
        return None
    kind, rows, row_bytes = data[9], data[10], data[11]
    if kind == DataKind.GRAPHICS:
        return IdentifierHead.SIZE + rows * row_bytes
    # A text over 255 bytes cannot say its length: it has 0 there and ends with a frame that says it is the last.
    return IdentifierHead.SIZE + row_bytes if row_bytes else None


def text_may_go_on(message: bytes) -> bool:
    """Whether it is a text that ends with its length and without 00: that may come in one more frame [D-31]."""
    return (
        len(message) > IdentifierHead.SIZE
        and message[1] == Function.IDENTIFIER
        and message[2] == 0
        and message[9] == DataKind.TEXT
        and not message.endswith(b"\x00")
    )


_TILL_MESSAGES: dict[int, type[Record]] = {
    Function.SALE: SaleAnswer,
    Function.CLOSE: CloseRequest,
    Function.IDENTIFIER: IdentifierRequest,
    Function.DONE: DonePacket,
    Function.PING: PingAnswer,
    Function.SHOW_MESSAGE: ShortAnswer,
    Function.ANNUL_RECEIPT: ShortAnswer,
}


def till_message(data: bytes) -> type[Record] | None:
    """The table of a till's message, told by its function; None for one that has none."""
    return _TILL_MESSAGES.get(data[1]) if len(data) > 1 and data[0] == VECTOR else None


def declared_till_length(data: bytes) -> int | None:
    """The length that a till's message has by its table; None while its bytes do not tell."""
    if len(data) < 2:
        return None
    table = till_message(data)
    return table.SIZE if table is not None else len(data)

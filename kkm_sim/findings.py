"""The master watched like a linter: each breach of the document is a finding, as data (protocol section by section).

A finding has a stable code, the moment, the bytes and the section of the document it breaks. Nothing here
decides anything: the engines notice, this module names.
"""

from enum import Enum
from typing import Any, Literal

from kkm_sim.clock import Instant
from kkm_sim.reasons import Reason
from kkm_sim.value import Value

Severity = Literal["error", "warning"]


class Rule(Value):
    """One row of the table: what the document asks and where."""

    code: str
    section: str
    sentence: str
    severity: Severity = "error"
    timed: bool = False
    """True where the rule is about time: such findings are off while the line is not paced."""


_LINE = "Транспортный уровень"
_CONTROL = "Пакеты управления"
_DATA = "Пакеты с данными"
_EXCHANGE = "Основные алгоритмы обмена"
_FORMATS = "Форматы данных"


# fmt: off
class FindingCode(Enum):
    """Every kind of finding. The member's value is its row of the table."""

    # Time on the line
    GAP_TOO_SHORT       = Rule("gap-too-short", _LINE, "the packet began before the line had been quiet for 10 ms", timed=True)
    NO_PACKET_IN_3S     = Rule("no-packet-in-3s", _LINE, "the master owed a packet and sent none for 3 s", timed=True)
    PING_TOO_OFTEN      = Rule("ping-too-often", "5. PING", "PING less than 200 ms after the one before", "warning", timed=True)
    WRONG_SPEED         = Rule("wrong-speed", "Скорость", "bytes at another speed than option 29's: the till cannot read them")

    # Packets
    STRAY_BYTES         = Rule("stray-bytes", _CONTROL, "bytes outside any packet", "warning")
    BAD_FCRC            = Rule("bad-fcrc", _CONTROL, "the header's checksum is wrong: dropped in silence")
    BAD_FLC             = Rule("bad-flc", _CONTROL, "bit 7 of FLC is 0: dropped in silence")
    BAD_ADDRESS         = Rule("bad-address", _CONTROL, "the address is not a BCD number: dropped in silence")
    BAD_SYNC            = Rule("bad-sync", _DATA, "SYNC of a data packet is not 00: dropped in silence")
    BAD_STUFFING        = Rule("bad-stuffing", _DATA, "7F inside data is not followed by 10, 03 or 02: dropped in silence")
    BAD_DCRC            = Rule("bad-dcrc", _DATA, "the checksum of the data is wrong: answered NAK")
    BROKEN_OFF          = Rule("broken-off", _DATA, "the packet broke off before its end: dropped in silence")
    OVERSIZED           = Rule("oversized", _DATA, "no end within 2048 bytes of a data packet: dropped in silence")
    FRAME_TOO_LONG      = Rule("frame-too-long", _LINE, "the frame is longer than the till accepts: answered NAK")
    WRONG_DIRECTION     = Rule("wrong-direction", _CONTROL, "DIR says till to master in a packet for this till: ignored")
    UNDEFINED_CONTROL   = Rule("undefined-control", _CONTROL, "the control code is not defined: ignored")
    UNEXPECTED_CONTROL  = Rule("unexpected-control", _CONTROL, "the control packet answers nothing, or is not the master's to send: ignored")
    BROADCAST_NOT_SYN   = Rule("broadcast-not-syn", _CONTROL, "address 99 with anything but SYN: ignored")

    # Exchange
    DATA_WITHOUT_RDY    = Rule("data-without-rdy", _EXCHANGE, "data sent without asking RDY first")
    DATA_AFTER_DISC     = Rule("data-after-disc", _CONTROL, "data sent after DISC without waiting for RDY")
    NO_REPEAT_AFTER_NAK = Rule("no-repeat-after-nak", _CONTROL, "the packet after NAK is not the refused frame")
    WRONG_FRAME_NUMBER  = Rule("wrong-frame-number", _DATA, "the frame number is not the expected one: answered REJ")
    NO_SYN_AFTER_REJ    = Rule("no-syn-after-rej", _EXCHANGE, "the packet after REJ is not SYN")
    DATA_INSTEAD_OF_ACK = Rule("data-instead-of-ack", _EXCHANGE, "data came where the till's packet awaits ACK: it acknowledges nothing")
    TRANSFER_BROKEN_OFF = Rule("transfer-broken-off", _EXCHANGE, "the next frame of a transfer did not come within 3 s: what came is held for `transfer_hold`", timed=True)
    TRANSFER_TOO_LONG   = Rule("transfer-too-long", _EXCHANGE, "a message longer than 525 bytes: accepted and dropped")
    EXECUTED_TWICE      = Rule("executed-twice", _EXCHANGE, "a message whose ACK was lost was sent again after SYN: it is executed twice")

    # Messages
    BAD_VECTOR          = Rule("bad-vector", _FORMATS, "the vector is not 3")
    UNKNOWN_FUNCTION    = Rule("unknown-function", _FORMATS, "the till has no such function")
    BAD_LENGTH          = Rule("bad-length", _FORMATS, "the message is shorter or longer than its table")
    BAD_VALUE           = Rule("bad-value", _FORMATS, "a field holds a value outside its table")
    BAD_BCD             = Rule("bad-bcd", _FORMATS, "a BCD field has a nibble over 9")
    BAD_TEXT            = Rule("bad-text", _FORMATS, "a text holds a character that cannot be printed", "warning")
    OPERATION_NOT_SALE  = Rule("operation-not-sale", "1. Запрос на продажу", "the request's operation is not a sale: the till decides, taken as one")
    UNASKED_ANSWER      = Rule("unasked-answer", "2. Закрытие чека", "an answer that no request of the till awaits: dropped")
    WRONG_ANSWER        = Rule("wrong-answer", "2. Закрытие чека", "the answer does not fit the till's request: dropped, the wait goes on")
    FOREIGN_RECEIPT     = Rule("foreign-receipt", "2. Закрытие чека", "the answer names another receipt", "warning")
    BLOCK_OUT_OF_ORDER  = Rule("block-out-of-order", "3. Идентификатор", "the block number is not the one asked for: dropped, the wait goes on")
    BITMAP_TOO_LARGE    = Rule("bitmap-too-large", "3. Идентификатор", "a bitmap over 64 x 64 dots, or more bits than bytes: dropped, the wait goes on")
    # fmt: on

    @property
    def rule(self) -> Rule:
        rule: Rule = self.value
        return rule


class Finding(Value):
    """One breach, when and with which bytes. `detail`: what was there, where the rule alone does not say."""

    code: FindingCode
    at: Instant
    raw: bytes = b""
    detail: Reason | None = None

    @property
    def message(self) -> str:
        """The rule's sentence, with what was seen."""
        return f"{self.code.rule.sentence} ({self.detail})" if self.detail is not None else self.code.rule.sentence

    def entry(self, number: int) -> dict[str, Any]:
        """The finding as programs read it, `number` in its list: the same in the control API and in a file."""
        rule = self.code.rule
        return {
            "n": number,
            "at": self.at,
            "code": rule.code,
            "severity": rule.severity,
            "message": self.message,
            "why": [] if self.detail is None else [self.detail.entry()],
            "section": rule.section,
            "bytes": self.raw.hex(),
        }

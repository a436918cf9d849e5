"""Every reading of the document that a user may need to change, with its default and one sentence.

A field's comment names the decision **[D-n]** it belongs to; README lists them all. The class is plain and
frozen: values come checked from `configuration` (command line, TOML) or from code that mypy has read.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from kkm_sim.value import Value

FrameNumbering = Literal["auto", "from-1", "from-2", "literal"]
BusyReply = Literal["disc", "busy", "silent"]
DateTimeOrder = Literal["listed", "little-endian"]


def setting(default: Any, about: str, **bounds: Any) -> Any:
    """A field with its default, the sentence that `schema settings` and README show, and its bounds.

    Bounds, of the value or of each value of a tuple: `least`, `most` of a number, `longest` of a text. Of a tuple
    itself: `count`, how many values, or `some`, at least one. `configuration` enforces them.
    """
    return field(default=default, metadata={"about": about, "bounds": bounds})


# fmt: off
@dataclass(init=False, repr=False, eq=False)  # for `fields` and `replace`; a value it is already
class Settings(Value):
    """What a user's real till or SmartBox may do differently from our reading of the document."""

    # The link
    reply_address: Literal["own", "master"] = setting("own", "[D-2] address in the till's packets: its own, or 00")
    busy_reply: BusyReply = setting("disc", "[D-6] what RDY hears while the till prints: DISC, BUSY or nothing")
    deaf_ms: int = setting(0, "[D-6] ms of hearing nothing at the start of each printing", least=0, most=60_000)
    frame_numbers: FrameNumbering = setting("auto", "[D-5] the first frame number each way after SYN or power-on")
    hs1_sale_answer: Literal["rdy", "unasked"] = setting("rdy", "[D-7] a sale asked with HS=1 is answered at the next RDY, or unasked")
    entry_holds_queue: bool = setting(True, "[D-27] while the operator types RDY hears DISC even with a packet queued")
    last_packet_hs: int = setting(0, "[D-29] HS bit of the last packet of the till's transfer", least=0, most=1)
    transfer_hold: int = setting(10, "[D-56] seconds from a frame's ACK that the till holds a transfer whose next frame is lost", least=3, most=3600)
    max_incoming: int = setting(127, "longest frame the till accepts, data bytes", least=1, most=1024)
    max_outgoing: int = setting(512, "longest frame the till sends, data bytes", least=1, most=512)
    retries: int = setting(3, "[D-53] how often the SmartBox's engine tries before it gives up", least=1, most=100)

    # Messages
    datetime_order: DateTimeOrder = setting("listed", "[D-8] order of the six date bytes: DD MM YY HH MM SS, or reversed")
    honour_request_fields: bool = setting(False, "[D-9] use price, name, section, tax and quantity of a sale request")
    check_ignored_fields: bool = setting(False, "[D-33] answer error 3 for a bad value even in a field the till ignores")
    alcohol_types: tuple[int, ...] = setting((1, 3), "[D-11] code types that are alcohol: 0 EAN, 1 PDF, 3 beer", least=0, most=3)
    bitmap_order: Literal["msb", "lsb"] = setting("msb", "[D-13] which bit of a bitmap byte is the leftmost dot")
    annul_nothing_result: int = setting(27, "[D-15] answer to function 7 with no receipt open", least=0, most=255)
    cancel_result: int = setting(27, "[D-16] answer to a sale request cancelled with С", least=0, most=255)

    # The till
    close_timeout: int = setting(60, "[D-4] seconds the till waits for an answer to functions 2 and 3", least=1, most=3600)
    amount_entry: Literal["point", "kopecks"] = setting("point", "[D-17] digits without a point are roubles, or kopecks")
    annulled_takes_number: bool = setting(True, "[D-39] an annulled receipt uses up its number")
    fiscal: bool = setting(True, "[D-39] fiscal mode, bit 7 of PING's mode flags")
    print_lines_per_s: int = setting(10, "[D-48] speed of the printer; 0 prints at once", least=0, most=1000)
    tax_rates: tuple[int, ...] = setting((18, 10, 0, 0, 0), "[D-47] taxes 1 to 5, per cent, contained in the price", least=0, most=100, count=5)
    section_tax: tuple[int, ...] = setting((1,), "[D-47] tax of section 1, 2, …; the last stands for the rest; 0 is none", least=0, most=5, some=True)

    # This machine
    option_27: int = setting(1, "option 27: 1 switches the work with the SmartBox on", least=0, most=1)
    option_29: int = setting(3, "option 29: speed, 0 = 9600, 1 = 19200, 2 = 38400, 3 = 57600 [D-1, D-52]", least=0, most=3)
    option_30: int = setting(1, "option 30: address on the line", least=1, most=98)
    model: int = setting(1, "PING: 1 = Mercury-130K, 2 = Mercury-115K", least=1, most=2)
    serial_number: str = setting("1234567", "factory number, PING and tape", longest=16)
    cashier: str = setting("КАССИР 1", "the cashier's line on the tape", longest=24)
    header: tuple[str, ...] = setting(("ООО РОМАШКА", "ИНН 7701234567"), "header lines of a receipt", longest=24)
    eklz_number: str = setting("0012345678", "number of the ЭКЛЗ block, on the tape", longest=24)
    cash_in_drawer: int = setting(0, "cash in the drawer at the start, kopecks", least=0, most=9_999_999_999)
# fmt: on

    def tax_of_section(self, section: int) -> int:
        """Tax group 0–5 of a section, 1–99 [D-47]."""
        return self.section_tax[min(section, len(self.section_tax)) - 1]


BAUD_RATES = (9600, 19200, 38400, 57600)
"""Speeds of option 29, by its value. The document prints 34800 for the third, a misprint [D-1]; the order is ours [D-52]."""

OPTIONS = {27: range(0, 2), 29: range(0, 4), 30: range(1, 99)}
"""The till's numbered options and what each may hold (document: «Настройки ККМ для работы со SmartBox»)."""

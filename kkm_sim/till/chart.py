"""The till's states and what leads from one to the next: data only (till, section 3).

A row is a trigger, where from, where to; `conditions` are asked in the order of the rows and the first row that
fits is taken. `before` does the work and may raise Refusal, which leaves everything as it was; `after` speaks of
the new state. A key without a row is the operator's mistake. Hooks are methods of `Actions`; they fire no triggers.
"""

from enum import Enum
from typing import Any

from kkm_sim.availability import Availability


class TillState(Enum):
    """The states; values are the names that users see."""

    OFF = "off"
    MENU = "menu"
    IDLE = "idle"
    REQUEST = "request"
    ENTRY = "entry"
    OPEN = "open"
    RETURN_ARMED = "return_armed"
    ANNUL_ARMED = "annul_armed"
    ANNUL_SCAN = "annul_scan"
    CLOSE_WAIT = "close_wait"
    REFUSED = "refused"
    QR_PRINT = "qr_print"


S = TillState
STATES = list(TillState)

AVAILABILITY = {
    S.OFF: Availability.SILENT,
    S.MENU: Availability.READY,
    S.IDLE: Availability.READY,
    S.REQUEST: Availability.READY,
    S.ENTRY: Availability.ENTRY,
    S.OPEN: Availability.READY,
    S.RETURN_ARMED: Availability.READY,
    S.ANNUL_ARMED: Availability.READY,
    S.ANNUL_SCAN: Availability.READY,
    S.CLOSE_WAIT: Availability.READY,
    S.REFUSED: Availability.READY,
    S.QR_PRINT: Availability.READY,
}
"""The column "RDY is answered"; a till that prints is busy in any state but the entry."""

Sources = TillState | tuple[TillState, ...]
Row = dict[str, Any]


def t(trigger: str, source: Sources, dest: TillState | None, **hooks: str | list[str]) -> Row:
    """One row; `dest` None stays where it is."""
    return {
        "trigger": trigger,
        "source": list(source) if isinstance(source, tuple) else source,
        "dest": dest,
        **hooks,
    }


ON = tuple(state for state in TillState if state is not S.OFF)
FEEDING = (S.MENU, S.IDLE, S.REQUEST, S.ENTRY, S.OPEN, S.RETURN_ARMED, S.ANNUL_ARMED, S.ANNUL_SCAN)

# A row is a line, however long.
# ruff: noqa: E501
# fmt: off
TRANSITIONS: list[Row] = [
    # Power [D-38]
    t("power_failed",       ON,             S.OFF),
    t("power_came",         S.OFF,          S.REQUEST,      conditions="has_request"),
    t("power_came",         S.OFF,          S.QR_PRINT,     conditions="has_permission"),
    t("power_came",         S.OFF,          S.OPEN,         conditions="has_receipt"),
    t("power_came",         S.OFF,          S.MENU),

    # Menu
    t("mode_pressed",       S.IDLE,         S.MENU,         before="open_menu"),
    t("cash_mode_chosen",   S.MENU,         S.IDLE),
    t("feed_pressed",       FEEDING,        None,           before="feed"),

    # The operator types: what is below comes back when it is dropped
    t("number_pressed",     S.ENTRY,        None,           before="type_number"),
    t("number_pressed",     (S.IDLE, S.OPEN, S.RETURN_ARMED, S.REQUEST),
                                            S.ENTRY,        before="type_number"),
    t("sign_pressed",       (S.IDLE, S.OPEN),
                                            S.ENTRY,        before="type_sign"),
    t("times_pressed",      S.ENTRY,        None,           before="take_quantity"),
    t("section_pressed",    S.ENTRY,        None,           before="take_section"),
    t("entry_dropped",      S.ENTRY,        S.REQUEST,      conditions="has_request"),
    t("entry_dropped",      S.ENTRY,        S.OPEN,         conditions="has_receipt"),
    t("entry_dropped",      S.ENTRY,        S.RETURN_ARMED, conditions="is_returning"),
    t("entry_dropped",      S.ENTRY,        S.IDLE),

    # С [D-42]
    t("clear_pressed",      (S.REQUEST, S.ENTRY),
                                            S.OPEN,         conditions=["has_request", "has_receipt"],  before="cancel_request"),
    t("clear_pressed",      (S.REQUEST, S.ENTRY),
                                            S.RETURN_ARMED, conditions=["has_request", "is_returning"], before="cancel_request"),
    t("clear_pressed",      (S.REQUEST, S.ENTRY),
                                            S.IDLE,         conditions="has_request",                   before="cancel_request"),
    t("clear_pressed",      S.ENTRY,        S.OPEN,         conditions="has_receipt"),
    t("clear_pressed",      S.ENTRY,        S.RETURN_ARMED, conditions="is_returning"),
    t("clear_pressed",      S.ENTRY,        S.IDLE),
    t("clear_pressed",      S.IDLE,         None),
    t("clear_pressed",      S.OPEN,         None,           before="drop_payments"),
    t("clear_pressed",      S.RETURN_ARMED, S.IDLE,         before="disarm_return"),
    t("clear_pressed",      (S.ANNUL_ARMED, S.ANNUL_SCAN),
                                            S.OPEN),
    t("clear_pressed",      S.CLOSE_WAIT,   S.OPEN,         before="give_up_permission"),
    t("clear_pressed",      S.REFUSED,      S.OPEN,         before="forget_payment"),
    t("clear_pressed",      S.QR_PRINT,     None,           conditions="may_give_up_identifier",        before="give_up_identifier"),

    # Selling, cash in and out
    t("sale_requested",     (S.IDLE, S.RETURN_ARMED, S.OPEN),
                                            S.REQUEST),
    t("item_pressed",       S.ENTRY,        S.OPEN,         conditions="is_adjusting",                  before="adjust_by_sum"),
    t("item_pressed",       S.ENTRY,        S.OPEN,         before="register_item"),
    t("item_pressed",       S.REQUEST,      S.OPEN,         conditions="has_price",                     before="register_item"),
    t("percent_pressed",    S.ENTRY,        S.OPEN,         conditions="is_adjusting",                  before="adjust_by_per_cent"),
    t("times_pressed",      S.OPEN,         None,           before="repeat_item"),
    t("times_pressed",      S.REQUEST,      None,           conditions="is_alcohol_requested",          before="refuse_quantity"),
    t("total_pressed",      S.ENTRY,        S.IDLE,         conditions="is_moving_cash",                before="move_cash"),
    t("return_pressed",     S.IDLE,         S.RETURN_ARMED, before="arm_return"),

    # Annulling
    t("annul_pressed",      (S.OPEN, S.REFUSED),
                                            S.ANNUL_ARMED),
    t("item_pressed",       S.ANNUL_ARMED,  S.ANNUL_SCAN,   conditions="last_is_alcohol",               before="check_operation"),
    t("item_pressed",       S.ANNUL_ARMED,  S.OPEN,         before="annul_last"),
    t("annul_scanned",      S.ANNUL_SCAN,   S.OPEN,         before="annul_last"),
    t("total_pressed",      S.ANNUL_ARMED,  S.IDLE,         before="annul_whole"),
    t("receipt_annulled",   S.OPEN,         S.IDLE,         before="annul_whole"),

    # Closing
    t("total_pressed",      S.OPEN,         S.CLOSE_WAIT,   conditions="has_alcohol",                   before=["pay_in_cash", "ask_permission"]),
    t("total_pressed",      S.OPEN,         S.IDLE,         before=["pay_in_cash", "close_receipt"]),
    t("total_pressed",      S.ENTRY,        S.CLOSE_WAIT,   conditions=["is_paying", "has_alcohol"],    before=["pay_in_cash", "ask_permission"]),
    t("total_pressed",      S.ENTRY,        S.IDLE,         conditions="is_paying",                     before=["pay_in_cash", "close_receipt"]),
    t("credit_pressed",     S.OPEN,         S.CLOSE_WAIT,   conditions="has_alcohol",                   before=["pay_by_credit", "ask_permission"]),
    t("credit_pressed",     S.OPEN,         S.IDLE,         before=["pay_by_credit", "close_receipt"]),
    t("credit_pressed",     S.ENTRY,        S.OPEN,         conditions=["is_paying", "is_part"],        before="pay_part"),
    t("credit_pressed",     S.ENTRY,        S.CLOSE_WAIT,   conditions=["is_paying", "has_alcohol"],    before=["pay_by_credit", "ask_permission"]),
    t("credit_pressed",     S.ENTRY,        S.IDLE,         conditions="is_paying",                     before=["pay_by_credit", "close_receipt"]),
    t("total_pressed",      S.REFUSED,      S.CLOSE_WAIT,   before=["check_payment", "ask_permission"]),
    t("credit_pressed",     S.REFUSED,      S.CLOSE_WAIT,   before=["check_payment", "ask_permission"]),
    t("receipt_resumed",    S.REFUSED,      S.OPEN,         before="drop_payments"),
    t("close_refused",      S.CLOSE_WAIT,   S.REFUSED),
    t("close_allowed",      S.CLOSE_WAIT,   S.QR_PRINT,     after="print_total"),
    t("receipt_done",       S.QR_PRINT,     S.IDLE,         before="finish_receipt"),
]
# fmt: on

"""Bringing the till back to idle by lawful means only: the operator's keys and the master's answers."""

from tests.acceptance.master import Master
from tests.acceptance.tables import no_more
from tests.acceptance.till_process import TillProcess

KEYS = {
    "entry": "С",
    "request": "С",
    "return_armed": "С",
    "annul_armed": "С",
    "annul_scan": "С",
    "close_wait": "С",
    "refused": "С",
    "open": "АН ИТ",
}


def settle(till: TillProcess, master: Master) -> None:
    """Idle, nothing queued, nothing unread on the line; AssertionError when the till cannot be brought there."""
    for _ in range(10):
        snapshot = till.snapshot()
        assert snapshot["options"]["27"] == 1
        if not snapshot["paper"]:
            till.paper(True)
        elif snapshot["state"] == "off":
            till.power(True)
        elif snapshot["error"] is not None:
            till.press("С")
        elif snapshot["state"] == "menu":
            to_cash_mode(till)
        elif snapshot["state"] in KEYS:
            till.press(KEYS[snapshot["state"]])
        elif drain(till, master):
            return
        elif till.state == "qr_print":
            # Its request was taken and never answered: power restored, it asks again from block 1.
            till.power(False)
            till.power(True)
    raise AssertionError(f"the till stays in {till.state}")


def to_cash_mode(till: TillProcess) -> None:
    """Round the menu to its first item, then the password."""
    for _ in range(4):
        if till.indicator != "?":
            till.press("РЕЖ")
    till.press("ИТ 1 0 0 0 0 0")


def drain(till: TillProcess, master: Master) -> bool:
    """Takes what is queued, ends an identifier; True when the till is idle with nothing left."""
    master.synchronise()
    while (packet := master.ask("RDY")).kind == "DATA":
        message = master.take(packet)
        if message[1] == 3:
            master.answer(no_more(int.from_bytes(message[6:8], "little")))
    assert packet.kind == "RDY", packet
    return till.state == "idle"

"""The messages of the tasks, byte for byte, and when the till would refuse them."""

import pytest

from kkm_sim.messages.codes import CodeType, Function, ModeFlags, ShownMessage
from kkm_sim.smartbox.basket import Article
from kkm_sim.smartbox.tasks import (
    AnnulReceipt,
    Ping,
    Sell,
    Show,
    Task,
    function_of,
    is_checked,
    obstacle_to,
    request_of,
)

EAN = "4607012350015"
READY = ModeFlags.CASH_MODE | ModeFlags.SMARTBOX_ON
BOTTLE = Sell(Article(CodeType.PDF, EAN, "A" * 68))
SALE_TAIL = bytes.fromhex("00 00  15 00 35 12 70 60 04 00 00  e8 03 00 00 00  00 00 00 00 00") + bytes(34)
"""A sale request of one piece from the item code on; the SmartBox leaves price, name, section and tax to the till."""


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (Ping(told=True), "03 05"),
        (Show(ShownMessage.SCAN_EAN, prompt=True), "03 06 01"),
        (Show(ShownMessage.SCAN_PDF, prompt=True), "03 06 02"),
        (Show(ShownMessage.REPEAT, prompt=False), "03 06 03"),
        (AnnulReceipt(), "03 07"),
    ],
)
def test_a_message_answered_at_once(task: Task, message: str) -> None:
    assert request_of(task, duplicate=False) == (bytes.fromhex(message), True)


@pytest.mark.parametrize(
    ("code_type", "duplicate", "sent"),
    [(CodeType.EAN, False, 0), (CodeType.PDF, False, 1), (CodeType.PDF, True, 2), (CodeType.BEER, False, 3)],
)
def test_a_sale_goes_without_hs_because_the_operator_takes_his_time(
    code_type: CodeType, duplicate: bool, sent: int
) -> None:
    request, hs = request_of(Sell(Article(code_type, EAN)), duplicate)
    assert request == bytes((3, 1, 0, sent)) + SALE_TAIL
    assert len(request) == 59
    assert not hs


@pytest.mark.parametrize(
    ("task", "function", "checked"),
    [
        (Ping(told=False), Function.PING, False),
        (Show(ShownMessage.REPEAT, prompt=True), Function.SHOW_MESSAGE, False),
        (BOTTLE, Function.SALE, True),
        (AnnulReceipt(), Function.ANNUL_RECEIPT, True),
    ],
)
def test_ping_comes_before_receipt_operations_only(task: Task, function: Function, checked: bool) -> None:
    assert function_of(task) is function
    assert is_checked(task) is checked


@pytest.mark.parametrize("more", [ModeFlags(0), ModeFlags.FISCAL, ModeFlags.SMARTBOX_SERVED, ModeFlags.POWER_LOST])
def test_nothing_stands_in_the_way(more: ModeFlags) -> None:
    assert obstacle_to(READY | more) is None


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (ModeFlags(0), "cash mode"),
        (ModeFlags.SMARTBOX_ON, "cash mode"),
        (ModeFlags.CASH_MODE, "option 27"),
        (ModeFlags.CASH_MODE | ModeFlags.REQUEST_OPEN, "option 27"),
        (READY | ModeFlags.REQUEST_OPEN, "request open"),
    ],
)
def test_the_first_obstacle_is_named(flags: ModeFlags, reason: str) -> None:
    assert reason in str(obstacle_to(flags))

"""What the operator sees in each state (till, section 2) [D-21]."""

from kkm_sim.messages.codes import ResultCode
from kkm_sim.till.actions import Actions
from kkm_sim.till.amounts import roubles
from kkm_sim.till.chart import TillState
from kkm_sim.till.indicator import BLANK, Indicator, show
from kkm_sim.till.keyboard import Key

FIXED = {
    TillState.OFF: BLANK,
    TillState.RETURN_ARMED: show("ВЗ", "0.00"),
    TillState.ANNUL_ARMED: show("АН"),
    TillState.ANNUL_SCAN: show("SCAn"),
    TillState.CLOSE_WAIT: show("ЗАПРОС"),
}
WAITING = {TillState.REFUSED: show("ОtКАЗАНО"), TillState.QR_PRINT: show("ПЕЧАtЬ")}
NO_ANSWER = show("НЕt СВ")
REQUEST_MARK = "А"


def displayed(actions: Actions, error: ResultCode | None) -> Indicator:
    """An error lies over what was last said, and that over the state's own text."""
    state, entry = actions.state, actions.entry
    if error is not None:
        return show(f"Err {error.value}")
    if actions.notice is not None:
        return actions.notice
    if state in FIXED:
        return FIXED[state]
    if state in WAITING:
        return NO_ANSWER if actions.wait.unanswered else WAITING[state]
    if state is TillState.MENU:
        return actions.menu.indicator
    if actions.has_request():
        price = actions.asked_price if state is TillState.REQUEST else 0
        return show(REQUEST_MARK, entry.number or roubles(price))
    return show("-" if entry.sign is Key.MINUS else "", entry.number or roubles(0))

"""A program that sells a bottle by the names of `kkm_sim.remote`, wherever its till is, and the operator there."""

import threading
from typing import Protocol

from kkm_sim.messages.records import CloseRequest, SaleAnswer
from kkm_sim.remote import BlockingTill, Identifier, qr_code
from kkm_sim.remote.client.handlers import Handlers
from kkm_sim.till.chart import TillState
from tests.bottles import EAN
from tests.waiting import PATIENCE_S

URL = "http://check.egais.ru?id=cf1b1096-3cbc-11e7-b3c1-9b018b2ba3f7"
CLOSED = [("close", 15000), ("identifier", 1, 1), ("identifier", 1, 2), ("done", 0)]
"""What a program hears of a receipt from ИТ on."""


class Operated(Protocol):
    """A till and its operator."""

    def press(self, keys: str) -> None: ...

    def waits_for_state(self, state: TillState) -> None: ...


class Shop:
    """A program. `identifier`: what its receipts get, in one block."""

    def __init__(self, identifier: Identifier | str | None = None) -> None:
        self.heard: list[tuple[object, ...]] = []
        self.sold = threading.Event()
        self.done = threading.Event()
        self._block = identifier or qr_code(URL, "L")

    @property
    def handlers(self) -> Handlers:
        return {
            "on_close": self._close,
            "on_identifier": self._identifier,
            "on_done": self._done,
            "on_sale_answer": self._sale_answer,
        }

    def sells(self, access: BlockingTill, till: Operated) -> SaleAnswer:
        """A bottle, and the operator does his part."""
        operator = threading.Thread(target=registers, args=(till,))
        operator.start()
        try:
            return access.sale(code_type=1, barcode=int(EAN))
        finally:
            operator.join()

    def closes(self, till: Operated) -> None:
        """The receipt, to its end."""
        till.press("ИТ ИТ")
        assert self.done.wait(PATIENCE_S)

    def _close(self, request: CloseRequest) -> int:
        self.heard.append(("close", request.total))
        return 0

    def _identifier(self, receipt: int, block: int) -> Identifier | str | None:
        self.heard.append(("identifier", receipt, block))
        return self._block if block == 1 else None

    def _done(self, result: int) -> None:
        self.heard.append(("done", result))
        self.done.set()

    def _sale_answer(self, answer: SaleAnswer) -> None:
        self.heard.append(("sold", answer.sum))
        self.sold.set()


def registers(till: Operated) -> None:
    """What the operator does with a bottle."""
    till.waits_for_state(TillState.REQUEST)
    till.press("1 5 0 ПИ")

import asyncio
from typing import Any

import pytest

from kkm_sim.messages.codes import CodeType, Operation, ShownMessage
from kkm_sim.remote.client.held_till import HeldTill
from kkm_sim.remote.protocol.errors import RemoteError
from tests.remote.protocol.examples import SOLD, STATUS


class Echo(HeldTill):
    """Answers each call with what it was given; keeps the calls."""

    def __init__(self, answer: object = None) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.closed = 0
        self._answer = answer

    async def close(self) -> None:
        self.closed += 1

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        self.calls.append((method, params))
        return self._answer


def test_what_is_called() -> None:
    till = Echo()
    asyncio.run(till.message(ShownMessage.REPEAT))
    asyncio.run(till.annul())
    assert till.calls == [("message", {"code": 3}), ("annul", {})]


def test_sale() -> None:
    till = Echo(SOLD)
    sold = asyncio.run(till.sale(CodeType.BEER, 8, operation=Operation.RETURN, name="ПИВО", price=5))
    assert sold.barcode == 4600000000008
    params = {"code_type": 3, "barcode": 8, "operation": 1, "name": "ПИВО", "price": 5}
    assert till.calls == [("sale", params)]


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"barcode": 10**18}, "barcode"), ({"name": "ш" * 33}, "name"), ({"name": "日"}, "Windows-1251")],
)
def test_a_sale_that_cannot_be(fields: dict[str, Any], told: str) -> None:
    till = Echo(SOLD)
    with pytest.raises(ValueError, match=told):
        asyncio.run(till.sale(**fields))
    assert till.calls == []


def test_a_field_that_no_sale_has() -> None:
    till = Echo(SOLD)
    with pytest.raises(TypeError, match="prise"):
        asyncio.run(till.sale(prise=100))  # type: ignore[call-arg]
    assert till.calls == []


def test_an_answer_that_is_none() -> None:
    with pytest.raises(RemoteError, match="another version"):
        asyncio.run(Echo([]).ping())
    assert asyncio.run(Echo(STATUS).ping()).shift == 2


def test_it_is_let_go_of() -> None:
    async def holds() -> Echo:
        async with Echo() as till:
            assert till.closed == 0
        return till

    assert asyncio.run(holds()).closed == 1

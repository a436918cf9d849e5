from typing import Any

from kkm_sim.control.snapshot import ERROR_TEXTS, KINDS
from kkm_sim.messages.codes import Operation, ResultCode
from tests.control.support import Api

BLANK = {"char": " ", "point": False, "segments": ""}
ZERO = {"char": "0", "point": False, "segments": "abcdef"}
ZERO_POINT = {"char": "0", "point": True, "segments": "abcdef"}

# Sale request of a bottle: RDY, then DATA 1 HS=0 with 03 01 00 01 and zeros.
RDY = "7f 02 01 c5 3a"
BOTTLE = "7f 02 01 81 7e 00 03 01 00 01" + "00" * 55 + "7f 03 fb"


def test_a_fresh_till(api: Api) -> None:
    assert api("GET", "/v1/till").json() == {
        "state": "idle",
        "indicator": {"text": "0.00", "cells": [BLANK] * 7 + [ZERO_POINT, ZERO, ZERO]},
        "receipt": None,
        "shift": 1,
        "address": 1,
        "options": {"27": 1, "29": 3, "30": 1},
        "clock": "2016-07-01T12:00:00",
        "paper": True,
        "cash": 0,
        "request": False,
        "power": True,
        "printing": False,
        "error": None,
    }


def test_an_open_receipt(api: Api) -> None:
    api("POST", "/v1/keys", {"keys": "150 ПИ − 10 ПИ"})
    api.say(RDY, BOTTLE)
    api("POST", "/v1/keys", {"keys": "99.50 ПИ"})
    answer = api("POST", "/v1/keys", {"keys": "2 Х 10 ПИ АН ПИ"}).json()
    item = {"alcohol": False, "code_type": None, "name": "ТОВАР", "quantity": 1000, "section": 1, "tax": 1}
    assert answer["state"] == "open"
    assert answer["receipt"] == {
        "number": 1,
        "kind": "sale",
        "total": 23950,
        "discounts": 1000,
        "markups": 0,
        "taxes": [3654, 0, 0, 0, 0],  # 140.00 and 99.50, 18 per cent within: 21.36 + 15.18
        "operations": [
            {"number": 1, "kind": "sale", **item, "price": 15000, "sum": 15000, "annulled": False},
            {
                **item,
                "number": 2,
                "kind": "sale",
                "alcohol": True,
                "code_type": 1,
                "price": 9950,
                "sum": 9950,
                "annulled": False,
            },
            {**item, "number": 3, "kind": "sale", "quantity": 2000, "price": 1000, "sum": 2000, "annulled": True},
            {**item, "number": 4, "kind": "annul", "quantity": 2000, "price": 1000, "sum": 2000, "annulled": False},
        ],
    }


def test_a_request_and_an_error(api: Api) -> None:
    api.say(RDY, BOTTLE)
    seen = api("GET", "/v1/till").json()
    assert (seen["state"], seen["request"], seen["indicator"]["text"]) == ("request", True, "А      0.00")
    seen = api("POST", "/v1/keys", {"keys": "X"}).json()
    assert seen["error"] == {"code": 11, "text": "piece goods: no quantity here"}
    assert seen["indicator"]["text"] == "Err 11"


def test_a_return_counts_its_cash(api: Api) -> None:
    api("POST", "/v1/keys", {"keys": "+ 500 ИТ"})
    receipt: dict[str, Any] = api("POST", "/v1/keys", {"keys": "ВЗ 120 ПИ"}).json()["receipt"]
    assert (receipt["kind"], receipt["operations"][0]["kind"]) == ("return", "return")
    assert api("POST", "/v1/keys", {"keys": "ИТ"}).json()["cash"] == 38000


def test_every_code_has_its_word() -> None:
    assert ERROR_TEXTS.keys() == set(ResultCode)
    assert KINDS.keys() == set(Operation)

from datetime import datetime, timedelta, timezone

import pytest

from kkm_sim.remote.protocol.errors import Declined, DeviceBusy, LineDataError, NoAnswer, RemoteError, error_of
from kkm_sim.remote.protocol.jsonrpc import Failure


def test_busy() -> None:
    data = {"holder": "касса 2", "since": "2026-11-21T15:00:00+03:00"}
    error = error_of(Failure(None, -32001, "device busy", data))
    assert isinstance(error, DeviceBusy)
    assert error.holder == "касса 2"
    assert error.since == datetime(2026, 11, 21, 15, tzinfo=timezone(timedelta(hours=3)))
    assert str(error).startswith("the device is busy: касса 2 holds it since 2026-11-21 15:00:00; try again")


def test_busy_without_details() -> None:
    error = error_of(Failure(None, -32001, "device busy"))
    assert isinstance(error, DeviceBusy)
    assert error.since is None
    assert str(error).startswith("the device is busy: somebody holds it; ")


def test_declined() -> None:
    error = error_of(Failure(1, -32004, "no", {"result": 27}))
    assert isinstance(error, Declined)
    assert error.result == 27
    assert str(error) == "the till refuses: result 27, rejected"


def test_of_the_line() -> None:
    assert type(error_of(Failure(1, -32002, "no answer from the till"))) is NoAnswer
    assert type(error_of(Failure(1, -32003, "line data error"))) is LineDataError


def test_why_there_is_no_answer() -> None:
    error = error_of(Failure(1, -32002, "no answer from the till", {"reason": "port_gone"}))
    assert isinstance(error, NoAnswer)
    assert (error.reason, error.data) == ("port_gone", {"reason": "port_gone"})
    assert str(error) == "no answer from the till: its line is not there: is the cable plugged in beside the server?"
    newer = error_of(Failure(1, -32002, "no answer from the till", {"reason": "asleep"}))
    assert isinstance(newer, NoAnswer)
    assert newer.reason == "asleep"


@pytest.mark.parametrize("reason", ["port_gone", "not_there", "silent", "forgotten"])
def test_at_a_port_of_this_program_there_is_no_server(reason: str) -> None:
    assert "server" not in str(NoAnswer(reason, here=True))
    assert "server" not in str(LineDataError(here=True))


def test_the_rest_is_in_the_servers_words() -> None:
    error = error_of(Failure(1, -32602, 'sale: "barcode" is required', {"more": 1}))
    assert type(error) is RemoteError
    assert (error.code, error.data) == (-32602, {"more": 1})
    assert str(error) == 'the server says: sale: "barcode" is required'


def test_a_refusal_without_its_result_is_no_declined() -> None:
    assert type(error_of(Failure(1, -32004, "no", {"result": "27"}))) is RemoteError

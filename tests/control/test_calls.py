from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from kkm_sim.messages.codes import CodeType
from kkm_sim.render.indicator_svg import indicator_svg
from kkm_sim.render.tape_png import tape_png
from kkm_sim.render.tape_svg import tape_svg
from kkm_sim.render.text import tape_text
from kkm_sim.till.indicator import show
from kkm_sim.till.requests import SaleRequest
from kkm_sim.till.tape import TapeEntry
from tests.control.conftest import AT_ONCE, MakeApi
from tests.control.support import Api, problem

RDY = "7f 02 01 c5 3a"
PING = "7f 02 01 91 6e 00 03 05 7f 03 f8"
BAD_VECTOR = "7f 02 01 91 6e 00 04 05 7f 03 f7"
FAULTLESS: dict[str, list[object]] = {"faults": [], "why": []}


@pytest.mark.parametrize("keys", ["1 5 0 ПИ ИТ", "150 pi it", ["1", "5", "0", "ПИ", "ИТ"], ["150 ПИ", "IT"]])
def test_keys_in_order(api: Api, keys: object) -> None:
    seen = api("POST", "/v1/keys", {"keys": keys}).json()
    assert (seen["state"], seen["receipt"], seen["cash"]) == ("idle", None, 15000)


def test_an_unknown_key_presses_none(api: Api) -> None:
    sentence = problem(api("POST", "/v1/keys", {"keys": "1 5 0 ПИ ФУ"}), 422)
    assert 'There is no key "ФУ"' in sentence
    assert "ПИ ИТ ВЗ" in sentence
    assert "PI IT VZ" in sentence
    assert api("GET", "/v1/till").json()["state"] == "idle"


def test_too_many_keys_press_none(api: Api) -> None:
    problem(api("POST", "/v1/keys", {"keys": "1" * 1001}), 422)
    assert api("GET", "/v1/till").json()["state"] == "idle"


def test_the_tape_as_entries(api: Api) -> None:
    api("POST", "/v1/keys", {"keys": "150 ПИ ИТ"})
    entries = api("GET", "/v1/tape").json()["entries"]
    assert entries[0] == {"n": 1, "kind": "text", "text": "ООО РОМАШКА"}
    assert entries[-1] == {"n": len(entries), "kind": "cut"}
    assert api("GET", f"/v1/tape?since={len(entries) - 1}").json() == {"entries": entries[-1:]}
    assert api("GET", "/v1/tape?format=json&since=999").json() == {"entries": []}


def test_the_tape_as_text(api: Api) -> None:
    api("POST", "/v1/keys", {"keys": "150 ПИ ИТ"})
    answer = api("GET", "/v1/tape?format=text")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines()[0].strip() == "ООО РОМАШКА"


@pytest.mark.parametrize(
    ("output", "render"),
    [
        ("text", lambda entries: tape_text(entries).encode()),
        ("png", tape_png),
        ("svg", lambda entries: tape_svg(entries).encode()),
    ],
)
def test_the_tape_as_a_file(api: Api, output: str, render: Callable[[Sequence[TapeEntry]], bytes]) -> None:
    assert api("GET", f"/v1/tape?format={output}").content == render([])
    api("POST", "/v1/keys", {"keys": "150 ПИ ИТ"})
    printed = api.simulator.till(None).till.tape.entries
    assert api("GET", f"/v1/tape?format={output}").content == render(printed)
    assert api("GET", f"/v1/tape?format={output}&since=2").content == render(printed[2:])


def test_the_indicator(api: Api) -> None:
    api("POST", "/v1/keys", {"keys": "1 5 0"})
    seen = api("GET", "/v1/indicator").json()
    assert seen == api("GET", "/v1/till").json()["indicator"]
    assert seen["text"] == "150"


def test_the_indicator_as_a_picture(api: Api) -> None:
    api("POST", "/v1/keys", {"keys": "1 5 0"})
    assert api("GET", "/v1/indicator?format=svg").text == indicator_svg(show(right="150"))


def test_findings(api: Api) -> None:
    assert api("GET", "/v1/findings").json() == {"findings": []}
    api.say(RDY, BAD_VECTOR)
    (finding,) = api("GET", "/v1/findings").json()["findings"]
    assert finding.pop("at") > 0
    assert finding == {
        "n": 1,
        "code": "bad-vector",
        "severity": "error",
        "message": "the vector is not 3",
        "why": [],
        "section": "Форматы данных",
        "bytes": "0405",
    }
    answer = api("DELETE", "/v1/findings")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api("GET", "/v1/findings").json() == {"findings": []}


def test_the_wire(api: Api) -> None:
    api.say(RDY, PING)
    packets = api("GET", "/v1/wire").json()["packets"]
    moments = [packet.pop("at") for packet in packets]
    assert moments == sorted(moments)
    line = {"address": 1, "hs": False}
    assert packets[0] == line | {
        "n": 1,
        "direction": "to_till",
        "packet": "RDY",
        "kind": "control",
        "code": 5,
        "bytes": "7f0201c53a",
    }
    assert packets[1]["bytes"] == "7f0201e51a"
    assert packets[1]["direction"] == "to_master"
    assert packets[2] == line | {
        "n": 3,
        "direction": "to_till",
        "packet": "DATA 1 HS=1 [2]",
        "kind": "data",
        "hs": True,
        "number": 1,
        "data": "0305",
        "message": {"function": 5, "name": "PingRequest", "fields": {"vector": 3, "function": 5}, **FAULTLESS},
        "bytes": "7f0201916e0003057f03f8",
    }
    assert packets[3]["packet"] == "ACK"
    answer = packets[4]["message"]
    assert answer["name"] == "PingAnswer"
    assert answer["fields"]["moment"] == "2016-07-01T12:00:00"
    assert [packet["n"] for packet in api("GET", "/v1/wire?since=3").json()["packets"]] == [4, 5]


def test_options(api: Api) -> None:
    assert api("GET", "/v1/options/29").json() == {"value": 3}
    answer = api("PUT", "/v1/options/29", {"value": 2})
    assert (answer.status_code, answer.json()) == (200, {"value": 2})
    assert api("GET", "/v1/till").json()["options"] == {"27": 1, "29": 2, "30": 1}
    assert api.simulator.baud == 38400


def test_a_new_address_acts_at_once(api: Api) -> None:
    api("PUT", "/v1/options/30", {"value": 12})
    assert api("GET", "/v1/till?till=12").json()["address"] == 12
    assert "12" in problem(api("GET", "/v1/till?till=1"), 404)


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_unknown_option(api: Api, method: str) -> None:
    body = {"value": 1} if method == "PUT" else None
    assert problem(api(method, "/v1/options/28", body), 404) == "The till has no option 28."


def test_a_value_that_the_option_does_not_take(api: Api) -> None:
    assert problem(api("PUT", "/v1/options/29", {"value": 4}), 422) == "Option 29 does not take 4."


def test_no_option_changes_with_a_receipt_open(api: Api) -> None:
    api("POST", "/v1/keys", {"keys": "1 ПИ"})
    assert "receipt is open" in problem(api("PUT", "/v1/options/29", {"value": 2}), 409)
    assert api("GET", "/v1/options/29").json() == {"value": 3}


def test_option_27_is_not_switched_off_with_a_request_open(api: Api) -> None:
    till = api.simulator.till().till
    api.pump.call(lambda now: till.request_sale(SaleRequest(CodeType.PDF), now))
    assert "while a request" in problem(api("PUT", "/v1/options/27", {"value": 0}), 409)
    assert api("PUT", "/v1/options/27", {"value": 1}).json() == {"value": 1}
    api("POST", "/v1/keys", {"keys": "С"})
    assert api("PUT", "/v1/options/27", {"value": 0}).json() == {"value": 0}


def test_power(api: Api) -> None:
    api("POST", "/v1/keys", {"keys": "1 ПИ"})
    off = api("POST", "/v1/power", {"on": False}).json()
    assert (off["power"], off["state"], off["indicator"]["text"]) == (False, "off", "")
    on = api("POST", "/v1/power", {"on": True}).json()
    assert (on["power"], on["state"]) == (True, "open")


def test_paper(api: Api) -> None:
    assert api("POST", "/v1/paper", {"present": False}).json()["paper"] is False
    assert api("POST", "/v1/keys", {"keys": "1 ПИ"}).json()["error"]["code"] == 20
    assert api("POST", "/v1/paper", {"present": True}).json()["paper"] is True


def test_the_clock(api: Api) -> None:
    assert api("POST", "/v1/clock", {"now": "2016-12-31T23:59:00"}).json()["clock"] == "2016-12-31T23:59:00"
    assert api("POST", "/v1/clock", {"advance_s": 120}).json()["clock"] == "2017-01-01T00:01:00"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "The body should have exactly one of now and advance_s."),
        ({"now": "2016-07-01T12:00:00", "advance_s": 1}, "The body should have exactly one of now and advance_s."),
        ({"now": "2016-07-01T12:00:00Z"}, 'Field "now" should have no zone: the till knows only its local time.'),
        ({"now": "noon"}, 'Field "now" should be a date and time such as 2016-07-01T12:00:00.'),
        ({"now": 5}, 'Field "now" should be a date and time such as 2016-07-01T12:00:00.'),
        ({"now": "1999-07-01"}, 'Field "now" should be of the years 2000 to 2099: the till has no others.'),
        ({"advance_s": -1}, 'Field "advance_s" should be a whole number, 0 or more.'),
        ({"advance_s": 3_000_000_000}, "The till's clock ends with the year 2099."),
        ({"advance_s": 10**18}, "The till's clock ends with the year 2099."),
    ],
)
def test_a_clock_that_cannot_be_set(api: Api, body: object, sentence: str) -> None:
    assert problem(api("POST", "/v1/clock", body), 422) == sentence
    assert api("GET", "/v1/till").json()["clock"] == "2016-07-01T12:00:00"


def test_one_of_several_tills(make_api: MakeApi) -> None:
    api = make_api(replace(AT_ONCE, option_30=5), replace(AT_ONCE, option_30=7))
    api("POST", "/v1/keys?till=7", {"keys": "1 ПИ"})
    assert api("GET", "/v1/till").json()["address"] == 5
    assert [api("GET", f"/v1/till?till={n}").json()["state"] for n in (5, 7)] == ["idle", "open"]
    assert api("GET", "/v1/tape").json() == {"entries": []}
    assert api("GET", "/v1/tape?till=7").json()["entries"] != []
    assert "Address 7 is another till's" in problem(api("PUT", "/v1/options/30", {"value": 7}), 422)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "till", None),
        ("POST", "keys", {"keys": "1"}),
        ("GET", "indicator", None),
        ("GET", "tape", None),
        ("GET", "findings", None),
        ("DELETE", "findings", None),
        ("GET", "wire", None),
        ("GET", "options/29", None),
        ("PUT", "options/29", {"value": 3}),
        ("POST", "power", {"on": True}),
        ("POST", "paper", {"present": True}),
        ("POST", "clock", {"advance_s": 1}),
    ],
)
def test_an_address_nobody_has(api: Api, method: str, path: str, body: object) -> None:
    assert problem(api(method, f"/v1/{path}?till=9", body), 404) == "There is no till at address 9; there is 1."


def test_keys_that_change_the_address_go_on(api: Api) -> None:
    seen = api("POST", "/v1/keys", {"keys": "РЕЖ РЕЖ РЕЖ РЕЖ ИТ 30 ИТ 12 ИТ 29 ИТ 2 ИТ РЕЖ"}).json()
    assert (seen["address"], seen["options"]) == (12, {"27": 1, "29": 2, "30": 12})


def test_a_line_that_has_ended(api: Api) -> None:
    api.pump.stop()
    assert problem(api("GET", "/v1/till"), 503) == "The line has stopped: the simulator is ending."

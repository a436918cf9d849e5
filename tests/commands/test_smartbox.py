"""`smartbox`: each action against a till in this process, whose operator is the test."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from kkm_sim.drivers.tcp_port import TcpPort
from kkm_sim.till.chart import TillState
from tests.bottles import EAN, OTHER_PDF, PDF
from tests.commands.counter import ANSWERS, Counter
from tests.commands.program import Program, posix, run_to_end
from tests.waiting import PATIENCE_S, eventually

Start = Callable[..., Program]


@pytest.fixture
def start(counter: Counter) -> Iterator[Start]:
    """Starts a SmartBox at the counter's till."""
    programs: list[Program] = []

    def start(*arguments: str) -> Program:
        programs.append(Program("smartbox", *counter.options, *arguments))
        return programs[-1]

    yield start
    for program in programs:
        program.__exit__(None, None, None)


# Actions


def test_a_command_leaves_the_till_owed_nothing() -> None:
    """Each takes its answer to the last ACK, at the line's own pace: the next hears what is, not what was."""
    counter = Counter(paced=True)
    with counter.pump:
        assert run_to_end("smartbox", *counter.options, "ping").returncode == 0
        refused = run_to_end("smartbox", *counter.options, "annul")
        assert (refused.returncode, refused.stderr.count("27")) == (1, 1)
        assert run_to_end("smartbox", "message", "1", *counter.options).returncode == 0
        counter.press("100 ПИ")
        counter.waits_for(lambda till: not till.printing)
        done = run_to_end("smartbox", "ping", *counter.options)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[1].endswith("receipt 1: 1 operations, 0 of them alcohol, 100.00")
        # Of short gaps a busy machine may accuse anybody; what was owed and not paid is what matters here.
        assert [finding for finding in counter.findings if "3 s" in finding] == []


def test_ping(counter: Counter) -> None:
    done = run_to_end("smartbox", *counter.options, "ping")
    assert (done.returncode, done.stderr) == (0, "")
    status = "till 1234567: cash mode, SmartBox on, shift 1, receipt 0: 0 operations, 0 of them alcohol, 0.00"
    assert done.stdout.splitlines() == [ANSWERS, status]
    assert counter.findings == []


@pytest.mark.parametrize(("code", "shown"), [("1", "SCAn EAN"), ("2", "SCAn PdF")])
def test_message(counter: Counter, code: str, shown: str) -> None:
    done = run_to_end("smartbox", *counter.options, "message", code)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [ANSWERS, f"the indicator shows «{shown}»"]
    assert counter.indicator == shown


def test_annul(counter: Counter) -> None:
    counter.press("1 0 0 ПИ")
    done = run_to_end("smartbox", *counter.options, "annul")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [ANSWERS, "the till annulled its receipt"]
    assert (counter.state, counter.indicator) == (TillState.IDLE, "АННУЛИРОВА")


def test_sell_two_bottles_and_a_beer(counter: Counter, start: Start) -> None:
    box = start("--beer", "4601234567893", "sell", EAN, PDF, OTHER_PDF, EAN, "4601234567893")
    for price in ("3 5 0", "4 0 0", "5 0"):
        counter.waits_for_state(TillState.REQUEST)
        counter.press(f"{price} ПИ")
    box.waits_for("operation 3, 50.00")
    counter.press("ИТ")
    assert box.wait() == 0
    assert box.err == []
    assert box.out[-1] == "receipt 1 is printed and done"
    url = box.waits_for("receipt 1 for 800.00 may be closed").rpartition(" ")[2]
    assert f"[QR]{url}" in counter.tape
    assert counter.state is TillState.IDLE
    assert counter.findings == []


# What goes wrong


def test_annul_without_a_receipt(counter: Counter) -> None:
    done = run_to_end("smartbox", *counter.options, "annul")
    assert (done.returncode, done.stdout.splitlines()) == (1, [ANSWERS])
    assert done.stderr == "kkm-sim smartbox: the till refuses the annulment of the receipt: 27, rejected\n"


def test_a_sale_that_the_operator_cancels(counter: Counter, start: Start) -> None:
    box = start("sell", EAN, PDF)
    counter.waits_for_state(TillState.REQUEST)
    counter.press("С")
    assert box.wait() == 1
    assert box.err == ["kkm-sim smartbox: the till refuses the sale: 27, rejected"]


def test_a_till_in_its_menu_is_not_asked(counter: Counter) -> None:
    counter.press("РЕЖ")
    done = run_to_end("smartbox", *counter.options, "sell", PDF, EAN)
    assert done.returncode == 1
    # Function 6 is refused there too: the prompt for the second code comes first.
    assert done.stderr.startswith("kkm-sim smartbox: the sale is not asked: the till is not in cash mode")
    assert len(done.stderr.splitlines()) == 1


def test_a_code_that_is_none(counter: Counter) -> None:
    done = run_to_end("smartbox", *counter.options, "sell", "4600000000001")
    assert done.returncode == 1
    assert done.stderr.startswith("kkm-sim smartbox: 4600000000001 is not taken: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_sale_that_nobody_finishes(counter: Counter) -> None:
    done = run_to_end("smartbox", *counter.options, "--timeout", "1", "sell", EAN, PDF)
    assert done.returncode == 1
    assert done.stderr == (
        "kkm-sim smartbox: not finished within 1 s: the operator has not sold bottle 4600000000008 (22N00001…)\n"
    )
    assert counter.state is TillState.REQUEST


def test_no_till() -> None:
    line = TcpPort("127.0.0.1", 0)  # a line where nobody speaks
    began = time.monotonic()
    try:
        done = run_to_end("smartbox", "--port", f"socket://{line.names['tcp']}", "--set", "retries=1", "ping")
    finally:
        line.close()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kkm-sim smartbox: no answer from address 1 at 57600 baud: ")
    assert done.stderr.count("\n") == 1
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("action", [("ping",), ("sell", EAN, PDF)])
def test_no_till_is_told_so_however_short_the_time(action: tuple[str, ...]) -> None:
    line = TcpPort("127.0.0.1", 0)
    try:
        done = run_to_end("smartbox", "--port", f"socket://{line.names['tcp']}", "--timeout", "1", *action)
    finally:
        line.close()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kkm-sim smartbox: no answer from address 1 at 57600 baud: ")


def test_a_till_that_is_off_does_not_answer(counter: Counter) -> None:
    counter.act(lambda simulator, now: simulator.power(False, now))
    done = run_to_end("smartbox", *counter.options, "--timeout", "1", "annul")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kkm-sim smartbox: no answer from address 1")


@pytest.mark.parametrize("utm", ["refuses", "down"])
def test_a_sale_that_the_utm_refuses_ends_at_once_and_the_next_says_what_is_open(
    counter: Counter, start: Start, utm: str
) -> None:
    box = start("--utm", utm, "sell", EAN, PDF)
    counter.waits_for_state(TillState.REQUEST)
    counter.press("3 5 0 ПИ")
    box.waits_for("operation 1, 350.00")
    counter.press("ИТ")
    assert box.wait() == 1
    (told,) = box.err
    assert told.startswith("kkm-sim smartbox: receipt 1 may not be closed: the UTM ")
    assert told.endswith("it stays open at the till: `kkm-sim smartbox … annul` annuls it")
    counter.waits_for_state(TillState.REFUSED)
    again = run_to_end("smartbox", *counter.options, "sell", EAN, OTHER_PDF)
    assert again.returncode == 1
    assert again.stderr == (
        "kkm-sim smartbox: receipt 1 is open at the till, 350.00 with 1 bottle of another program's: "
        "close it with that program, or annul it, `kkm-sim smartbox … annul`\n"
    )
    assert run_to_end("smartbox", *counter.options, "annul").returncode == 0


def test_goods_of_the_tills_own_do_not_stand_in_the_way_of_a_sale(counter: Counter, start: Start) -> None:
    counter.press("1 0 ПИ")
    box = start("sell", EAN, PDF)
    counter.waits_for_state(TillState.REQUEST)
    counter.press("3 5 0 ПИ")
    box.waits_for("operation 2, 350.00")
    counter.press("ИТ")
    assert box.wait() == 0


# Serving


def test_serve(counter: Counter, start: Start) -> None:
    box = start("--utm", "refuses", "serve")
    box.waits_for(ANSWERS)
    box.says("ping")
    box.waits_for("till 1234567: cash mode")
    box.says("message 3")
    box.waits_for("the indicator shows «ПОВtОР»")
    box.says("message 9")
    box.waits_for("a line is a code that was scanned, or:")
    box.says(EAN)
    counter.waits_for(lambda till: till.indicator.text == "SCAn PdF")
    box.says(PDF)
    counter.waits_for_state(TillState.REQUEST)
    counter.press("3 5 0 ПИ")
    box.waits_for("operation 1, 350.00")
    counter.press("ИТ")
    box.waits_for("receipt 1 may not be closed: ")
    counter.waits_for_state(TillState.REFUSED)
    assert counter.indicator == "ОtКАЗАНО"
    box.says("annul")
    box.waits_for("the till annulled its receipt")
    box.says("beer 4601234567893")
    counter.waits_for_state(TillState.REQUEST)
    counter.press("5 0 ПИ")
    box.waits_for("operation 1, 50.00")
    box.says("utm up")
    box.says("message 1")
    counter.waits_for(lambda till: till.indicator.text == "SCAn EAN")
    box.ends_input()
    counter.press("ИТ")
    assert box.wait() == 0
    assert box.out[-1] == "receipt 2 is printed and done"
    assert box.err == []
    assert counter.findings == []


def test_serve_takes_bytes_that_are_no_text_for_a_bad_code(start: Start) -> None:
    box = start("serve")
    box.waits_for(ANSWERS)
    assert box.process.stdin is not None
    os.write(box.process.stdin.fileno(), b"\xff\xfe\n")
    box.waits_for("is not taken")
    box.ends_input()
    assert box.wait() == 0
    assert box.err == []


def test_serving_to_the_end_of_stdin_leaves_the_till_owed_nothing() -> None:
    counter = Counter(paced=True)
    with counter.pump:
        served = run_to_end("smartbox", *counter.options, "serve", stdin="ping\n")
        assert (served.returncode, served.stderr) == (0, "")
        assert "receipt 0: 0 operations" in served.stdout
        counter.press("100 ПИ")
        counter.waits_for(lambda till: not till.printing)
        # What the till was not acknowledged it says again.
        done = run_to_end("smartbox", "ping", *counter.options)
        assert done.stdout.splitlines()[1].endswith("receipt 1: 1 operations, 0 of them alcohol, 100.00")


def test_serving_ends_with_stdin_where_a_bottle_is_half_scanned(counter: Counter, start: Start) -> None:
    box = start("serve")
    box.waits_for(ANSWERS)
    box.says(EAN)
    box.ends_input()
    assert box.wait() == 1
    assert box.err == ["kkm-sim smartbox: a second code is missing"]
    assert counter.indicator == "SCAn PdF"


def test_serving_ends_after_stdin_where_the_receipt_is_annulled_at_the_till(counter: Counter, start: Start) -> None:
    box = start("serve")
    box.waits_for(ANSWERS)
    box.says("beer 4601234567893")
    counter.waits_for_state(TillState.REQUEST)
    counter.press("5 0 ПИ")
    box.waits_for("operation 1, 50.00")
    box.ends_input()
    counter.press("АН ИТ")
    assert box.wait() == 0
    assert box.out[-1] == "receipt 1 was annulled at the till: the basket with its 1 items is dropped"
    assert (box.err, counter.findings) == ([], [])


def test_serve_with_a_slow_utm(counter: Counter, start: Start) -> None:
    box = start("serve")
    box.waits_for(ANSWERS)
    box.says("beer 4601234567893")
    counter.waits_for_state(TillState.REQUEST)
    counter.press("5 0 ПИ")
    box.waits_for("operation 1, 50.00")
    box.says("utm slow 4")
    box.says("help")
    box.waits_for("a line is a code that was scanned, or:")  # by then it is slow
    counter.press("ИТ")
    box.waits_for("receipt 1 is with the UTM for 4 s")
    box.ends_input()
    assert box.wait() == 0
    assert box.out[-1] == "receipt 1 is printed and done"
    assert counter.findings == []  # 4 s without WAIT would be too long


@posix
def test_serve_with_the_cable_out() -> None:
    counter = Counter(paced=True, pty=True)
    with counter.pump, Program("smartbox", *counter.options, "--json", "--set", "retries=1", "serve") as box:
        box.waits_for('"till-found"')
        box.says("cable out")
        box.says("message 1")
        box.waits_for('"till-lost"')
        box.waits_for('"exchange-failed"')
        before = len(box.out)
        assert counter.indicator != "SCAn EAN"
        box.says("cable in")
        eventually(lambda: any('"till-found"' in line for line in box.out[before:]), PATIENCE_S)
        box.says("beer 4601234567893")
        counter.waits_for_state(TillState.REQUEST)
        counter.press("5 0 ПИ")
        box.waits_for('"item-registered"')
        counter.press("ИТ")
        box.waits_for('"receipt-done"')
        box.says("quit")
        assert box.wait() == 0
        assert box.err == []


# JSON


def test_json_of_an_action_that_ends_well(counter: Counter) -> None:
    done = run_to_end("smartbox", "--json", *counter.options, "message", "3", environment={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        '{"event": "till-found", "text": "the till answers"}',
        '{"event": "message-shown", "text": "the indicator shows «ПОВtОР»", "message": 3}',
    ]


def test_json_of_an_action_that_fails(counter: Counter) -> None:
    """The event is told as any other; a person at stderr reads why, as without --json."""
    done = run_to_end("smartbox", *counter.options, "annul", "--json")
    assert done.returncode == 1
    assert done.stderr == "kkm-sim smartbox: the till refuses the annulment of the receipt: 27, rejected\n"
    assert [json.loads(line)["event"] for line in done.stdout.splitlines()] == ["till-found", "request-refused"]


@posix
def test_json_of_an_argument_that_is_no_text(counter: Counter) -> None:
    done = run_to_end("smartbox", *counter.options, "--json", "sell", "\udcff")
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[-1])["code"] == "\udcff"


def test_json_of_serving(start: Start) -> None:
    box = start("-vv", "--json", "serve")
    box.waits_for("{")
    box.says("help")
    box.says(EAN)
    box.waits_for('"message-shown"')
    box.says("quit")
    assert box.wait() == 0
    told = [json.loads(line) for line in box.out]  # the packets are in the log alone
    assert [event["event"] for event in told] == ["till-found", "usage", "code-scanned", "message-shown"]
    assert told[1]["text"].startswith("a line is a code that was scanned, or: ")
    assert any("SYN" in line for line in box.err)


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_when_told(start: Start, number: int) -> None:
    box = start("serve")
    box.waits_for(ANSWERS)
    assert box.stop(number) == 0
    assert box.err == []


@posix
def test_an_action_that_is_interrupted(counter: Counter, start: Start) -> None:
    box = start("sell", EAN, PDF)
    counter.waits_for_state(TillState.REQUEST)
    assert box.stop(signal.SIGINT) == 130
    assert box.err == []


def test_the_log_has_the_packets(start: Start) -> None:
    box = start("-vv", "ping")
    assert box.wait() == 0
    assert [line for line in box.err if line.startswith("kkm-sim: > SYN") and line.endswith("7f 02 01 cc 33")] != []
    assert len(box.out) == 2

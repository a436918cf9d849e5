"""What is recorded replays at once, whatever was done; what it reads like is typed out in `test_transcript`."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.link.packets import ControlCode
from kkm_sim.messages.codes import CodeType
from kkm_sim.messages.records import PingRequest, SaleRequest
from kkm_sim.scenario.record.recorder import Recorder
from kkm_sim.scenario.report.outcome import Outcome
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.smartbox import Utm
from kkm_sim.virtual.bench import DEFAULT_WALL
from tests.scenario.recorded import EAN, PDF, RecordedBench, RecordedWire, played, steps_of

PING = PingRequest().encode()
SALE = SaleRequest(code_type=CodeType.PDF).encode()


def sold(bench: RecordedBench) -> None:
    """A bottle on the receipt."""
    bench.run(SECOND)
    bench.scan(EAN)
    bench.run(SECOND)
    bench.scan(PDF)
    bench.run(2 * SECOND)
    bench.press("1 5 0 ПИ")
    bench.run(4 * SECOND)


def passes(outcome: Outcome) -> bool:
    assert outcome.failure is None
    return outcome.passed


def test_sale_close_and_identifier(tmp_path: Path) -> None:
    bench = RecordedBench()
    sold(bench)
    bench.press("2 0 0 ИТ")
    bench.run(30 * SECOND)
    text = bench.written()
    assert passes(played(text, tmp_path))
    verbs = [line[4:].split(":")[0] for line in steps_of(text).splitlines() if line.startswith("  - ")]
    assert verbs[-11:] == [
        *("sale", "keys", "indicator", "close", "indicator", "identifier", "identifier", "identifier"),
        *("done", "indicator", "tape"),
    ]
    assert "qr: " in text
    assert bench.receipts_done == 1


def test_the_plain_form_replays_too(tmp_path: Path) -> None:
    bench = RecordedBench()
    sold(bench)
    bench.press("ИТ")
    bench.run(30 * SECOND)
    bench.written()
    assert passes(played(bench.recording.transcript.plain(), tmp_path))


@pytest.mark.parametrize("paced", [True, False])
def test_cancelled_with_c(paced: bool, tmp_path: Path) -> None:
    bench = RecordedBench(paced=paced)
    bench.run(SECOND)
    bench.scan(EAN)
    bench.run(SECOND)
    bench.scan(PDF)
    bench.run(2 * SECOND)
    bench.press("1 5")
    bench.run(SECOND)
    bench.press("С")
    bench.run(2 * SECOND)
    text = bench.written()
    assert "  - sale: {expect: {result: 27}}\n" in text
    assert ("paced: false\n" in text) is not paced
    assert passes(played(text, tmp_path))


def test_refused_close(tmp_path: Path) -> None:
    bench = RecordedBench(utm=Utm(refuses=True))
    sold(bench)
    bench.press("ИТ")
    bench.run(3 * SECOND)
    bench.press("С")
    bench.run(2 * SECOND)
    text = bench.written()
    assert "send: {result: 27, receipt_number: 1}" in text
    assert passes(played(text, tmp_path))


def test_unanswered_close(tmp_path: Path) -> None:
    bench = RecordedBench(Settings(close_timeout=10), utm=Utm(delay_s=30))
    bench.smartbox.utm = Utm(delay_s=30)
    sold(bench)
    bench.simulator.power(False, bench.clock.now())
    bench.run(20 * SECOND)
    bench.simulator.power(True, bench.clock.now())
    bench.run(8 * SECOND)
    bench.press("ИТ")
    bench.run(60 * SECOND)
    assert passes(played(bench.written(), tmp_path))


def test_return_and_annulment(tmp_path: Path) -> None:
    bench = RecordedBench()
    bench.run(SECOND)
    bench.press("+ 1 0 0 0 ИТ")
    bench.run(3 * SECOND)
    bench.press("ВЗ")
    bench.run(SECOND)
    bench.press("1 5 0 ПИ")
    bench.run(3 * SECOND)
    bench.press("ИТ")
    bench.run(5 * SECOND)
    sold(bench)
    bench.press("АН ПИ")
    bench.run(SECOND)
    bench.scan(PDF)
    bench.run(3 * SECOND)
    bench.press("АН ИТ")
    bench.run(5 * SECOND)
    text = bench.written()
    assert "ВОЗВРАТ" in text
    assert passes(played(text, tmp_path))


def test_the_clock_of_a_long_session(tmp_path: Path) -> None:
    bench = RecordedBench()
    for _ in range(2):
        bench.run(95 * SECOND)
        bench.press("1 5 0 ПИ ИТ")
        bench.run(5 * SECOND)
        bench.recording.keeps_up(bench.clock.now())
    text = bench.written()
    assert "  - clock: 2016-07-01T12:01:00  # it is later by now\n" in text
    assert "  - clock: 2016-07-01T12:03:00  # it is later by now\n" in text
    assert passes(played(text, tmp_path))


def test_data_while_the_operator_types(tmp_path: Path) -> None:
    wire = RecordedWire()
    wire.asks(ControlCode.SYN)
    wire.presses("1 5")
    wire.asks(ControlCode.RDY)
    wire.says_data(SALE)
    wire.hears()
    wire.presses("С")
    wire.asks(ControlCode.RDY)
    text = wire.written()
    assert "  - expect: DISC\n  - findings: [data-after-disc]\n" in text
    assert passes(played(text, tmp_path))


def test_bad_checksum(tmp_path: Path) -> None:
    wire = RecordedWire()
    wire.asks(ControlCode.SYN)
    wire.asks(ControlCode.RDY)
    wire.says(bytes.fromhex("7f 02 01 91 6e 00 03 05 7f 03 f9"))
    wire.hears()
    wire.says_data(PING, hs=True)
    wire.hears()
    wire.hears()
    wire.says(ControlCode.ACK)
    text = wire.written()
    assert "  - send: {hex: 7f 02 01 91 6e 00 03 05 7f 03 f9}\n  - expect: NAK\n  - findings: [bad-dcrc]\n" in text
    assert passes(played(text, tmp_path))


def test_wrong_number_and_syn(tmp_path: Path) -> None:
    wire = RecordedWire()
    wire.asks(ControlCode.SYN)
    wire.asks(ControlCode.RDY)
    wire.says_data(SALE, number=5)
    wire.hears()
    wire.asks(ControlCode.SYN)
    wire.asks(ControlCode.RDY)
    wire.says_data(SALE)
    wire.hears()
    text = wire.written()
    assert "number: 5}\n  - expect: REJ\n  - findings: [wrong-frame-number]\n  - send: SYN\n" in text
    assert "  - sale: {send: {code_type: pdf}}\n" in text
    assert passes(played(text, tmp_path))


def test_a_gap_too_short_is_told_with_its_length(tmp_path: Path) -> None:
    wire = RecordedWire()
    wire.asks(ControlCode.SYN)
    wire.says(ControlCode.RDY, after=4 * MS)
    wire.hears()
    text = wire.written()
    assert "  - send: RDY\n    after: 4 ms\n  - expect: RDY\n  - findings: [gap-too-short]\n" in text
    assert passes(played(text, tmp_path))


def test_another_address_while_an_answer_waits(tmp_path: Path) -> None:
    wire = RecordedWire()
    wire.asks(ControlCode.SYN)
    wire.says(ControlCode.RDY)
    wire.stage.act(lambda simulator, now: simulator.set_option(30, 2, now))
    wire.hears()
    wire.written()
    assert passes(played(wire.recording.transcript.plain(), tmp_path))


def test_a_packet_that_broke_off_and_silence(tmp_path: Path) -> None:
    wire = RecordedWire()
    wire.asks(ControlCode.SYN)
    wire.says(bytes.fromhex("7f 02 01"))
    wire.stage.pass_time(4 * SECOND)
    wire.asks(ControlCode.RDY)
    text = wire.written()
    assert "{hex: 7f 02 01}" in text
    assert "findings: [broken-off]" in text
    assert passes(played(text, tmp_path))


def test_power_in_the_middle_of_a_receipt(tmp_path: Path) -> None:
    bench = RecordedBench()
    sold(bench)
    bench.simulator.power(False, bench.clock.now())
    bench.run(7 * SECOND)
    bench.simulator.power(True, bench.clock.now())
    bench.run(9 * SECOND)
    bench.press("ИТ")
    bench.run(30 * SECOND)
    text = bench.written()
    assert "  - power: off" in text
    assert passes(played(text, tmp_path))
    assert bench.receipts_done == 1


def test_paper_in_the_middle_of_a_receipt(tmp_path: Path) -> None:
    bench = RecordedBench()
    bench.run(SECOND)
    bench.press("1 5 0 ПИ")
    bench.run(450 * MS)
    bench.simulator.paper(False, bench.clock.now())
    bench.run(3 * SECOND)
    bench.simulator.paper(True, bench.clock.now())
    bench.press("С ИТ")
    bench.run(10 * SECOND)
    text = bench.written()
    assert "  - wait: 450 ms  # it prints\n  - paper: out\n" in text
    assert passes(played(text, tmp_path))


def test_noise_is_told_only(tmp_path: Path) -> None:
    wire = RecordedWire()
    wire.asks(ControlCode.SYN)
    wire.stage.act(lambda simulator, now: simulator.wrong_speed(b"\x80\xf8", now))
    wire.asks(ControlCode.RDY)
    text = wire.written()
    assert "  # noise at another speed: 80 f8\n" in text
    assert "wrong-speed" not in text
    assert passes(played(text, tmp_path))


def test_polling_is_kept_twice_at_most() -> None:
    bench = RecordedBench()
    bench.run(3600 * SECOND)
    assert len(bench.recording.recorder.items) < 20


def test_a_line_of_several_tills_is_not_recorded() -> None:
    simulator = Simulator([Settings(), Settings(option_30=2)], wall=DEFAULT_WALL, now=Instant(0))
    with pytest.raises(ValueError, match="several tills"):
        Recorder(simulator, Instant(0))


KEYS = (
    *("1 5 0 ПИ", "1 ПИ", "ИТ", "5 0 0 ИТ", "С", "АН", "АН ПИ", "АН ИТ", "ВЗ", "РЕЖ", "РЕЖ 1", "1", "00", "."),
    *("5 %", "+", "− 5 %", "2 Х", "КР", "1 0 КР", "2 ОТД", "↑"),
)
ACTS = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(KEYS).map(lambda keys: ("keys", keys)),
            st.sampled_from([EAN, PDF, f"beer:{EAN}"]).map(lambda code: ("scan", code)),
            st.sampled_from(["ping", "annul", "off", "on", "paper out", "paper in", "keeps up"]).map(
                lambda act: (act, "")
            ),
        ),
        st.sampled_from([5 * MS, 30 * MS, 123 * MS, 300 * MS, SECOND, 3 * SECOND, 40 * SECOND]),
    ),
    max_size=15,
)
SETTINGS = st.builds(
    Settings,
    print_lines_per_s=st.sampled_from([0, 1, 10, 100]),
    close_timeout=st.sampled_from([1, 60]),
    max_outgoing=st.sampled_from([40, 512]),
    busy_reply=st.sampled_from(["disc", "busy", "silent"]),
    deaf_ms=st.sampled_from([0, 300]),
    reply_address=st.sampled_from(["own", "master"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, of_till=SETTINGS, paced=st.booleans(), start=st.sampled_from(["cash", "menu", "off"]))
def test_whatever_is_done_replays(acts: object, of_till: Settings, paced: bool, start: str, tmp_path: Path) -> None:
    bench = RecordedBench(of_till, paced=paced, start=start)  # type: ignore[arg-type]
    for act, pause in acts:  # type: ignore[attr-defined]
        do(bench, *act)
        bench.run(pause)
    first = bench.written()
    *_, last = versions = [first, *bench.recording.transcript.versions()]
    assert passes(played(last, tmp_path))
    assert any(played(text, tmp_path).passed for text in versions)


def do(bench: RecordedBench, act: str, what: str) -> None:
    now = bench.clock.now()
    match act:
        case "keys":
            bench.press(what)
        case "scan":
            bench.scan(what)
        case "ping":
            bench.smartbox.ping(now)
        case "annul":
            bench.smartbox.annul(now)
        case "off" | "on":
            bench.simulator.power(act == "on", now)
        case "paper out" | "paper in":
            bench.simulator.paper(act == "paper in", now)
        case _:
            bench.recording.keeps_up(now)

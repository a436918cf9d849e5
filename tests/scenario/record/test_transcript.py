"""What a recording reads like: a short session typed out, and the head of the file."""

from pathlib import Path

from kkm_sim.clock import MS, SECOND
from kkm_sim.link.packets import ControlCode
from kkm_sim.messages.codes import CodeType
from kkm_sim.messages.records import PingRequest, SaleRequest
from kkm_sim.settings import Settings
from tests.scenario.recorded import RecordedBench, RecordedWire, played

SESSION = """\
title: A cancelled sale
about: "Recorded on 2026-01-02 at 03:04. Polling that led to nothing is left out, and time with it."
master: wire
settings: {cancel_result: 14, header: [ООО РОМАШКА]}
clock: 2016-07-01T12:00:00
steps:
  - indicator: "0.00"
  - send: SYN
  - expect: RDY
  - ping: {expect: {flags: 131, shift: 1}}
  - send: RDY
  - expect: RDY
  - send: {hex: 7f 02 01 92 6d 00 03 05 7f 03 f9}
  - expect: NAK
  - findings: [bad-dcrc]
  - send: RDY
  - expect: RDY
  - findings: [no-repeat-after-nak]
  - sale: {send: {code_type: pdf, name: "Водка $"}}
  - indicator: А      0.00
  - keys: 1 5 0 . 9 ПИ  # +3.2 s
  - indicator: "150.90"
  - sale:  # +1.2 s
      expect:
        receipt_number: 1
        operation_number: 1
        alcohol: true
        quantity: 1000
        price: 15090
        sum: 15090
        name: "Водка $"
        section: 1
        tax: 1
  - keys: АН ИТ  # +5.0 s
  - indicator: "0.00"
  - tape: |
      ООО РОМАШКА
      ККМ 1234567
      01-07-2016 12:00
      СМЕНА 0001 ЧЕК 0001
      КАССИР 1
      ПРОДАЖА
      ТОВАР
      1 x 150.90        150.90
      ЧЕК АННУЛИРОВАН
      [cut]
  - keys: ПИ  # +2.0 s
  - beep: long
  - indicator: Err 22
"""


def test_a_session_reads_as_a_person_would_write_it(tmp_path: Path) -> None:
    wire = RecordedWire(Settings(header=("ООО РОМАШКА",), cancel_result=14), title="A cancelled sale")
    stage = wire.stage
    wire.asks(ControlCode.SYN)
    for _ in range(5):
        stage.pass_time(200 * MS)
        wire.asks(ControlCode.RDY)
    wire.says_data(PingRequest().encode(), hs=True)
    wire.hears()
    wire.hears()
    wire.says(ControlCode.ACK)
    wire.asks(ControlCode.RDY)
    wire.says(bytes.fromhex("7f 02 01 92 6d 00 03 05 7f 03 f9"))
    wire.hears()
    wire.asks(ControlCode.RDY)
    wire.says_data(SaleRequest(code_type=CodeType.PDF, name="Водка $").encode())
    wire.hears()
    stage.pass_time(3200 * MS)
    wire.presses("1 5 0")
    stage.pass_time(400 * MS)
    wire.asks(ControlCode.RDY)
    wire.presses(". 9 ПИ")
    stage.pass_time(1200 * MS)
    wire.asks(ControlCode.RDY)
    wire.says(ControlCode.ACK)
    stage.pass_time(5 * SECOND)
    wire.presses("АН ИТ")
    stage.pass_time(2 * SECOND)
    wire.presses("ПИ")
    text = wire.written()
    assert text == SESSION
    assert played(text, tmp_path).failure is None


def test_the_file_is_whole_at_any_moment(tmp_path: Path) -> None:
    bench = RecordedBench(Settings(print_lines_per_s=0), start="menu", paced=False, title="Меню: вход")
    recording = bench.recording
    text = recording.transcript.head
    assert text == (
        'title: "Меню: вход"\n'
        'about: "Recorded on 2026-01-02 at 03:04. Polling that led to nothing is left out, and time with it."\n'
        "master: wire\n"
        "settings: {print_lines_per_s: 0}\n"
        "start: menu\n"
        "clock: 2016-07-01T12:00:00\n"
        "paced: false\n"
        "steps:\n"
        '  - indicator: "?"\n'
    )
    assert played(text, tmp_path).failure is None
    for keys in ("ИТ", "1 5 0 ПИ", "ИТ"):
        bench.run(SECOND)
        bench.press(keys)
        bench.run(SECOND)
        recording.recorder.look(bench.clock.now())
        text += recording.transcript.more(bench.clock.now())
        assert played(text, tmp_path).failure is None
    assert text.count("- keys: ") == 3


def test_nothing_is_told_while_it_is_under_way() -> None:
    bench = RecordedBench()
    bench.run(SECOND)
    transcript = bench.recording.transcript
    assert transcript.more(bench.clock.now()) != ""
    bench.press("1 5")
    bench.run(SECOND)
    assert transcript.more(bench.clock.now()) == ""
    bench.press("0 ПИ")
    bench.run(100 * MS)
    assert transcript.more(bench.clock.now()) == ""
    bench.run(5 * SECOND)
    assert transcript.more(bench.clock.now()).startswith('  - keys: 1 5 0 ПИ\n  - indicator: "150.00"\n')

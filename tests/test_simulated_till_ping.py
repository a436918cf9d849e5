"""PING's 44 bytes over the wire, in every state (document, section 5)."""

from datetime import datetime

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.findings import FindingCode
from tests.test_simulated_till import STATES
from tests.wire_bench import ALLOW, ANNUL, END, GAP, PING, RDY, WireBench, show

EMPTY = "00 00 00 00  00 00  00 00 00 00 00 00 00"
BOTTLE = "01 00 00 00  01 01  00 00 05 00 00 00 00"
BY_HAND = "01 00 00 00  01 00  00 50 01 00 00 00 00"
LAST_NUMBER = "01 00 00 00  00 00  00 00 00 00 00 00 00"


def ping(bench: WireBench) -> bytes:
    answer = bench.command(PING)
    assert answer is not None
    return answer


def expected(flags: int, receipt: str, *, shift: str = "01 00", moment: str = "01 07 16 12 00 00") -> bytes:
    """A till of the default settings."""
    return bytes.fromhex(
        f"03 05 00 00 01  31 32 33 34 35 36 37 00 00 00 00 00 00 00 00 00  00 {flags:02X} {shift} {moment} {receipt}"
    )


def test_exchange_byte_for_byte_in_its_time() -> None:
    bench = WireBench()
    said = [
        *bench.say_raw(bytes.fromhex("7F 02 01 C5 3A"), listen=GAP),
        *bench.say_raw(bytes.fromhex("7F 02 01 91 6E 00 03 05 7F 03 F8"), listen=2 * GAP + 1 * MS),
        *bench.say_raw(bytes.fromhex("7F 02 01 CA 35"), listen=0),
    ]
    took = bench.now
    assert said == [
        bytes.fromhex("7F 02 01 E5 1A"),
        bytes.fromhex("7F 02 01 EA 15"),
        bytes.fromhex(
            "7F 02 01 A1 5E 00 03 05 00 00 01 31 32 33 34 35 36 37 00 00 00 00 00 00 00 00 00 00 83 01 00"
            "01 07 16 12 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 7F 03 D7"
        ),
    ]
    # RDY, RDY, DATA, ACK, DATA, ACK: 84 bytes of 10 bits at 57600 and five gaps of 10 ms.
    assert took == 84 * bench.simulator.byte_time + 5 * GAP
    assert 64_550 <= took // 1000 <= 64_650
    assert bench.findings == []


@pytest.mark.parametrize(
    ("state", "flags", "receipt"),
    [
        ("menu", 0x82, EMPTY),
        ("idle", 0x83, EMPTY),
        ("return_armed", 0x83, EMPTY),
        ("request", 0x8B, EMPTY),
        ("open", 0x83, BY_HAND),
        ("annul_armed", 0x83, BY_HAND),
        ("annul_scan", 0x87, BOTTLE),
        ("close_wait", 0x87, BOTTLE),
        ("refused", 0x87, BOTTLE),
        ("qr_print", 0x87, BOTTLE),
    ],
)
def test_every_state(state: str, flags: int, receipt: str) -> None:
    assert ping(STATES[state]()) == expected(flags, receipt)


def test_request_in_a_receipt() -> None:
    bench = WireBench()
    bench.bottle()
    assert bench.command(bytes((3, 1, 0, 3, *bytes(55)))) is None
    assert ping(bench) == expected(0x8F, BOTTLE)


def test_annulled_bottle_is_no_real_sale() -> None:
    bench = WireBench()
    bench.bottle()
    bench.press("АН ПИ")
    bench.command(bytes((3, 1, 0, 1, *bytes(55))))
    assert ping(bench) == expected(0x87, "01 00 00 00  02 00  00 00 00 00 00 00 00")


def test_between_receipts_the_number_given_last() -> None:
    bench = WireBench().asked_for_identifier()
    bench.answer(END)
    done = bench.take()
    assert done == bytes.fromhex("03 04 00 00")
    assert ping(bench) == expected(0x83, LAST_NUMBER)
    bench.press("1 ПИ АН ИТ")  # an annulled receipt uses up its number [D-39]
    assert ping(bench)[31:35] == bytes.fromhex("02 00 00 00")
    bench.press("РЕЖ")
    assert ping(bench) == expected(0x82, EMPTY)
    bench.press("РЕЖ РЕЖ ИТ РЕЖ РЕЖ 100000")  # Z, and into cash mode again
    assert bench.state == "idle"
    assert ping(bench) == expected(0x83, EMPTY, shift="02 00")


def test_annulled_receipt_may_keep_its_number_free() -> None:
    bench = WireBench(annulled_takes_number=False).press("1 ПИ")
    assert bench.command(ANNUL) is not None
    assert ping(bench)[31:35] == bytes(4)


def test_settings_of_the_machine() -> None:
    bench = WireBench(model=2, serial_number="0123456789АБВГДЕ", fiscal=False, option_27=0)
    answer = ping(bench)
    assert answer[4:23] == bytes.fromhex("02 30 31 32 33 34 35 36 37 38 39 C0 C1 C2 C3 C4 C5 00 01")


@pytest.mark.parametrize(("order", "raw"), [("listed", "31 12 16 23 59 58"), ("little-endian", "58 59 23 16 12 31")])
def test_datetime_order(order: str, raw: str) -> None:
    bench = WireBench(datetime_order=order)
    bench.set_clock(datetime(2016, 12, 31, 23, 59, 58))
    assert ping(bench)[25:31] == bytes.fromhex(raw)


def test_clock_goes_on() -> None:
    bench = WireBench()
    bench.run(61 * SECOND)
    assert ping(bench)[25:31] == bytes.fromhex("01 07 16 12 01 01")


def ping_starts(bench: WireBench, interval: int) -> list[FindingCode]:
    """Two PINGs whose first bytes are `interval` apart."""
    bench.say(RDY)
    begun = bench.now
    bench.say(bench.frame(PING))
    assert bench.take() is not None
    bench.say(RDY)
    bench.run(begun + interval - bench.now)
    bench.say(bench.frame(PING))
    return bench.findings


def test_ping_faster_than_200_ms() -> None:
    assert ping_starts(WireBench(), 200 * MS) == []
    assert ping_starts(WireBench(), 200 * MS - 1) == [FindingCode.PING_TOO_OFTEN]


def test_ping_too_often_is_not_judged_unpaced() -> None:
    assert ping_starts(WireBench(paced=False), 199 * MS) == []


def test_other_commands_between_pings_count_for_nothing() -> None:
    bench = WireBench()
    for _ in range(5):
        assert bench.command(show(1)) is not None
    assert ping(bench)
    assert bench.findings == []


def test_served_while_the_receipt_is_being_closed() -> None:
    bench = WireBench().asked_to_close()
    assert ping(bench)[2] == 0
    bench.answer_after_rdy(ALLOW)
    assert bench.state == "qr_print"

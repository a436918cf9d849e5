"""Function 3 over the wire: which answers are printed, which are dropped, and the end without an identifier."""

import pytest

from kkm_sim.clock import SECOND
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode
from kkm_sim.till.tape import Bitmap
from tests.wire_bench import ALLOW, END, PING, RDY, WAIT, WireBench, codes, graphics_block, sale, text_block

C = FindingCode

DONE = bytes.fromhex("03 04 00 00")
GIVEN_UP = bytes.fromhex("03 04 1B 00")


def request(block: int, receipt: int = 1) -> bytes:
    return bytes((3, 3, receipt, 0, 0, 0)) + block.to_bytes(2, "little")


def test_blocks_in_order_to_the_end() -> None:
    bench = WireBench().asked_to_close()
    bench.answer(ALLOW)
    for block in (1, 2, 3):
        assert bench.take() == request(block)
        bench.answer(text_block(block, b"BLOCK %d" % block))
    assert bench.take() == request(4)
    bench.answer(END)
    lines = [line for line in bench.printed if line.startswith("BLOCK")]
    assert lines == ["BLOCK 1", "BLOCK 2", "BLOCK 3"]
    assert bench.printed[-1] == "Cut"
    assert bench.take() == DONE
    assert bench.findings == []


def test_next_block_before_it_was_asked_for_is_unasked() -> None:
    bench = WireBench().asked_for_identifier()
    bench.answer(text_block(1, b"ONE"))
    bench.say(bench.frame(text_block(2, b"EARLY")))
    assert bench.findings == [C.DATA_WITHOUT_RDY, C.UNASKED_ANSWER]
    assert "EARLY" not in bench.printed
    assert bench.take() == request(2)


# Text [D-31]


def head(length: int, *, receipt: str = "00 00 00 00", block: str = "01 00", kind: int = 0) -> bytes:
    return bytes.fromhex(f"03 03 00 {receipt} {block}") + bytes((kind, 0, length, 0))


@pytest.mark.parametrize(
    ("answer", "lines", "findings"),
    [
        (head(2) + b"AB", ["AB"], []),
        (head(3) + b"AB\x00", ["AB"], []),  # the length counts the closing 00
        (head(2) + b"AB\x00", ["AB"], []),  # it does not
        (head(0) + b"AB", ["AB"], []),
        (head(0) + b"AB\x00", ["AB"], []),
        (head(0), [], []),
        (head(5) + b"A\rB\r\x00", ["A", "B"], []),
        (head(5) + b"A\x00BCD", ["A"], []),
        (head(24) + b"A" * 24, ["A" * 24], []),
        (head(25) + b"A" * 25, ["A" * 24, "A"], []),
        (head(0) + b"A" * 300 + b"\x00", ["A" * 24] * 12 + ["A" * 12], []),
        (head(0) + b"A" * 512, ["A" * 24] * 21 + ["A" * 8], []),
        (head(255) + b"A" * 255, ["A" * 24] * 10 + ["A" * 15], []),
        (head(3) + b"A\x98B", ["A?B"], [C.BAD_TEXT]),
        (head(4) + b"A\x0a\x07B", ["AB"], [C.BAD_TEXT]),
        (head(2, receipt="01 00 00 00") + b"AB", ["AB"], []),
        (head(2, receipt="23 01 00 00") + b"AB", ["AB"], [C.FOREIGN_RECEIPT]),
        (head(2, receipt="00 00 00 F0") + b"AB", ["AB"], [C.BAD_BCD]),
    ],
)
def test_text_that_is_printed(answer: bytes, lines: list[str], findings: list[FindingCode]) -> None:
    bench = WireBench().asked_for_identifier()
    since = len(bench.printed)
    bench.answer(answer)
    assert bench.printed[since:] == lines
    assert bench.new_findings() == findings
    assert bench.take() == request(2)


@pytest.mark.parametrize(
    ("answer", "findings"),
    [
        (b"\x03\x03", [C.WRONG_ANSWER]),
        (head(0)[:12], [C.WRONG_ANSWER]),
        (head(3) + b"AB", [C.WRONG_ANSWER]),
        (head(2) + b"AB\x00\x00", [C.WRONG_ANSWER]),
        (head(2) + b"ABC", [C.WRONG_ANSWER]),
        (head(2, block="02 00") + b"AB", [C.BLOCK_OUT_OF_ORDER]),
        (head(2, block="00 00") + b"AB", [C.BLOCK_OUT_OF_ORDER]),
        (head(2, block="01 01") + b"AB", [C.BLOCK_OUT_OF_ORDER]),
        (head(2, kind=2) + b"AB", [C.BAD_VALUE]),
        (b"\x03\x03\x01" + bytes(11), [C.WRONG_ANSWER]),
        (ALLOW, [C.WRONG_ANSWER]),
        (graphics_block(1, 1, 1, 9, b"\xff"), [C.BITMAP_TOO_LARGE]),
        (graphics_block(1, 65, 1, 8, b"\xff" * 65), [C.BITMAP_TOO_LARGE]),
        (graphics_block(1, 1, 9, 72, b"\xff" * 9), [C.BITMAP_TOO_LARGE]),
        (graphics_block(1, 2, 2, 16, b"\xff" * 3), [C.WRONG_ANSWER]),
        (graphics_block(1, 2, 2, 16, b"\xff" * 5), [C.WRONG_ANSWER]),
        (graphics_block(1, 0, 0, 0, b""), [C.WRONG_ANSWER]),
    ],
)
def test_what_is_dropped_and_awaited_still(answer: bytes, findings: list[FindingCode]) -> None:
    bench = WireBench().asked_for_identifier()
    printed = bench.printed
    bench.answer(answer)
    assert bench.new_findings() == findings
    assert bench.printed == printed
    bench.answer_after_rdy(text_block(1, b"AT LAST"))
    assert bench.printed == [*printed, "AT LAST"]


@pytest.mark.parametrize(
    ("end", "findings"),
    [
        ("03 03 01", []),
        ("03 03 FF", []),
        ("03 03 01 00 00", []),
        ("03 03 01 01 00 00 00 01 00 00 00 00 00", []),
        ("03 03 01 00 00 00 00 07 00 09 FF FF FF", []),
        ("03 03 01 02 00 00 00", [C.FOREIGN_RECEIPT]),
    ],
)
@pytest.mark.parametrize("hs", [False, True])
def test_end_in_one_frame_whatever_hs(end: str, findings: list[FindingCode], hs: bool) -> None:
    bench = WireBench().asked_for_identifier()
    bench.say(bench.frame(bytes.fromhex(end), hs=hs))
    assert bench.state == "idle"
    assert bench.findings == findings
    assert bench.take() == DONE


# Graphics [D-13, D-51]


def bitmap(bench: WireBench) -> Bitmap:
    (found,) = [entry for _, entry in bench.till.tape.since(0) if isinstance(entry, Bitmap)]
    return found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (graphics_block(1, 2, 1, 8, b"\x81\x7f"), Bitmap(8, 2, (b"\x81", b"\x7f"))),
        (graphics_block(1, 2, 1, 0, b"\x81\x7f"), Bitmap(8, 2, (b"\x81", b"\x7f"))),
        (graphics_block(1, 1, 2, 9, b"\xff\xff"), Bitmap(9, 1, (b"\xff\x80",))),
        (graphics_block(1, 1, 2, 3, b"\xff\xff"), Bitmap(3, 1, (b"\xe0",))),
        (graphics_block(1, 64, 8, 64, b"\x7f" * 512), Bitmap(64, 64, (b"\x7f" * 8,) * 64)),
        (graphics_block(1, 37, 5, 37, b"\xff" * 185), Bitmap(37, 37, (b"\xff\xff\xff\xff\xf8",) * 37)),
    ],
)
def test_bitmaps(answer: bytes, expected: Bitmap) -> None:
    bench = WireBench().asked_for_identifier()
    bench.answer(answer)
    assert bitmap(bench) == expected
    assert bench.findings == []
    assert bench.take() == request(2)


def test_leftmost_dot_in_the_low_bit() -> None:
    bench = WireBench(bitmap_order="lsb").asked_for_identifier()
    bench.answer(graphics_block(1, 2, 2, 11, bytes.fromhex("01 06 F0 FF")))
    assert bitmap(bench) == Bitmap(11, 2, (bytes.fromhex("80 60"), bytes.fromhex("0F E0")))


def test_block_over_525_bytes_is_dropped() -> None:
    bench = WireBench().asked_for_identifier()
    bench.answer(graphics_block(1, 64, 9, 72, bytes(576)))
    assert bench.findings == [C.TRANSFER_TOO_LONG]
    bench.answer_after_rdy(END)
    assert bench.take() == DONE


# No answer [D-4, D-24]


def test_unanswered_is_asked_again_from_block_1() -> None:
    bench = WireBench(close_timeout=5).asked_for_identifier()
    bench.answer(text_block(1, b"ONE"))
    assert bench.take() == request(2)
    bench.run(4 * SECOND)
    assert bench.say(WAIT, listen=0) == []
    prolonged = bench.now
    bench.run(4 * SECOND)
    assert bench.take() is None
    bench.run(prolonged + 5 * SECOND - bench.now)
    assert bench.take() == request(1)
    bench.answer(text_block(1, b"ONE"))
    assert bench.printed.count("ONE") == 2


def test_late_answer_is_dropped() -> None:
    bench = WireBench(close_timeout=5).asked_for_identifier()
    bench.run(6 * SECOND)
    printed = bench.printed
    bench.say(bench.frame(text_block(1, b"LATE")))
    assert bench.printed == printed
    assert C.UNASKED_ANSWER in bench.findings
    assert bench.take() == request(1)


def test_identifier_given_up() -> None:
    bench = WireBench(close_timeout=5).asked_for_identifier()
    bench.press("С")
    assert bench.state == "qr_print"
    bench.run(6 * SECOND)
    bench.press("С")
    assert bench.state == "idle"
    assert "БЕЗ ИДЕНТИФИКАТОРА" in bench.printed
    assert bench.take() == GIVEN_UP  # the queued function 3 is gone
    assert bench.take() is None


def test_given_up_while_the_request_is_in_flight() -> None:
    bench = WireBench(close_timeout=5).asked_for_identifier()
    bench.run(6 * SECOND)
    assert len(bench.say(RDY)) == 1  # function 3 again, its ACK missing
    bench.press("С")
    assert bench.take() == GIVEN_UP


def test_served_while_the_identifier_is_awaited() -> None:
    bench = WireBench().asked_for_identifier()
    assert bench.command(PING) is not None
    answer = bench.command(sale())
    assert answer is not None
    assert answer[2] == 27
    bench.answer_after_rdy(END)
    assert bench.take() == DONE


def test_a_closing_zero_in_a_frame_of_its_own_is_no_message() -> None:
    bench = WireBench().asked_for_identifier()
    text = b"A" * 114  # 13 + 114 = 127: the 00 that its length does not count goes in the next frame [D-31]
    bench.say(bench.frame(text_block(1, text), hs=True))
    assert codes(bench.say(bench.frame(b"\x00"))) == [ControlCode.ACK]
    assert "".join(bench.printed[-5:]) == "A" * 114
    request = bench.take()
    assert request is not None
    assert request[:2] == b"\x03\x03"
    assert request[6:8] == b"\x02\x00"


def test_a_zero_byte_after_anything_else_is_a_message_too_short() -> None:
    bench = WireBench()
    assert bench.command(b"\x00", hs=False) == b"\x03\x00\x03\x00"


def test_c_ends_no_receipt_whose_smartbox_answers_again() -> None:
    """The right to give up [D-24] goes with the silence that gave it."""
    bench = WireBench().asked_for_identifier()
    bench.run(61 * SECOND)
    assert bench.take() is not None
    bench.answer(text_block(1, b"HERE AGAIN"))
    bench.press("С")
    assert bench.state == "qr_print"
    bench.take()
    bench.answer(END)
    assert bench.take() == DONE
    bench.asked_for_identifier().press("С")
    assert bench.state == "qr_print"

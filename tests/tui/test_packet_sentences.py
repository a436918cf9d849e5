from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from kkm_sim.clock import Instant
from kkm_sim.control.entries import finding_entry
from kkm_sim.control.models import ReasonView
from kkm_sim.findings import Finding, FindingCode
from kkm_sim.link.packets import ControlCode
from kkm_sim.messages.codes import CodeType, DataKind, Operation, ShownMessage
from kkm_sim.messages.records import (
    AnnulReceiptRequest,
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierAnswer,
    IdentifierHead,
    IdentifierRequest,
    PingAnswer,
    PingRequest,
    SaleAnswer,
    SaleRequest,
    ShortAnswer,
    ShowMessageRequest,
)
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.tui.catalogue import ENGLISH, RUSSIAN
from kkm_sim.tui.line_log import Found, LineLog, Passed
from kkm_sim.tui.packet_sentences import meaning_of, sentence
from tests.tui.support import Wire, finding

MOMENT = datetime(2016, 7, 1, 12, 0)
CLOSE = CloseRequest(
    receipt_number=12,
    kind=Operation.SALE,
    operations=3,
    alcohol=1,
    other=2,
    total=35090,
    discounts=0,
    markups=0,
    tax_1=0,
    tax_2=0,
    tax_3=0,
    tax_4=0,
    tax_5=0,
    cash=35090,
    credit=0,
    shift=7,
    moment=MOMENT,
)
PING = PingAnswer(model=1, serial_number="1", flags=0b10001011, shift=7, moment=MOMENT, receipt_number=12, total=150)
TEXT = IdentifierAnswer(IdentifierHead(block=2, row_bytes=5), b"12345")
BYTES = st.sampled_from((0, 0, 1, 2, 3, 5, 0x10, 0x27, 0x98, 0xFF)) | st.integers(min_value=0, max_value=255)
"""Of a message's table: what may be right there comes often."""

GRAPHICS = IdentifierAnswer(IdentifierHead(block=1, kind=DataKind.GRAPHICS, rows=2, row_bytes=1, bits=8), b"\x01\x02")


@pytest.mark.parametrize(
    ("message", "english", "russian"),
    [
        (SaleRequest(code_type=CodeType.PDF, name="ВОДКА").encode(), "sell: PDF «ВОДКА»", "продать: PDF «ВОДКА»"),
        (SaleRequest(code_type=CodeType.BEER).encode(), "sell: beer", "продать: пиво"),
        (CloseAnswer().encode(), "the receipt may be closed", "чек можно закрыть"),
        (
            CloseAnswer(result=4).encode(),
            "the receipt may not be closed: result 4, registration refused: the till is not in the list",
            "чек закрыть нельзя: код 4, в регистрации отказано: кассы нет в списке",
        ),
        (TEXT.encode(), "block 2: text, 5 bytes", "блок 2: текст, 5 байт"),
        (GRAPHICS.encode(), "block 1: picture 8×2", "блок 1: картинка 8×2"),
        (IdentifierHead(result=1).encode(), "no more blocks", "блоков больше нет"),
        (PingRequest().encode(), "PING", "PING"),
        (ShowMessageRequest(message=ShownMessage.REPEAT).encode(), "show «ПОВtОР»", "показать «ПОВtОР»"),
        (AnnulReceiptRequest().encode(), "annul the receipt", "аннулировать чек"),
        (b"\x03\x02\x00", "3 bytes, a part of a message", "3 байт, часть сообщения"),
    ],
)
def test_what_the_master_says(message: bytes, english: str, russian: str) -> None:
    row = Passed(Wire().to_till(message))
    assert sentence(row, ENGLISH) == f"→ till  DATA 1  {english}"
    assert sentence(row, RUSSIAN) == f"→ касса  DATA 1  {russian}"


@pytest.mark.parametrize(
    ("message", "english", "russian"),
    [
        (
            SaleAnswer(receipt_number=12, operation_number=3, sum=35090).encode(),
            "sold: receipt 12, operation 3, 350.90",
            "продано: чек 12, операция 3, 350.90",
        ),
        (
            SaleAnswer(receipt_number=12, operation_number=3, operation=Operation.RETURN, sum=5).encode(),
            "returned: receipt 12, operation 3, 0.05",
            "возвращено: чек 12, операция 3, 0.05",
        ),
        (
            SaleAnswer(result=27).encode(),
            "function 1: result 27, cannot be done in the current state",
            "функция 1: код 27, невозможно в нынешнем состоянии",
        ),
        (
            CLOSE.encode(),
            "may receipt 12 be closed? total 350.90, alcohol 1 of 3",
            "можно закрыть чек 12? итог 350.90, алкоголя 1 из 3",
        ),
        (
            IdentifierRequest(receipt_number=12, block=2).encode(),
            "identifier of receipt 12, block 2?",
            "идентификатор чека 12, блок 2?",
        ),
        (DonePacket().encode(), "the receipt is complete: done", "чек завершён: выполнено"),
        (
            PING.encode(),
            "PING: flags 10001011, shift 7, receipt 12, total 1.50",
            "PING: флаги 10001011, смена 7, чек 12, итог 1.50",
        ),
        (ShortAnswer(function=6).encode(), "function 6: done", "функция 6: выполнено"),
    ],
)
def test_what_the_till_says(message: bytes, english: str, russian: str) -> None:
    row = Passed(Wire().to_master(message))
    assert sentence(row, ENGLISH) == f"← till  DATA 1  {english}"
    assert sentence(row, RUSSIAN) == f"← касса  DATA 1  {russian}"


def test_what_is_wrong_with_a_message_is_said() -> None:
    broken = bytearray(SaleRequest(code_type=CodeType.PDF).encode())
    broken[3] = 9
    told = sentence(Passed(Wire().to_till(bytes(broken))), ENGLISH)
    assert told == "→ till  DATA 1  SaleRequest; code_type: a value outside the table, 09"
    told = sentence(Passed(Wire().to_till(bytes(broken))), RUSSIAN)
    assert told == "→ касса  DATA 1  SaleRequest; code_type: значение не из таблицы, 09"


def test_an_identifier_of_a_kind_that_is_none() -> None:
    broken = bytearray(TEXT.encode())
    broken[9] = 2
    told = sentence(Passed(Wire().to_till(bytes(broken))), ENGLISH)
    assert told == "→ till  DATA 1  IdentifierAnswer; kind: a value outside the table, 02"


@given(
    st.sampled_from((0x03, 0x04)),
    st.integers(min_value=0, max_value=8),
    st.sampled_from((0, 1, 2, 5, 42, 57, 69, 86)).flatmap(lambda size: st.lists(BYTES, min_size=size, max_size=size)),
)
def test_nothing_is_too_broken_to_be_told(vector: int, function: int, rest: list[int]) -> None:
    said = bytes((vector, function, *rest))
    for words in (ENGLISH, RUSSIAN):
        assert sentence(Passed(Wire().to_till(said)), words)
        assert sentence(Passed(Wire().to_master(said)), words)


@pytest.mark.parametrize("code", ControlCode)
def test_control_packets_have_their_meaning(code: ControlCode) -> None:
    for words in (ENGLISH, RUSSIAN):
        told = sentence(Passed(Wire().to_master(code)), words)
        assert told == f"{words.to_master}  {code.name}: {words.controls[code.name]}"


def test_polls_count() -> None:
    log, wire = LineLog(), Wire()
    log.add_packet(wire.to_till(ControlCode.RDY))
    assert [sentence(row, ENGLISH) for row in log] == ["→ till  RDY → silence"]
    log.add_packet(wire.to_master(ControlCode.DISC))
    log.add_packet(wire.to_till(ControlCode.RDY))
    log.add_packet(wire.to_master(ControlCode.DISC))
    assert [sentence(row, RUSSIAN) for row in log] == ["→ касса  RDY → DISC ×2"]


def test_pings_count() -> None:
    log, wire = LineLog(), Wire()
    for _ in range(2):
        log.add_packet(wire.to_till(PingRequest().encode()))
        log.add_packet(wire.to_master(PING.encode()))
        log.add_packet(wire.to_till(ControlCode.ACK))
    assert [sentence(row, ENGLISH) for row in log] == [
        "← till  PING: flags 10001011, shift 7, receipt 12, total 1.50 ×2"
    ]


def test_findings_say_how_bad_they_are() -> None:
    row = Found(finding())
    assert sentence(row, ENGLISH) == "ERROR bad-fcrc: the header's checksum is wrong: dropped in silence"
    assert sentence(row, RUSSIAN) == "ОШИБКА bad-fcrc: неверная контрольная сумма заголовка: пакет отброшен молча"


def test_findings_say_what_was_seen() -> None:
    row = Found(
        finding_entry(1, Finding(FindingCode.PING_TOO_OFTEN, Instant(0), detail=Reason(ReasonCode.SINCE_LAST, ms=150)))
    )
    assert sentence(row, RUSSIAN) == "замечание ping-too-often: PING раньше чем через 200 мс после прошлого (150 мс)"


def test_a_finding_that_saw_what_only_a_later_version_knows_is_told_as_it_is() -> None:
    seen = structs.replace(finding(), message="something (new)", why=[ReasonView(code="new", fields={})])
    assert sentence(Found(seen), RUSSIAN) == "ОШИБКА bad-fcrc: something (new)"


def test_a_finding_of_a_later_version_is_told_as_it_is() -> None:
    row = Found(structs.replace(finding(), code="brand-new", message="something"))
    assert sentence(row, RUSSIAN) == "ОШИБКА brand-new: something"


def test_a_code_outside_the_table_has_no_meaning() -> None:
    assert meaning_of(99, ENGLISH) == meaning_of(99, RUSSIAN) == "?"

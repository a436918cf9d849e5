"""Every line of the document's tables «Основные алгоритмы обмена» is the subject of a step of a scenario.

The rows are typed here from the document, by hand and whole: what the master does, the packet and who says it, what
the till does. Each stands as a comment right above the step that plays it.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from kkm_sim.link.decoder import PacketDecoder, Received
from kkm_sim.link.packets import DataPacket, Direction, Packet
from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.format.packets import Data, Message, Raw, Silence
from kkm_sim.scenario.format.steps import ExpectStep, SendStep, Step

FOLDER = Path(__file__).parents[1] / "scenarios" / "transport"


class Row(NamedTuple):
    """One line of a table: what the master does, `RDY →` or `← RDY`, what the till does."""

    master: str
    packet: str
    till: str


# The document's misprints are kept: NAC, «ответачает», «приняла». A row is a line, however long.
# ruff: noqa: E501
# fmt: off
TABLES = {
    "31_table_1_rdy_busy_nak": [
        Row("Сервер спрашивает у клиента «готов?»", "RDY →", ""),
        Row("", "← ничего", "Клиент не принял квитанцию"),
        Row("Сервер повторяет (если много раз подряд нет ответа, то ошибка «нет связи», или «ошибка линии данных»)", "RDY →", ""),
        Row("", "← BUSY", "Клиент принял квитанцию, но занят"),
        Row("Сервер повторяет", "RDY →", ""),
        Row("", "← RDY", "Клиент принял квитанцию, может принять команду"),
        Row("Сервер посылает команду режима OffLine", "DATA →", "Клиент принял данные с ошибкой"),
        Row("", "← NAC", ""),
        Row("Сервер повторяет команду (если много раз подряд не удается передать данные, то «ошибка линии данных»)", "DATA → (HS = 1)", "Т.к. бит HS=1, то ответ от ККМ будет сразу после подтверждения"),
        Row("", "← ACK", "Клиент принял данные успешно, подтверждает"),
        Row("", "← DATA", "Клиент выполняет команду и ответачает"),
        Row("Сервер принял данные успешно, подтверждает", "ACK →", ""),
    ],
    "32_table_2_answer_after_rdy": [
        Row("Сервер спрашивает у клиента «готов?»", "RDY →", ""),
        Row("", "← RDY", "Клиент принял квитанцию, может принять команду"),
        Row("Сервер посылает команду режима OffLine", "DATA → (HS = 0", "Т.к. бит HS = 0, ответ от клиента будет после повторной синхронизации"),
        Row("", "← ACK", "Клиент принял данные успешно"),
        Row("Сервер спрашивает «готов результат?»", "RDY →", ""),
        Row("", "← Ничего (или BUSY)", "Клиент еще не выполнил команду"),
        Row("Сервер повторяет (если много раз подряд нет ответа, то ошибка «нет связи»)", "RDY →", ""),
        Row("", "← DATA", "Клиент выполнил команду, возвращает результат"),
        Row("Сервер принял данные успешно", "ACK →", ""),
    ],
    "33_table_3_transfer_of_the_till": [
        Row("Сервер спрашивает у клиента «готов?»", "RDY →", ""),
        Row("", "← RDY", "Клиент приняла квитанцию, может принять команду"),
        Row("Сервер посылает команду режима OffLine", "DATA → (HS = 1)", ""),
        Row("", "← ACK", "Клиент принял данные успешно"),
        Row("", "← DATA (HS = 1)", "Клиент выполняет команду и отсылает результат"),
        Row("Сервер принял данные, и видит, что это только первый пакет (HS=1)", "ACK → (HS = 1)", "HS=1 – требование послать следующий пакет сразу"),
        Row("", "← DATA (HS = 1)", "Клиент принял подтверждение с HS=1, сразу посылает след. пакет"),
        Row("Сервер принял данные, и видит, что есть еще пакеты (HS=1)", "ACK → (HS = 0)", "требование послать следующий пакет после синхронизации"),
        Row("", "", "Клиент принял подтверждение, ждет синхронизации"),
        Row("Сервер наконец готов принять след. пакет", "RDY →", ""),
        Row("", "← DATA (HS = 0)", "Клиент продолжает пересылку"),
        Row("Сервер принял данные успешно (HS=0 – конец)", "ACK →", ""),
    ],
    "34_table_4_request_of_the_till": [
        Row("Сервер спрашивает у клиента «готов?»", "RDY →", ""),
        Row("", "← DATA", "Клиент принял квитанцию, хочет выполнить команду OnLine"),
        Row("Сервер принял пакет  с командой успешно", "ACK →", ""),
        Row("Сервер выполнил команду, отсылает результат", "DATA →", ""),
        Row("", "← ACK", "Клиент принял ответ"),
    ],
    "35_table_5_request_in_packets": [
        Row("Сервер спрашивает у клиента «готов?»", "RDY →", ""),
        Row("", "← DATA (HS=1)", "Клиент принял квитанцию, хочет выполнить команду OnLine"),
        Row("Сервер принял пакет успешно и видит, что будет следующий пакет", "ACK → (HS=1)", ""),
        Row("", "← DATA (HS=1)", "Пересылка второго (последнего) пакета"),
        Row("", "ACK →", ""),
        Row("Сервер получил все данные, выполнил команду, отвечает", "DATA →", ""),
        Row("", "← ACK", "Клиент принял ответ"),
    ],
    "36_table_6_another_till_between": [
        Row("Сервер спрашивает у клиента «готов?»", "RDY →", ""),
        Row("", "← DATA", "Клиент приняла квитанцию, хочет выполнить команду OnLine"),
        Row("Сервер принял пакет успешно", "ACK →", ""),
        Row("Сервер выполнил какой-то обмен с другой ККМ", "…", ""),
        Row("Сервер выполнил команду. Т.к. был обмен с другим клиентом, нужна синхронизация", "RDY →", ""),
        Row("", "← RDY", "Клиент готов принять ответ"),
        Row("Сервер посылает ответ", "DATA →", ""),
        Row("", "← ACK", "Клиент принял ответ"),
    ],
    "37_table_7_frame_number_of_the_till": [
        Row("", "…", ""),
        Row("", "← DATA", "Клиент посылает какие-то данные серверу"),
        Row("Сервер обнаруживает, что не совпал номер кадра", "SYN →", ""),
        Row("", "← RDY", "Клиент сбрасывает счетчики и сообщает о готовности"),
        Row("Если была многопакетная передача данных, начинаем сначала", "RST →", ""),
        Row("", "← DATA", "Повтор"),
    ],
    "38_table_8_frame_number_of_the_master": [
        Row("", "…", ""),
        Row("Сервер посылает какие-то данные клиенту", "DATA →", ""),
        Row("", "← REJ", "Клиент обнаруживает, что не совпал номер кадра"),
        Row("Сервер сбрасывает у себя счетчики и сообщает об этом", "SYN →", ""),
        Row("", "← RDY", "Клиент сбрасывает счетчики и сообщает о готовности"),
        Row("Если была многопакетная передача данных, начинаем сначала", "RST →", ""),
        Row("", "DATA →", ""),
    ],
}
# fmt: on

ROW = re.compile(r"  # ?(.*?) ?\| ?(.*?) ?\| ?(.*)")


def read_rows(file: Path) -> list[tuple[Row, int]]:
    """The rows that stand as comments, each with the number of the line under it."""
    lines = file.read_text(encoding="utf-8").split("\nsteps:\n", 1)
    above = lines[0].count("\n") + 2
    found = [(ROW.fullmatch(line), number) for number, line in enumerate(lines[1].splitlines(), above + 1)]
    return [(Row(*match.groups()), number + 1) for match, number in found if match is not None]


def file_of(table: str) -> Path:
    return FOLDER / f"{table}.kkm.yaml"


def test_each_table_has_its_file() -> None:
    assert sorted(path.name for path in FOLDER.glob("*_table_*.kkm.yaml")) == [file_of(table).name for table in TABLES]


@pytest.mark.parametrize("table", TABLES)
def test_every_row_stands_in_its_order(table: str) -> None:
    assert [row for row, _ in read_rows(file_of(table))] == TABLES[table]


@pytest.mark.parametrize("table", TABLES)
def test_every_row_stands_above_a_step_that_plays_it(table: str) -> None:
    steps = {step.at.line: step for step in load_scenario(file_of(table)).steps}
    for row, line in read_rows(file_of(table)):
        assert line in steps, f"no step under {row}"
        wanted = what_it_says(row)
        assert what_is_said(steps[line])[: len(wanted)] == wanted, row


def what_it_says(row: Row) -> tuple[str, ...]:
    """`("send", "RDY")`, and the HS bit where the row names it; nothing for «…», which may be anything."""
    words = row.packet.replace("→", "").replace("←", "").replace("NAC", "NAK").strip()
    if words == "…":
        return ()
    if words in ("", "ничего", "Ничего (или BUSY)"):
        return ("expect", "silence")
    verb, name = "send" if "→" in row.packet else "expect", words.split()[0]
    hs = re.search("HS ?= ?([01])", words)
    return (verb, name) if hs is None else (verb, name, f"HS={hs[1]}")


def what_is_said(step: Step) -> tuple[str, ...]:
    match step:
        case SendStep(send=spec) | ExpectStep(expect=spec):
            pass
        case _:
            return (step.VERB,)
    match spec:
        case Silence():
            return (step.VERB, "silence")
        case Raw(hex=raw):
            packet = decoded(raw)
            assert packet.direction is (Direction.TO_TILL if step.VERB == "send" else Direction.TO_MASTER)
            name = "DATA" if isinstance(packet, DataPacket) else str(packet).split()[0]
            return (step.VERB, name, f"HS={int(packet.hs)}")
        case Data(hs=hs) | Message(hs=hs):
            return (step.VERB, "DATA", f"HS={hs}")
        case _:
            raise AssertionError(spec)


def decoded(raw: bytes) -> Packet:
    decoder = PacketDecoder()
    decoder.feed(raw)
    found = decoder.next()
    assert isinstance(found, Received), raw.hex(" ")
    assert found.raw == raw, "one packet, and nothing but it"
    return found.packet

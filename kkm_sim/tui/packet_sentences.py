"""What passed on the line, in a sentence: for the one who watches, not for programs."""

from typing import Any, assert_never

from kkm_sim.control.models import ControlPacketEntry, DataPacketEntry, FindingEntry, MessageView, PacketEntry
from kkm_sim.control.snapshot import ERROR_TEXTS, KINDS
from kkm_sim.link.folded_polls import Poll
from kkm_sim.messages.codes import DataKind, Operation, ResultCode, ShownMessage
from kkm_sim.smartbox.events import SHOWN
from kkm_sim.till.amounts import roubles
from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.line_log import Found, LineRow, Passed, Ping
from kkm_sim.tui.translation import reasons_in_words


def sentence(row: LineRow, words: Words) -> str:
    """The row: who said it to whom, and what it means."""
    match row:
        case Poll():
            answer = row.answer.packet if row.answer is not None else words.silence
            often = f" ×{row.times}" if row.times > 1 else ""
            return f"{words.to_till}  {row.asked.packet} → {answer}{often}"
        case Ping():
            often = f" ×{row.times}" if row.times > 1 else ""
            return f"{words.to_master}  {_data(row.answer, words)}{often}"
        case Passed():
            arrow = words.to_till if row.packet.direction == "to_till" else words.to_master
            return f"{arrow}  {_packet(row.packet, words)}"
        case Found():
            found = row.finding
            return f"{words.severities[found.severity]} {found.code}: {_breach(found, words)}"
        case _:
            assert_never(row)


def meaning_of(code: int, words: Words) -> str:
    """What a result code means."""
    if code in words.errors:
        return words.errors[code]
    return ERROR_TEXTS[ResultCode(code)] if code in set(ResultCode) else "?"


def _breach(found: FindingEntry, words: Words) -> str:
    """The rule in the user's language, with what was seen."""
    rule, seen = words.findings.get(found.code), reasons_in_words(found.why, words.reasons)
    if rule is None or seen is None:
        return found.message
    return f"{rule} ({seen})" if seen else rule


def _packet(packet: PacketEntry, words: Words) -> str:
    match packet:
        case ControlPacketEntry():
            meaning = words.controls.get(packet.packet.split()[0])
            return f"{packet.packet}: {meaning}" if meaning else packet.packet
        case DataPacketEntry():
            return f"{packet.packet.split(' [')[0]}  {_data(packet, words)}"
        case _:
            assert_never(packet)


def _data(packet: DataPacketEntry, words: Words) -> str:
    """What a data packet says, and what is wrong with it."""
    if packet.message is None:
        return words.part_of_message.format(bytes=len(packet.data) // 2)
    message = packet.message
    faults = reasons_in_words(message.why, words.reasons) or "; ".join(message.faults)
    return "; ".join(filter(None, (_message(message, words), faults)))


def _message(message: MessageView, words: Words) -> str:
    """The sentence of a message's table; its name where its fields could not be read."""
    fields: dict[str, Any] = dict(message.fields)
    if fields.keys() <= {"data"}:  # of an identifier the data are there, whatever its head is
        return message.name
    match message.name:
        case "SaleRequest":
            name = f" «{fields['name']}»" if fields["name"] else ""
            return words.sale_request.format(code_type=words.code_types[fields["code_type"]], name=name)
        case "SaleAnswer" if fields["result"] == 0:
            return words.sale_answer.format(
                kind=words.answer_kinds[KINDS[Operation(fields["operation"])]],
                receipt=fields["receipt_number"],
                operation=fields["operation_number"],
                sum=roubles(fields["sum"]),
            )
        case "CloseRequest":
            return words.close_request.format(
                receipt=fields["receipt_number"],
                total=roubles(fields["total"]),
                alcohol=fields["alcohol"],
                operations=fields["operations"],
            )
        case "CloseAnswer":
            if fields["result"] == 0:
                return words.close_allowed
            return words.close_refused.format(result=result_words(fields["result"], words))
        case "IdentifierRequest":
            return words.identifier_request.format(receipt=fields["receipt_number"], block=fields["block"])
        case "IdentifierAnswer":
            return _identifier(fields, words)
        case "DonePacket":
            return words.done.format(result=result_words(fields["result"], words))
        case "PingRequest":
            return words.ping
        case "PingAnswer" if fields["result"] == 0:
            return words.ping_answer.format(
                flags=fields["flags"],
                shift=fields["shift"],
                receipt=fields["receipt_number"],
                total=roubles(fields["total"]),
            )
        case "ShowMessageRequest":
            return words.show_message.format(text=SHOWN[ShownMessage(fields["message"])])
        case "AnnulReceiptRequest":
            return words.annul_receipt
        case _:
            return words.short_answer.format(function=message.function, result=result_words(fields["result"], words))


def _identifier(fields: dict[str, Any], words: Words) -> str:
    if fields["result"] != 0:
        return words.identifier_end
    if fields["kind"] == DataKind.GRAPHICS:
        return words.identifier_graphics.format(block=fields["block"], bits=fields["bits"], rows=fields["rows"])
    return words.identifier_text.format(block=fields["block"], bytes=len(fields["data"]) // 2)


def result_words(code: int, words: Words) -> str:
    """A result code and what it means, or that all is done."""
    return words.result_ok if code == 0 else words.result.format(code=code, text=meaning_of(code, words))

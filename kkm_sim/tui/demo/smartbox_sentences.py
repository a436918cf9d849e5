"""What the demo's SmartBox tells, in a sentence of the user's language."""

from typing import Any

from kkm_sim.control.models import ReasonView
from kkm_sim.control.snapshot import KINDS
from kkm_sim.messages.codes import CodeType, Function, Operation, ShownMessage
from kkm_sim.smartbox.events import SHOWN
from kkm_sim.till.amounts import roubles
from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.demo.catalogue import DemoWords
from kkm_sim.tui.demo.smartbox_view import BoxEnded, BoxEvent
from kkm_sim.tui.packet_sentences import result_words
from kkm_sim.tui.translation import reasons_in_words


def box_sentence(told: BoxEvent | BoxEnded, words: Words, demo: DemoWords) -> str:
    """The event in the language of the two catalogues."""
    if isinstance(told, BoxEnded):
        return demo.box_ended.format(code=told.code)
    pattern = demo.events.get(told["event"])
    text: str = told["text"]
    return text if pattern is None else pattern.format(**{**told, **_worded(told, words, demo)})


def _worded(event: BoxEvent, words: Words, demo: DemoWords) -> dict[str, str]:
    """The event's fields that are no plain numbers or codes, in words."""
    worded: dict[str, str] = {}
    for name, value in event.items():
        match name:
            case "function":
                worded[name] = demo.functions.get(Function(value), f"{value}")
            case "why":
                said = event.get("reason") or "; ".join(event.get("reasons", ()))
                worded[name] = reasons_in_words((ReasonView(**reason) for reason in value), words.reasons) or said
            case "result":
                worded[name] = result_words(value, words)
            case "article" | "scanned":
                worded[name] = _article(value, demo)
            case "message":
                worded[name] = SHOWN[ShownMessage(value)]
            case "duplicate":
                worded[name] = demo.duplicate if value else ""
    match event["event"]:
        case "pinged":
            status = event["status"]
            worded |= {
                field: str(status[field]) for field in ("serial_number", "shift", "receipt_number", "operations")
            }
        case "item-registered":
            item = event["item"]
            worded["operation"] = words.answer_kinds[KINDS[Operation(item["operation"])]]
            worded["article"] = _article(item["article"], demo)
            worded["operation_number"] = str(item["operation_number"])
            worded["sum"] = roubles(item["price_sum"])
        case "item-annulled":
            worded |= _annulled(event, demo)
        case "basket-dropped":
            worded["fate"] = demo.over if event["allowed"] else demo.annulled_at_till
        case "utm-asked" | "close-allowed" | "close-refused":
            worded["receipt_number"] = str(event["request"]["receipt_number"])
            worded["total"] = roubles(event["request"]["total"])
        case "receipt-done":
            number = event["receipt_number"]
            worded["receipt"] = demo.a_receipt if number is None else f"{demo.a_receipt} {number}"
            worded["note"] = demo.without_identifier.format(result=worded["result"]) if event["result"] else ""
    return worded


def _annulled(event: BoxEvent, demo: DemoWords) -> dict[str, str]:
    item, scanned = event["item"], _article(event["scanned"], demo)
    if item is None:
        return {"article": scanned, "note": demo.not_in_basket}
    note = "" if item["article"] == event["scanned"] else demo.other_scanned.format(scanned=scanned)
    return {"article": _article(item["article"], demo), "note": note}


def _article(article: dict[str, Any], demo: DemoWords) -> str:
    return demo.articles[CodeType(article["code_type"])].format(ean=article["ean"], pdf=article["pdf"])

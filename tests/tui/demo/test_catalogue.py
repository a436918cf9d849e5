import re
from collections.abc import Mapping
from datetime import datetime
from string import Formatter
from typing import get_args

from kkm_sim.link.events import PacketSeen
from kkm_sim.link.master_link import LINE_DATA_ERROR, NO_LINK
from kkm_sim.messages.codes import CodeType, ModeFlags, Operation
from kkm_sim.messages.records import CloseRequest, SaleAnswer
from kkm_sim.smartbox.basket import UNKNOWN_ARTICLE, Basket
from kkm_sim.smartbox.events import SmartBoxEvent
from kkm_sim.smartbox.reading import Misread, read_till_message
from kkm_sim.smartbox.scanner import Unreadable, classify
from kkm_sim.smartbox.tasks import obstacle_to
from kkm_sim.smartbox.utm import Utm
from kkm_sim.tui.demo.box_view import BoxCommand, UtmMode
from kkm_sim.tui.demo.catalogue import ENGLISH, RUSSIAN, DemoWords
from kkm_sim.tui.demo.tour import CHAPTERS
from kkm_sim.tui.rewording import reworded

BOTH = ("panel", "commands", "utm", "cable", "box_ended", "show_tour", "chapters", "hints")


def kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("-")


def sentences(words: DemoWords) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in BOTH:
        value = getattr(words, name)
        parts = value.items() if isinstance(value, Mapping) else [("", value)]
        found |= {f"{name}.{key}": sentence for key, sentence in parts}
    return found


def test_both_languages_say_the_same_things() -> None:
    english, russian = sentences(ENGLISH), sentences(RUSSIAN)
    assert english.keys() == russian.keys()
    for name, sentence in english.items():
        slots = sorted(slot for _, slot, _, _ in Formatter().parse(sentence) if slot)
        assert slots == sorted(slot for _, slot, _, _ in Formatter().parse(russian[name]) if slot), name


def test_nothing_is_left_out() -> None:
    for words in (ENGLISH, RUSSIAN):
        assert words.commands.keys() == set(BoxCommand)
        assert words.utm.keys() == set(UtmMode)
        assert words.chapters.keys() == {chapter.name for chapter in CHAPTERS}
    assert RUSSIAN.articles.keys() == set(CodeType)


def test_every_event_of_the_smartbox_has_its_russian_words() -> None:
    assert RUSSIAN.events.keys() == {kebab(kind.__name__) for kind in get_args(SmartBoxEvent) if kind is not PacketSeen}


def objections(kind: Operation) -> tuple[str, ...]:
    """All that a basket with a sale or a return has against a receipt of another kind and number."""
    basket = Basket()
    basket.add(SaleAnswer(receipt_number=1, operation_number=5, operation=kind, alcohol=True), UNKNOWN_ARTICLE)
    other = Operation.SALE if kind is Operation.RETURN else Operation.RETURN
    nothing = dict.fromkeys(("discounts", "markups", *(f"tax_{n}" for n in range(1, 6)), "credit", "cash", "other"), 0)
    moment = datetime(2016, 7, 1)
    return basket.objections(
        CloseRequest(receipt_number=2, kind=other, operations=1, alcohol=3, total=5, shift=1, moment=moment, **nothing)
    )


def refused(code: str) -> str:
    scan = classify(code)
    assert isinstance(scan, Unreadable)
    return scan.reason


def misread(data: bytes) -> str:
    message = read_till_message(data, "listed")
    assert isinstance(message, Misread)
    return message.reason


def test_what_the_smartbox_can_object_has_its_russian_words() -> None:
    obstacles = {obstacle_to(flags) for flags in map(ModeFlags, range(256))} - {""}
    utm = {Utm(down=True).objection, Utm(refuses=True).objection}
    scans = {refused("46"), refused("4600000000009")}
    messages = {misread(b"\x03\x09"), misread(b"\x03\x05\x00")}
    baskets = {*objections(Operation.SALE), *objections(Operation.RETURN)}
    assert len(baskets) == 6
    for reason in obstacles | utm | scans | messages | baskets | {NO_LINK, LINE_DATA_ERROR}:
        assert re.search("[а-яё]", reworded(reason, RUSSIAN.reasons)), reason


def test_every_chapter_and_hint_fits_the_narrowest_screen() -> None:
    for words in (ENGLISH, RUSSIAN):
        longest = max(len(name) for name in words.chapters.values())
        assert max(len(hint) for hint in words.hints.values()) + longest + len("10/10 : ") <= 80
        assert set(words.hints) >= {"paper", "power", "menu", "clear", "end"}

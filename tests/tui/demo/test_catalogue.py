from collections.abc import Mapping
from typing import get_args

from kkm_sim.link.events import PacketSeen
from kkm_sim.messages.codes import CodeType
from kkm_sim.smartbox.events import SmartBoxEvent
from kkm_sim.tui.demo.catalogue import ENGLISH, RUSSIAN, DemoWords
from kkm_sim.tui.demo.smartbox_view import BoxCommand, UtmMode
from kkm_sim.tui.demo.tour import CHAPTERS
from tests.sentences import names_in

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
        assert names_in(sentence) == names_in(russian[name]), name


def test_nothing_is_left_out() -> None:
    for words in (ENGLISH, RUSSIAN):
        assert words.commands.keys() == set(BoxCommand)
        assert words.utm.keys() == set(UtmMode)
        assert words.chapters.keys() == {chapter.name for chapter in CHAPTERS}
    assert RUSSIAN.articles.keys() == set(CodeType)


def test_every_event_of_the_smartbox_has_its_russian_words() -> None:
    assert RUSSIAN.events.keys() == {kebab(kind.__name__) for kind in get_args(SmartBoxEvent) if kind is not PacketSeen}


def test_every_chapter_and_hint_fits_the_narrowest_screen() -> None:
    for words in (ENGLISH, RUSSIAN):
        longest = max(len(name) for name in words.chapters.values())
        assert max(len(hint) for hint in words.hints.values()) + longest + len("10/10 : ") <= 80
        assert set(words.hints) >= {"paper", "power", "menu", "clear", "end"}

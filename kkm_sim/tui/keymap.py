"""The keys of the host's keyboard: which key of the till each is, in Latin and in ЙЦУКЕН, with capitals or without.

A letter stands for its place on the keyboard: `p` and `з` are one key of the host, and one key of the till.
"""

from dataclasses import dataclass
from enum import Enum

from kkm_sim.till.keyboard import Key

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю"
_PLACES = dict(zip(_CYRILLIC, _LATIN, strict=True))


class Command(Enum):
    """What a letter does besides pressing a key of the till."""

    PICTURE = "q"
    SAVE = "t"
    BYTES = "b"
    LINE_UP = "["
    LINE_DOWN = "]"


@dataclass(frozen=True, slots=True)
class HostKeys:
    """What presses one key of the till. `shown` is written on it, `others` are told by the map."""

    shown: str
    others: tuple[str, ...] = ()


HOST_KEYS: dict[Key, HostKeys] = {
    Key.FEED: HostKeys("F", ("↑",)),
    Key.MODE: HostKeys("M"),
    Key.RETURN: HostKeys("V"),
    Key.ANNUL: HostKeys("A"),
    Key.CLEAR: HostKeys("Esc", ("c", "Del", "Bksp")),
    Key.PERCENT: HostKeys("%"),
    Key.SECTION: HostKeys("S"),
    Key.MINUS: HostKeys("-", ("−",)),
    Key.TIMES: HostKeys("X", ("*", "×")),
    Key.PLUS: HostKeys("+", ("=",)),
    Key.CREDIT: HostKeys("K"),
    Key.DOUBLE_ZERO: HostKeys("Z"),
    Key.POINT: HostKeys(".", (",",)),
    Key.ITEM: HostKeys("P", ("Space",)),
    Key.TOTAL: HostKeys("Enter", ("i",)),
    **{Key(digit): HostKeys(digit) for digit in "0123456789"},
}
"""Each key of the till, by what the host's keyboard has for it."""

_NAMED = {
    "Esc": "escape",
    "Enter": "enter",
    "Del": "delete",
    "Bksp": "backspace",
    "Space": "space",
    "↑": "up",
}
"""What is written on a key of the host, and what Textual calls it."""

_BY_HOST: dict[str, Key | Command] = {
    _NAMED.get(name, name.casefold()): key for key, host in HOST_KEYS.items() for name in (host.shown, *host.others)
} | {command.value: command for command in Command}

# Without Shift "=" is "+"; with the Russian layout "." and "," stand elsewhere and their places have letters.
_LETTERS = {"ю": ".", "б": ","}


def place(name: str, character: str | None) -> str:
    """The key of the host, whatever layout it types in: `name` as Textual calls it, `character` what it types, if
    anything. A letter is the small Latin one of its place."""
    if character is None or not character.isprintable() or character == " ":
        return name
    typed = character.casefold()
    return _LETTERS.get(typed) or _PLACES.get(typed, typed)


def meaning(name: str, character: str | None) -> Key | Command | None:
    """What a key of the host does; see `place`."""
    return _BY_HOST.get(place(name, character))


def written(key: Key) -> str:
    """All that presses a key, for the map: `P З space`."""
    host = HOST_KEYS[key]
    return "  ".join(with_cyrillic(name) for name in (host.shown, *host.others))


def with_cyrillic(name: str) -> str:
    """A key of the host with what the Russian layout has in its place: `P З`."""
    there = {latin: cyrillic for cyrillic, latin in _PLACES.items()}.get(name.casefold())
    return f"{name.upper()} {there.upper()}" if there is not None and there not in _LETTERS else name

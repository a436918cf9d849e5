"""The keys of the host's keyboard: which key of the till each is and what else each does, in Latin and in ЙЦУКЕН, with
capitals or without.

A letter stands for its place on the keyboard: `p` and `з` are one key of the host, and one key of the till.
"""

from dataclasses import dataclass
from enum import Enum

from kkm_sim.till.keyboard import Key

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю"
_PLACES = dict(zip(_CYRILLIC, _LATIN, strict=True))


@dataclass(frozen=True, slots=True)
class HostKeys:
    """What is pressed for one thing: `shown` is written on it, `others` are told by the map."""

    shown: str
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them as Textual calls them."""
        return tuple(_NAMED.get(key, key.casefold()) for key in (self.shown, *self.others))


class Command(Enum):
    """What is done beside pressing the till's keys, in the order of the screen's lowest line and of the map."""

    HELP = HostKeys("F1")
    PARTS = HostKeys("F2")
    START_AGAIN = HostKeys("F5")
    PICTURE = HostKeys("Q")
    SAVE = HostKeys("T")
    BYTES = HostKeys("B")
    PAPER = HostKeys("F8")
    POWER = HostKeys("F9")
    QUIT = HostKeys("F10", ("Ctrl-C",))
    TAPE_UP = HostKeys("PgUp")
    TAPE_DOWN = HostKeys("PgDn")
    LINE_UP = HostKeys("[")
    LINE_DOWN = HostKeys("]")

    @property
    def host(self) -> HostKeys:
        host: HostKeys = self.value
        return host

    @property
    def action(self) -> str:
        """The app's method that does it is `action_` and this."""
        return self.name.lower()


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
    "PgUp": "pageup",
    "PgDn": "pagedown",
    "Ctrl-C": "ctrl+c",
}
"""What is written on a key of the host, and what Textual calls it."""

_BY_HOST: dict[str, Key | Command] = {name: key for key, host in HOST_KEYS.items() for name in host.names} | {
    name: command for command in Command for name in command.host.names
}

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


def written(host: HostKeys) -> str:
    """All that is pressed for one thing, for the map: `P З  Space`."""
    return "  ".join(with_cyrillic(name) for name in (host.shown, *host.others))


def with_cyrillic(name: str) -> str:
    """A key of the host with what the Russian layout has in its place: `P З`."""
    there = {latin: cyrillic for cyrillic, latin in _PLACES.items()}.get(name.casefold())
    return f"{name.upper()} {there.upper()}" if there is not None and there not in _LETTERS else name

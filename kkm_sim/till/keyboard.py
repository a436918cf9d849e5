"""The keys of the machine and how people write them (till, section 1)."""

from enum import Enum


class Key(Enum):
    """One key. The value is its name on the machine."""

    D0 = "0"
    D1 = "1"
    D2 = "2"
    D3 = "3"
    D4 = "4"
    D5 = "5"
    D6 = "6"
    D7 = "7"
    D8 = "8"
    D9 = "9"
    DOUBLE_ZERO = "00"
    POINT = "."
    ITEM = "ПИ"
    TOTAL = "ИТ"
    RETURN = "ВЗ"
    ANNUL = "АН"
    CLEAR = "С"
    TIMES = "Х"
    PLUS = "+"
    MINUS = "−"
    PERCENT = "%"
    SECTION = "ОТД"
    CREDIT = "КР"
    MODE = "РЕЖ"
    FEED = "↑"

    @property
    def is_number(self) -> bool:
        """True for the keys that type a number: digits, 00 and the point."""
        return self in NUMBER_KEYS


NUMBER_KEYS = frozenset({*(Key(digit) for digit in "0123456789"), Key.DOUBLE_ZERO, Key.POINT})

ALIASES = {
    "PI": Key.ITEM,
    "IT": Key.TOTAL,
    "VZ": Key.RETURN,
    "AN": Key.ANNUL,
    "C": Key.CLEAR,
    "X": Key.TIMES,
    "×": Key.TIMES,
    "-": Key.MINUS,
    "SEC": Key.SECTION,
    "KR": Key.CREDIT,
    "MODE": Key.MODE,
    "FEED": Key.FEED,
}
"""What a keyboard without Cyrillic or without the sign can type instead."""

_BY_NAME = {key.value.casefold(): key for key in Key} | {name.casefold(): key for name, key in ALIASES.items()}


class UnknownKey(ValueError):
    """A word that is no key; `word` is the word."""

    def __init__(self, word: str) -> None:
        super().__init__(f"no such key: {word}")
        self.word = word


def parse_keys(text: str) -> tuple[Key, ...]:
    """Keys written as words: `1 5 0 ПИ ИТ`, in either case, Cyrillic or Latin.

    A number of several digits is taken digit by digit (`150.5`); `00` standing alone is the key 00.
    Raises UnknownKey for the first bad word.
    """
    return tuple(key for word in text.split() for key in _parse_word(word))


def _parse_word(word: str) -> tuple[Key, ...]:
    key = _BY_NAME.get(word.casefold())
    if key is not None:
        return (key,)
    digits = tuple(_BY_NAME.get(character) for character in word)
    typed = tuple(digit for digit in digits if digit is not None and digit.is_number)
    if len(typed) != len(word):
        raise UnknownKey(word)
    return typed

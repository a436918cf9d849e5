import pytest

from kkm_sim.till.keyboard import Key
from kkm_sim.tui.keymap import HOST_KEYS, Command, meaning, with_cyrillic, written


@pytest.mark.parametrize(
    ("latin", "cyrillic", "key"),
    [
        ("p", "з", Key.ITEM),
        ("i", "ш", Key.TOTAL),
        ("v", "м", Key.RETURN),
        ("a", "ф", Key.ANNUL),
        ("c", "с", Key.CLEAR),
        ("x", "ч", Key.TIMES),
        ("s", "ы", Key.SECTION),
        ("k", "л", Key.CREDIT),
        ("m", "ь", Key.MODE),
        ("f", "а", Key.FEED),
        ("z", "я", Key.DOUBLE_ZERO),
        (".", "ю", Key.POINT),
        (",", "б", Key.POINT),
        ("q", "й", Command.PICTURE),
        ("b", "и", Command.BYTES),
        ("[", "х", Command.LINE_UP),
        ("]", "ъ", Command.LINE_DOWN),
    ],
)
def test_a_place_means_the_same_in_both_layouts_and_with_capitals(
    latin: str, cyrillic: str, key: Key | Command
) -> None:
    for typed in (latin, latin.upper(), cyrillic, cyrillic.upper()):
        assert meaning("whatever", typed) is key


@pytest.mark.parametrize("digit", "0123456789")
def test_digits(digit: str) -> None:
    assert meaning(digit, digit) is Key(digit)


@pytest.mark.parametrize(
    ("name", "character", "key"),
    [
        ("enter", "\r", Key.TOTAL),
        ("escape", "\x1b", Key.CLEAR),
        ("backspace", "\x7f", Key.CLEAR),
        ("delete", None, Key.CLEAR),
        ("space", " ", Key.ITEM),
        ("up", None, Key.FEED),
        ("plus", "+", Key.PLUS),
        ("minus", "-", Key.MINUS),
        ("percent_sign", "%", Key.PERCENT),
        ("f9", None, Command.POWER),
        ("pagedown", None, Command.TAPE_DOWN),
        ("ctrl+c", "\x03", Command.QUIT),
        ("asterisk", "*", Key.TIMES),
    ],
)
def test_keys_that_are_no_letters(name: str, character: str | None, key: Key | Command) -> None:
    assert meaning(name, character) is key


@pytest.mark.parametrize(("name", "character"), [("f7", None), ("w", "w"), ("tab", "\t"), ("ctrl+p", "\x10")])
def test_other_keys_mean_nothing(name: str, character: str | None) -> None:
    assert meaning(name, character) is None


def test_every_key_of_the_till_is_on_the_host() -> None:
    assert HOST_KEYS.keys() == set(Key)


def test_no_two_keys_share_a_place() -> None:
    names = [name for host in HOST_KEYS.values() for name in host.names]
    names += [name for command in Command for name in command.host.names]
    assert sorted(names) == sorted(set(names))


def test_the_map_has_both_layouts() -> None:
    assert written(HOST_KEYS[Key.ITEM]) == "P З  Space"
    assert written(HOST_KEYS[Key.POINT]) == ".  ,"
    assert written(Command.QUIT.host) == "F10  Ctrl-C"
    assert with_cyrillic("[") == "[ Х"

import pytest

from kkm_sim.till.keyboard import Key, UnknownKey, parse_keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("1 5 0 ПИ ИТ", (Key.D1, Key.D5, Key.D0, Key.ITEM, Key.TOTAL)),
        ("150.5", (Key.D1, Key.D5, Key.D0, Key.POINT, Key.D5)),
        ("1 00 00", (Key.D1, Key.DOUBLE_ZERO, Key.DOUBLE_ZERO)),
        ("100", (Key.D1, Key.D0, Key.D0)),
        (
            "PI IT VZ AN C X SEC KR MODE FEED",
            (
                *(Key.ITEM, Key.TOTAL, Key.RETURN, Key.ANNUL, Key.CLEAR),
                *(Key.TIMES, Key.SECTION, Key.CREDIT, Key.MODE, Key.FEED),
            ),
        ),
        ("ПИ ИТ ВЗ АН С Х", (Key.ITEM, Key.TOTAL, Key.RETURN, Key.ANNUL, Key.CLEAR, Key.TIMES)),
        ("ОТД КР РЕЖ ↑", (Key.SECTION, Key.CREDIT, Key.MODE, Key.FEED)),
        ("+ - − %", (Key.PLUS, Key.MINUS, Key.MINUS, Key.PERCENT)),
        ("пи с х pi", (Key.ITEM, Key.CLEAR, Key.TIMES, Key.ITEM)),
        ("", ()),
    ],
)
def test_keys_by_name(text: str, keys: tuple[Key, ...]) -> None:
    assert parse_keys(text) == keys


@pytest.mark.parametrize("word", ["ПИИТ", "15ПИ", "1,5", "-5", "²", "ВОЗВРАТ"])
def test_unknown_key_names_the_word(word: str) -> None:
    with pytest.raises(UnknownKey, match="no such key") as caught:
        parse_keys(f"1 {word} ИТ")
    assert caught.value.word == word

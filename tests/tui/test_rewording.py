from kkm_sim.tui.rewording import reworded

SENTENCES = {
    "no link": "нет связи",
    "{size} bytes instead of {right}": "{size} байт вместо {right}",
    "(as it is) {what}?": "{what}!",
}


def test_a_sentence_that_is_always_the_same() -> None:
    assert reworded("no link", SENTENCES) == "нет связи"


def test_what_stands_in_braces_is_kept() -> None:
    assert reworded("7 bytes instead of 71", SENTENCES) == "7 байт вместо 71"


def test_signs_are_only_themselves() -> None:
    assert reworded("(as it is) so?", SENTENCES) == "so!"
    assert reworded("as it is so", SENTENCES) == "as it is so"


def test_another_sentence_is_told_as_it_is() -> None:
    assert reworded("no link at all", SENTENCES) == "no link at all"
    assert reworded("no link", {}) == "no link"

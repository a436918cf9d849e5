from kkm_sim.control.models import ReasonView
from kkm_sim.tui.translation import in_words, reasons_in_words

SENTENCES = {"no-link": "нет связи", "other-size": "{size} байт вместо {expected}", "control-code": "код {code:X}"}


def test_a_sentence_with_what_it_names() -> None:
    assert in_words("no-link", {}, SENTENCES) == "нет связи"
    assert in_words("other-size", {"size": 7, "expected": 71, "more": 1}, SENTENCES) == "7 байт вместо 71"


def test_what_is_not_known_has_no_words() -> None:
    assert in_words("brand-new", {}, SENTENCES) is None
    assert in_words("other-size", {"size": 7}, SENTENCES) is None
    assert in_words("control-code", {"code": "seven"}, SENTENCES) is None


def test_several_reasons_or_none_of_them() -> None:
    known = ReasonView(code="no-link", fields={})
    size = ReasonView(code="other-size", fields={"size": 7, "expected": 71})
    assert reasons_in_words([known, size], SENTENCES) == "нет связи; 7 байт вместо 71"
    assert reasons_in_words([known, ReasonView(code="brand-new", fields={})], SENTENCES) is None
    assert reasons_in_words([], SENTENCES) == ""

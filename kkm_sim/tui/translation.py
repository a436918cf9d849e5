"""What others tell by a code and in English, in the words of a catalogue: None where it is a later version's."""

from collections.abc import Iterable, Mapping

from kkm_sim.control.models import ReasonView


def in_words(code: str, named: Mapping[str, object], sentences: Mapping[str, str]) -> str | None:
    """The sentence of that code with what it names."""
    try:
        return sentences[code].format(**named)
    except (LookupError, ValueError):
        return None


def reasons_in_words(reasons: Iterable[ReasonView], sentences: Mapping[str, str]) -> str | None:
    """All of them in one sentence."""
    told = [in_words(reason.code, reason.fields, sentences) for reason in reasons]
    return None if None in told else "; ".join(filter(None, told))

"""Sentences that others word in English, in the words of a catalogue."""

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter


def reworded(said: str, sentences: Mapping[str, str]) -> str:
    """`said` in other words, or as it is where nobody knows it.

    `sentences`: English ones with their words; what stands in braces is any text, and stands in the words as well.
    """
    for sentence, words in sentences.items():
        found = _shape(sentence).fullmatch(said)
        if found is not None:
            return words.format(**found.groupdict())
    return said


@cache
def _shape(sentence: str) -> re.Pattern[str]:
    parts = Formatter().parse(sentence)
    return re.compile("".join(re.escape(text) + (f"(?P<{name}>.+)" if name else "") for text, name, _, _ in parts))

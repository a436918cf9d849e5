"""What stands in a sentence to be filled in."""

from string import Formatter


def names_in(sentence: str) -> set[str]:
    """The names in its braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}

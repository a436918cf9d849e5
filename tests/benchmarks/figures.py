"""A figure: rows of the table, and what is made of what was measured."""

from collections.abc import Iterable

HEAD = "| figure | kkm_sim | floor | ratio | peers | aim |\n|---|---|---|---|---|---|"


def row(what: str, ours: str, floor: str = "–", ratio: str = "–", aim: str = "–", peers: str = "–") -> str:
    """`peers`: the same of other people's simulators, measured in the same run."""
    return f"| {what} | {ours} | {floor} | {ratio} | {peers} | {aim} |"


def percentiles(figures: Iterable[float]) -> tuple[float, float]:
    """p50 and p99."""
    ordered = sorted(figures)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]


def p50_p99(figures: Iterable[float]) -> str:
    """Of ms."""
    p50, p99 = percentiles(figures)
    return f"{p50:.2f} / {p99:.2f} ms"

"""Steps that cannot be done where they stand: for who the master is then, for the tills there are."""

import re
from collections.abc import Iterator, Sequence, Set

from kkm_sim.scenario.format.mistakes import Mistake
from kkm_sim.scenario.format.source_steps import SourceStep
from kkm_sim.scenario.format.steps import (
    Exchange,
    Expectation,
    ExpectStep,
    KeysStep,
    MasterStep,
    OptionStep,
    Step,
)
from kkm_sim.scenario.format.yaml_nodes import Mapping, Node, Scalar
from kkm_sim.settings import OPTIONS

_UPDATED = ("tape", "indicator", "receipt", "beep", "state", "findings")
_THE_TILLS_OWN = ("close", "identifier", "done")
_OF_WHAT_IS_SENT = ("hs", "hears", "frames")
_MENU = re.compile(r"\b(РЕЖ|MODE)\b", re.IGNORECASE)
_OF_NO_TILL = {
    "wait": "time passes for all",
    "scan": "the scanner is the SmartBox's",
    "utm": "the UTM is the SmartBox's",
    "cable": "there is one cable for all",
    "master": "there is one master for all",
    "damage": "it harms the next packet, whichever till's it is",
    "findings": "they are about the line, which tills share",
    "repeat": "each step inside may have its own",
    "include": "each step of the file may have its own",
}
"""Steps that are about no till of their own, and why."""
_EMPTY = {
    "damage": "`of_till` or `of_master` in `damage`",
    "option": "an option to set, as in `{29: 3}`",
}
_INSIDE_ONLY = ("scan", "utm", "damage", "cable", "master")


def impossible_steps(root: Mapping, steps: Sequence[SourceStep], addresses: Set[int] | None) -> list[Mistake]:
    """A mistake for each step that cannot be done, in the order of the steps.

    `addresses`: the tills' on the line; None where they are not known, for a mistake told already.
    """
    master = root.get("master")
    known = addresses is not None and not _menu_is_used(steps)
    walk = _Walk(addresses | set(_addresses_set(steps)) if known and addresses is not None else None)
    walk.steps(steps, str(master.value) if isinstance(master, Scalar) else "smartbox")
    return list(walk.mistakes.values())


def _addresses_set(steps: Sequence[SourceStep]) -> Iterator[int]:
    """Addresses that a till is given on the way, by its option 30."""
    for step in steps:
        if isinstance(step.step, OptionStep) and 30 in step.step.option:
            yield step.step.option[30]
        yield from _addresses_set(step.inside)


def _menu_is_used(steps: Sequence[SourceStep]) -> bool:
    """Whether РЕЖ is pressed: the menu has option 30, too."""
    return any(
        (isinstance(step.step, KeysStep) and _MENU.search(step.step.keys)) or _menu_is_used(step.inside)
        for step in steps
    )


class _Walk:
    def __init__(self, addresses: Set[int] | None) -> None:
        self.addresses = addresses
        self.mistakes: dict[tuple[str, int, int, str], Mistake] = {}

    def steps(self, steps: Sequence[SourceStep], master: str) -> str:
        """Walks steps with a master at the line; who it is after them."""
        for source in steps:
            if source.inside:
                before, master = master, self.steps(source.inside, master)
                if source.verb == "repeat" and master != before:
                    self.steps(source.inside, master)
            elif source.step is not None:
                self._say(source, self._told(source, source.step, master))
            self._say(source, _needless_till(source))
            if source.verb == "master" and master != "outside":
                master = source.step.master if isinstance(source.step, MasterStep) else ""
        return master

    def _say(self, source: SourceStep, told: Iterator[tuple[Node, str, str]]) -> None:
        for node, expected, found in told:
            key = (source.file, node.line, node.column, expected)
            self.mistakes.setdefault(key, source.mistake(node, expected, found))

    def _told(self, source: SourceStep, step: Step, master: str) -> Iterator[tuple[Node, str, str]]:
        node = source.node
        assert isinstance(node, Mapping)
        verb = node.key(step.VERB) or node
        if self.addresses is not None and step.till is not None and step.till not in self.addresses:
            there = " or ".join(map(str, sorted(self.addresses)))
            yield node.get("till") or node, f"the address of a till on the line: {there}", f"`{step.till}`"
        if step.VERB in _EMPTY:
            value = node.get(step.VERB)
            if isinstance(value, Mapping) and not value.entries:
                yield value, _EMPTY[step.VERB], "nothing in it"
        if isinstance(step, OptionStep):
            yield from _options(node, step)
        if isinstance(step, Expectation) and step.update:
            yield from _update(node, step)
        if isinstance(step, ExpectStep) and master in ("smartbox", "outside"):
            yield from _of_anybody_else(node, master)
        match master:
            case "smartbox":
                yield from _of_smartbox(node, verb, step)
            case "wire" if step.VERB in ("scan", "utm"):
                yield verb, f"`master: smartbox` before `{step.VERB}`: the scenario itself has no SmartBox", _IS["wire"]
            case "outside":
                yield from _of_outside(node, verb, step)


_IS = {
    "smartbox": "the SmartBox at the line (`master: smartbox`)",
    "wire": "the scenario itself at the line (`master: wire`)",
    "outside": "`master: outside`",
}


def _needless_till(source: SourceStep) -> Iterator[tuple[Node, str, str]]:
    till = source.node.key("till") if isinstance(source.node, Mapping) else None
    if till is not None and source.verb in _OF_NO_TILL:
        yield till, f"`{source.verb}` without `till`: {_OF_NO_TILL[source.verb]}", "`till` beside it"


def _of_smartbox(node: Mapping, verb: Node, step: Step) -> Iterator[tuple[Node, str, str]]:
    if step.VERB == "send":
        yield verb, "`master: wire` before `send`: the SmartBox speaks by itself", _IS["smartbox"]
    elif isinstance(step, Exchange):
        if step.VERB == "sale" and step.body.sent is not None:
            expected = "`scan` in its place, or `master: wire` before it: the SmartBox asks by itself"
            yield _part(node, step, "send"), expected, "`send` in `sale`"
        elif step.VERB in _THE_TILLS_OWN and step.body.sent is not None:
            expected = "`utm` before it, or `master: wire`: the SmartBox answers by itself"
            yield _part(node, step, "send"), expected, f"`send` in `{step.VERB}`"
        elif step.body.sent is not None:
            yield from _filled_in(node, step)
        yield from _needless(node, step, "smartbox")


def _of_anybody_else(node: Mapping, master: str) -> Iterator[tuple[Node, str, str]]:
    for name in ("not_before", "not_after"):
        key = node.key(name)
        if key is not None:
            yield key, f"`master: wire` for `{name}`: only the scenario itself hears each packet", _IS[master]


def _of_outside(node: Mapping, verb: Node, step: Step) -> Iterator[tuple[Node, str, str]]:
    if step.VERB == "send" or step.VERB in _INSIDE_ONLY:
        yield verb, f"no `{step.VERB}`, or another master: a program outside holds the line", _IS["outside"]
    elif isinstance(step, Exchange):
        if step.body.sent is not None:
            expected = "only `expect`, or `master: wire`: a program outside sends what it likes"
            yield _part(node, step, "send"), expected, f"`send` in `{step.VERB}`"
        elif step.body.expected is None and step.VERB not in _THE_TILLS_OWN:
            expected = "`expect` in it, or `master: wire`: only the program outside can ask"
            yield verb, expected, f"`{step.VERB}` alone"
        yield from _needless(node, step, "outside")


def _update(node: Mapping, step: Expectation) -> Iterator[tuple[Node, str, str]]:
    if step.VERB in _UPDATED or (isinstance(step, Exchange) and step.body.expected is not None):
        return
    expected = f"`update` only beside {', '.join(_UPDATED)} or a message's `expect`"
    beside = f"`{step.VERB}` without `expect`" if isinstance(step, Exchange) else f"`{step.VERB}`"
    yield node.key("update") or node, expected, f"`update` beside {beside}"


def _options(node: Mapping, step: OptionStep) -> Iterator[tuple[Node, str, str]]:
    given = node.get(step.VERB)
    for key, value in given.entries if isinstance(given, Mapping) else ():
        allowed = OPTIONS[int(str(key.value))]
        if isinstance(value, Scalar) and value.value not in allowed:
            yield value, f"{allowed[0]} to {allowed[-1]} for option {key.value}", value.found


def _filled_in(node: Mapping, step: Exchange) -> Iterator[tuple[Node, str, str]]:
    body = node.get(step.VERB)
    sent = body.get("send") if isinstance(body, Mapping) else None
    for key, _ in sent.entries if isinstance(sent, Mapping) else ():
        if key.value != "message":
            yield key, "only `message`, or `master: wire`: the SmartBox fills in the rest", f"`{key.value}`"


def _needless(node: Mapping, step: Exchange, master: str) -> Iterator[tuple[Node, str, str]]:
    for name in _OF_WHAT_IS_SENT:
        key = node.key(name)
        if key is not None:
            yield key, f"`master: wire` for `{name}`, which is about what the scenario itself sends", _IS[master]


def _part(node: Mapping, step: Exchange, side: str) -> Node:
    body = node.get(step.VERB)
    return (body.key(side) if isinstance(body, Mapping) else None) or node

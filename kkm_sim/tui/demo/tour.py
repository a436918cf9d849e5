"""The demo's guided tour: what to press next, read off the till and its SmartBox, so that no wrong key loses it."""

from collections.abc import Callable
from dataclasses import dataclass

from kkm_sim.control.models import Snapshot
from kkm_sim.tui.demo.smartbox_view import UtmMode

PICTURE_SEEN = "picture-seen"
"""What happens when the QR code is shown alone; all else that happens are events of the SmartBox."""


MONEY = 500_00
"""Kopecks that the tour's customer has at hand."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the tour goes by. `happened`: what has happened since its chapter began."""

    till: Snapshot
    utm: UtmMode
    plugged: bool
    happened: frozenset[str]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One flow. `hint` names what to do next, a key of the catalogue's hints."""

    name: str
    hint: Callable[[Seen], str]
    done: Callable[[Seen], bool]


class Tour:
    """Where the tour is. `look` at what there is, then say `name` and `hint`."""

    def __init__(self) -> None:
        self._number = 0
        self._happened: set[str] = set()
        self.hint = ""

    @property
    def name(self) -> str:
        """The chapter's, a key of the catalogue's chapters."""
        return CHAPTERS[self._number].name

    @property
    def progress(self) -> str:
        """The chapter's number of how many."""
        return f"{self._number + 1}/{len(CHAPTERS)}"

    def happens(self, what: str) -> None:
        """An event's kind, or PICTURE_SEEN."""
        self._happened.add(what)

    def look(self, till: Snapshot, utm: UtmMode, plugged: bool) -> None:
        """Goes on to the next chapter when this one is done."""
        seen = Seen(till, utm, plugged, frozenset(self._happened))
        if CHAPTERS[self._number].done(seen):
            self._number += 1
            self._happened.clear()
        self.hint = _obstacle(seen, self.name) or CHAPTERS[self._number].hint(seen)


def _obstacle(seen: Seen, chapter: str) -> str:
    """What has to be put right before anything else; empty for nothing."""
    till = seen.till
    if not seen.plugged and chapter not in ("unplugged", "plugged"):
        return "plug"
    if not till.paper:
        return "paper"
    if till.error is not None:
        return "clear"
    return {"off": "power", "menu": "menu"}.get(till.state, "")


def _selling(seen: Seen) -> str:
    """A bottle on its way from the scanner to the end of its receipt."""
    till = seen.till
    match till.state:
        case "request":
            return "price"
        case "entry":
            return "register" if till.request else "finish"
        case "open":
            due = till.receipt.total if till.receipt is not None else 0
            return "total" if due <= MONEY else "exact"
        case "close_wait":
            return "wait_utm"
        case "refused":
            return "again"
        case "qr_print":
            return "wait_printer"
        case "idle":
            # Allowed and not done: the till has yet to report the end of the receipt.
            if till.printing or "close-allowed" in seen.happened:
                return "wait_printer"
            return "pdf" if till.indicator.text == "SCAn PdF" else "ean"
        case _:
            return "cancel"


def _with_utm(mode: UtmMode, hint: Callable[[Seen], str], *, before: frozenset[str]) -> Callable[[Seen], str]:
    """As `hint`, with the UTM in that mode first, where the till is in one of the states `before`."""
    return lambda seen: f"utm_{mode.name.lower()}" if seen.till.state in before and seen.utm is not mode else hint(seen)


def _beer(seen: Seen) -> str:
    return "beer" if _selling(seen) in ("ean", "pdf") else _selling(seen)


def _annulling(seen: Seen) -> str:
    match seen.till.state:
        case "open":
            # Until the SmartBox has heard of the sale it takes no other code.
            heard = "sale-requested" not in seen.happened or "item-registered" in seen.happened
            return "annul" if heard else "wait_sold"
        case "annul_armed":
            return "last"
        case "annul_scan":
            return "same"
        case _:
            return _selling(seen)


def _voiding(seen: Seen) -> str:
    match seen.till.state:
        case "open":
            return "annul"
        case "annul_armed":
            return "whole"
        case _:
            return _selling(seen)


def _lost(seen: Seen) -> bool:
    # One who has put the cable in again before it was noticed begins this once more.
    return "till-lost" in seen.happened and not seen.plugged


def _has_happened(what: str) -> Callable[[Seen], bool]:
    return lambda seen: what in seen.happened


_IDLE = frozenset({"idle"})
_BEFORE_TOTAL = frozenset({"idle", "open"})
_BEFORE_CLOSE = _BEFORE_TOTAL | {"refused"}

CHAPTERS = (
    Chapter("sale", _with_utm(UtmMode.ALLOWS, _selling, before=_BEFORE_CLOSE), _has_happened("receipt-done")),
    Chapter("picture", lambda seen: "picture", _has_happened(PICTURE_SEEN)),
    Chapter("refusal", _with_utm(UtmMode.REFUSES, _selling, before=_BEFORE_TOTAL), _has_happened("close-refused")),
    Chapter("slow", _with_utm(UtmMode.SLOW, _selling, before=_BEFORE_CLOSE), _has_happened("receipt-done")),
    Chapter("annulment", _with_utm(UtmMode.ALLOWS, _annulling, before=_IDLE), _has_happened("item-annulled")),
    Chapter("void", _voiding, lambda seen: seen.till.state == "idle" and seen.till.receipt is None),
    Chapter("beer", _with_utm(UtmMode.ALLOWS, _beer, before=_BEFORE_CLOSE), _has_happened("receipt-done")),
    Chapter("unplugged", lambda seen: "pull" if seen.plugged else "wait_lost", _lost),
    Chapter("plugged", lambda seen: "wait_found" if seen.plugged else "plug", _has_happened("till-found")),
    Chapter("end", lambda seen: "end", lambda seen: False),
)

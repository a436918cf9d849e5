"""Whose pages a server lets in: the one rule for Host and Origin, for every server of ours.

A page from anywhere can make the browser of this computer connect to us. It may hold a name of its own for our address
(DNS rebinding): that shows in Host. Or it connects from where it is: that shows in Origin. Programs send no Origin.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from kkm_sim.drivers.listening import is_loopback


class Pages(Enum):
    """Which pages are no strangers."""

    OF_THIS_COMPUTER = "of any server on this computer"
    OF_THE_SAME_HOST = "of any port of the host that was asked for"
    OUR_OWN = "of the host and port that were asked for"


@dataclass(frozen=True, slots=True)
class BrowserGuard:
    """The rule of one server. `names`: what else than its addresses it may be asked for by beyond this computer; None:
    anything."""

    pages: Pages
    loopback_only: bool
    names: frozenset[str] | None = None

    def foreign(self, host: str, origins: Iterable[str]) -> Literal["Host", "Origin"] | None:
        """The header that keeps a request out: the host it asks for, or where its page is from. None: let it in."""
        asked = _place(f"//{host}")
        if not self._is_ours(asked.host):
            return "Host"
        return "Origin" if any(self._is_strange(_place(origin), asked) for origin in origins) else None

    def _is_ours(self, host: str) -> bool:
        if is_loopback(host):
            return True
        return not self.loopback_only and (self.names is None or host in self.names or _is_address(host))

    def _is_strange(self, page: "_Place", asked: "_Place") -> bool:
        match self.pages:
            case Pages.OF_THIS_COMPUTER:
                return not is_loopback(page.host)
            case Pages.OF_THE_SAME_HOST:
                return page.host != asked.host
            case Pages.OUR_OWN:
                return page.with_port != asked.with_port


class _Place(NamedTuple):
    """In small letters; empty where there is none."""

    host: str
    with_port: str


def _place(url: str) -> _Place:
    try:
        parts = urlsplit(url)
        return _Place(parts.hostname or "", parts.netloc.lower())
    except ValueError:
        return _Place("", "")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True

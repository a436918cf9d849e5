"""Whoever brings a SmartBox's messages to the till: the link engine beside it, or a server far away."""

from collections.abc import Hashable
from typing import Protocol

from kkm_sim.clock import Instant
from kkm_sim.link.events import MasterEvent


class Messenger(Protocol):
    """What `MasterLink` is to a SmartBox; its methods tell what they do."""

    @property
    def busy(self) -> bool: ...

    @property
    def speaks(self) -> bool: ...

    @property
    def silent(self) -> bool: ...

    @property
    def frame_number(self) -> int: ...

    def send(self, data: bytes, tag: Hashable, *, hs: bool = False, answer: bool = False) -> None: ...

    def send_wait(self) -> None: ...

    def take_line(self, quiet_from: Instant) -> None: ...

    def receive_data(self, data: bytes, now: Instant) -> None: ...

    def next_event(self) -> MasterEvent | None: ...

    def poll(self, now: Instant) -> bytes: ...

    def deadline(self) -> Instant | None: ...

"""A recording as the text of a scenario: piece by piece as it comes, or all of it once more packet by packet."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from kkm_sim.clock import Instant
from kkm_sim.scenario.record.exact_recording import ExactRecording
from kkm_sim.scenario.record.readable_recording import Draft, ReadableRecording
from kkm_sim.scenario.record.recorder import Recorder
from kkm_sim.scenario.record.yaml_writer import comment_text, head_text, step_text
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import Start

_PLAIN = "Packet by packet, at the moments they came: what a shorter form would tell does not play the same."
_SHORT = "Polling that led to nothing is left out, and time with it."


class Transcript:
    """What a recorder has kept, as text.

    `head` comes first, then what `more` gives, call after call, then `rest`: at any moment that is a whole scenario.
    `plain` tells the whole again, packet by packet.
    """

    def __init__(
        self, recorder: Recorder, *, title: str, settings: Settings, start: Start, paced: bool, moment: datetime
    ) -> None:
        """`moment`: when it is recorded, for the reader."""
        self._recorder = recorder
        self._title = title
        self._settings = settings
        self._start: Start = start
        self._paced = paced
        self._moment = moment
        self._readable = self._recording(tidy=True)

    @property
    def head(self) -> str:
        """What the file begins with: a scenario that looks at the indicator."""
        return self._head(_SHORT, self._minute)

    def more(self, now: Instant) -> str:
        """The steps of what is over since the last call; "" where nothing is."""
        return self._told(self._recorder.settled(now), last=False)

    def rest(self) -> str:
        """The steps of all that is left, at the end."""
        return self._told(len(self._recorder.items), last=True)

    def _told(self, end: int, *, last: bool) -> str:
        recorder = self._recorder
        items, recorder.kept = recorder.items[recorder.kept : end], end
        return _text(self._readable.tell(items, last=last)) if items or last else ""

    def versions(self) -> Iterator[str]:
        """The whole of it again, each time closer to what passed on the line; the last one must play."""
        recorder = self._recorder
        drafts = self._recording(tidy=False).tell(recorder.items, last=True)
        yield self.head + _text(drafts)
        yield self.plain()

    def plain(self) -> str:
        """The whole of it packet by packet, with the times that they came at."""
        recorder = self._recorder
        exact = ExactRecording(
            self._settings, wall=recorder.wall, start=self._start, paced=self._paced, began=recorder.began
        )
        return self._head(_PLAIN, recorder.wall.replace(microsecond=0)) + _text(exact.run(recorder.items))

    def _recording(self, *, tidy: bool) -> ReadableRecording:
        recorder = self._recorder
        return ReadableRecording(
            wall=recorder.wall,
            began=recorder.began,
            shown=recorder.shown,
            settings=self._settings,
            paced=self._paced,
            tidy=tidy,
        )

    @property
    def _minute(self) -> datetime:
        return self._recorder.wall.replace(second=0, microsecond=0)

    def _head(self, about: str, clock: datetime) -> str:
        values: dict[str, Any] = {"master": "wire"}
        default = Settings()
        settings = {
            field.name: _plain(getattr(self._settings, field.name))
            for field in fields(Settings)
            if getattr(self._settings, field.name) != getattr(default, field.name)
        }
        if settings:
            values["settings"] = settings
        if self._start != "cash":
            values["start"] = self._start
        values["clock"] = clock
        if not self._paced:
            values["paced"] = False
        recorded = f"Recorded on {self._moment:%Y-%m-%d} at {self._moment:%H:%M}."
        return head_text(self._title, f"{recorded} {about}", values) + step_text({"indicator": self._recorder.shown})


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _text(drafts: Iterable[Draft]) -> str:
    return "".join(
        comment_text(draft.comment) if draft.step is None else step_text(draft.step, draft.comment) for draft in drafts
    )

"""Sessions that are recorded as they take place, on a bench or by a wire master, and what became of them."""

from datetime import datetime
from pathlib import Path

from kkm_sim.clock import MS, Instant
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction, Packet
from kkm_sim.link.till_line import GAP
from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.play.player import play
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.play.wire_exchange import hear, say
from kkm_sim.scenario.play.wire_master import Heard
from kkm_sim.scenario.record.recorder import Recorder
from kkm_sim.scenario.record.transcript import Transcript
from kkm_sim.scenario.report.outcome import Outcome
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import Start
from kkm_sim.simulator import Simulator
from kkm_sim.smartbox import Utm
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.virtual.bench import DEFAULT_WALL, Bench

EAN = "4607001771562"
PDF = "22N000017K1UWQ1AYT9DPAX3110130010160ZZTPKJ8FQE0V0GMH65AUT3U49P1EUT3U"
RECORDED_ON = datetime(2026, 1, 2, 3, 4)


class RecordedBench(Bench):
    """A bench whose till is recorded from its first moment."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        start: Start = "cash",
        paced: bool = True,
        utm: Utm | None = None,
        title: str = "A session",
    ) -> None:
        settings = settings or Settings()
        super().__init__(settings, start=start, paced=paced, utm=utm)
        self.recording = Recording(self.simulator, settings, start=start, paced=paced, title=title)

    def written(self) -> str:
        """The end: what was recorded, as its file would be."""
        return self.recording.written(self.clock.now())


class RecordedWire:
    """A till with a wire master, that is recorded from its first moment."""

    def __init__(self, settings: Settings | None = None, *, title: str = "A session") -> None:
        settings = settings or Settings()
        self.stage = VirtualStage([settings], wall=DEFAULT_WALL, start="cash", master="wire")
        self.recording = Recording(self.stage.simulator, settings, start="cash", paced=True, title=title)

    def says(self, packet: Packet | bytes | ControlCode, *, after: int = GAP) -> None:
        """A packet of the master goes out."""
        control = isinstance(packet, ControlCode)
        say(self.stage, ControlPacket(1, Direction.TO_TILL, packet) if control else packet, after=after)  # type: ignore[arg-type]

    def says_data(self, data: bytes, *, hs: bool = False, number: int | None = None) -> None:
        """A data packet, with the next frame number or another."""
        own = self.stage.wire.number(1) if number is None else number
        self.says(DataPacket(1, Direction.TO_TILL, own, data, hs))

    def hears(self) -> Heard | None:
        """What the till says next, within a second."""
        return hear(self.stage, Instant(self.stage.now() + 1000 * MS))

    def asks(self, code: ControlCode) -> Heard | None:
        """A control packet and what it hears."""
        self.says(code)
        return self.hears()

    def presses(self, keys: str) -> None:
        """Keys of the till."""
        for key in parse_keys(keys):
            self.stage.act(lambda simulator, now, key=key: simulator.press(key, now))  # type: ignore[misc]

    def written(self) -> str:
        """The end: what was recorded, as its file would be."""
        return self.recording.written(self.stage.now())


class Recording:
    """A recorder and what it becomes as text."""

    def __init__(self, simulator: Simulator, settings: Settings, *, start: Start, paced: bool, title: str) -> None:
        self.recorder = Recorder(simulator, Instant(0))
        self.transcript = Transcript(
            self.recorder, title=title, settings=settings, start=start, paced=paced, moment=RECORDED_ON
        )
        self._text = self.transcript.head

    def keeps_up(self, now: Instant) -> None:
        """Writes what is over, as a driver has it done every now and then."""
        self.recorder.look(now)
        self._text += self.transcript.more(now)

    def written(self, now: Instant) -> str:
        """The whole file."""
        self.recorder.finish(now)
        self._text += self.transcript.rest()
        return self._text


def played(text: str, tmp_path: Path) -> Outcome:
    """What comes of a recorded text."""
    file = tmp_path / "recorded.kkm.yaml"
    file.write_text(text, encoding="utf-8")
    return play(load_scenario(file))


def steps_of(text: str) -> str:
    """The steps of a scenario, as they are written."""
    return text.partition("\nsteps:\n")[2]

"""An endpoint and a master's side small enough to see through."""

from kkm_sim.clock import Instant


class Echo:
    """Says every byte back after `delay` ns; remembers when each came."""

    def __init__(self, *, byte_time: int = 0, delay: int = 0, baud: int = 57600) -> None:
        self.byte_time = byte_time
        self.baud = baud
        self.delay = delay
        self.heard: list[tuple[bytes, Instant]] = []
        self.noise: list[tuple[bytes, Instant]] = []
        self.answered: list[Instant] = []
        self._answer = b""
        self._due: Instant | None = None

    def receive(self, data: bytes, now: Instant) -> None:
        self.heard.append((data, now))
        self._answer += data
        self._due = Instant(now + self.delay)

    def poll(self, now: Instant) -> bytes:
        if self._due is None or now < self._due:
            return b""
        answer, self._answer, self._due = self._answer, b"", None
        self.answered.append(now)
        return answer

    def deadline(self) -> Instant | None:
        return self._due

    def wrong_speed(self, data: bytes, now: Instant) -> None:
        self.noise.append((data, now))

    @property
    def bytes_heard(self) -> bytes:
        return b"".join(data for data, _ in self.heard)

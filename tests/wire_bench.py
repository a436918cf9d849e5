"""A whole simulator in virtual time, with the test as its master: bytes in, bytes out.

Nothing sleeps: time jumps from deadline to deadline. The bench checks by itself that no packet of a till begins
before the line has been quiet for 10 ms, and that after `poll` no deadline is left in the past.
"""

from datetime import datetime
from typing import Any

from kkm_sim.clock import MS, Instant, ManualClock
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Packet
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import Start
from kkm_sim.simulator import Simulator
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.till.machine import Till
from kkm_sim.till.tape import TextLine
from tests.support import master, master_data, packets_in

NOON = datetime(2016, 7, 1, 12, 0)
GAP = 10 * MS

RDY = master(ControlCode.RDY)
ACK = master(ControlCode.ACK)
SYN = master(ControlCode.SYN)
WAIT = master(ControlCode.WAIT)

PING = bytes.fromhex("03 05")
ANNUL = bytes.fromhex("03 07")
END = bytes.fromhex("03 03 01")
ALLOW = bytes.fromhex("03 02 00 00 00 00 00")
DENY = bytes.fromhex("03 02 01 00 00 00 00")


def show(code: int) -> bytes:
    """Function 6."""
    return bytes((3, 6, code))


def sale(code_type: int = 1, **at: bytes) -> bytes:
    """Function 1, 59 bytes, zeros but for the code type; `b6=…` puts bytes at offset 6."""
    data = bytearray(59)
    data[0:4] = (3, 1, 0, code_type)
    for offset, raw in at.items():
        start = int(offset[1:])
        data[start : start + len(raw)] = raw
    return bytes(data)


def text_block(block: int, text: bytes) -> bytes:
    """Function 3's answer with text; its length counts what is given."""
    return b"\x03\x03\x00" + bytes(4) + block.to_bytes(2, "little") + bytes((0, 0, len(text), 0)) + text


def graphics_block(block: int, rows: int, row_bytes: int, bits: int, dump: bytes) -> bytes:
    """Function 3's answer with a bitmap."""
    return b"\x03\x03\x00" + bytes(4) + block.to_bytes(2, "little") + bytes((1, rows, row_bytes, bits)) + dump


class WireBench:
    """`print_lines_per_s` is 0 unless given: what is printed is out at once."""

    def __init__(self, *several: Settings, start: Start = "cash", paced: bool = True, **settings: Any) -> None:
        self.clock = ManualClock()
        self.simulator = Simulator(
            several or Settings(**{"print_lines_per_s": 0} | settings),
            wall=NOON,
            now=self.clock.now(),
            start=start,
            paced=paced,
        )
        self.gap = GAP if paced else 0
        self._quiet_from = -self.gap
        self._number = 1
        self.log: list[tuple[Instant, bytes]] = []
        """What the tills said: when it began, and its bytes."""

    # The line

    def hear(self, chunk: bytes) -> None:
        """The master's bytes begin now, gap or no gap."""
        self.run(0)
        self.clock.advance(len(chunk) * self.simulator.byte_time)
        self._quiet_from = max(self._quiet_from, self.now)
        self.simulator.receive(chunk, self.now)
        self.run(0)

    def say(self, *packets: Packet, listen: int = 30 * MS) -> list[Packet]:
        """The master says packets, a gap before each; what the tills say meanwhile and shortly after."""
        return packets_in(b"".join(self.say_raw(*[packet.encode() for packet in packets], listen=listen)))

    def say_raw(self, *chunks: bytes, listen: int = 30 * MS) -> list[bytes]:
        """As `say`, with bytes."""
        since = len(self.log)
        for chunk in chunks:
            self.run(max(0, self._quiet_from + self.gap - self.now))
            self.hear(chunk)
        self.run(listen)
        return [raw for _, raw in self.log[since:]]

    def frame(self, data: bytes, *, hs: bool = False, address: int = 1) -> DataPacket:
        """The master's next data packet; counts the frame number."""
        packet = master_data(self._number, data, hs=hs, address=address)
        self._number = self._number % 7 + 1
        return packet

    def syn(self) -> None:
        """Both counters begin again."""
        assert codes(self.say(SYN)) == [ControlCode.RDY]
        self._number = 1

    def command(self, message: bytes, *, hs: bool = True) -> bytes | None:
        """RDY, DATA, ACK; the answer, None where none comes yet. Expects the till to listen."""
        assert codes(self.say(RDY)) == [ControlCode.RDY]
        said = self.say(self.frame(message, hs=hs))
        assert codes(said[:1]) == [ControlCode.ACK]
        return self._acknowledge(said[1:]) if hs else self.take()

    def take(self) -> bytes | None:
        """RDY: what the till has queued; None for the till's RDY."""
        return self._acknowledge(self.say(RDY))

    def answer(self, message: bytes, *, max_frame: int = 127) -> None:
        """The master's answer, right after its ACK, in as many frames as it needs."""
        frames = [message[i : i + max_frame] for i in range(0, len(message), max_frame)]
        for n, data in enumerate(frames, 1):
            (said,) = self.say(self.frame(data, hs=n < len(frames)))
            assert codes([said]) == [ControlCode.ACK]

    def answer_after_rdy(self, message: bytes) -> None:
        """The master's answer after it has spoken of something else: RDY first."""
        assert codes(self.say(RDY)) == [ControlCode.RDY]
        self.answer(message)

    def _acknowledge(self, said: list[Packet]) -> bytes | None:
        match said:
            case [DataPacket(data=data, address=address)]:
                assert self.say(master(ControlCode.ACK, address=address)) == []
                return data
            case [] | [ControlPacket(code=ControlCode.RDY)]:
                return None
            case _:
                raise AssertionError(said)

    # The operator and time

    def press(self, keys: str, address: int | None = None) -> "WireBench":
        for key in parse_keys(keys):
            self.simulator.press(key, self.now, address)
        return self

    def power_cut(self) -> None:
        """Off and on again; the master knows nothing of it."""
        self.simulator.power(False, self.now)
        self.run(1000 * MS)
        self.simulator.power(True, self.now)
        self._number = 1

    def set_clock(self, wall: datetime) -> None:
        self.simulator.set_clock(wall, self.now)

    def paper(self, present: bool) -> None:
        self.simulator.paper(present, self.now)

    def run(self, nanoseconds: int) -> None:
        """Lets time pass."""
        end = Instant(self.now + nanoseconds)
        while True:
            now = self.now
            out = self.simulator.poll(now)
            if out:
                assert now >= self._quiet_from + self.gap, f"spoke {now - self._quiet_from} ns after the last byte"
                self._quiet_from = now + len(out) * self.simulator.byte_time
                self.log.append((now, out))
            deadline = self.simulator.deadline()
            assert deadline is None or deadline > now, f"deadline {deadline} after poll at {now}"
            if deadline is None or deadline > end:
                break
            self.clock.jump_to(deadline)
        self.clock.jump_to(end)

    # What is to be seen

    @property
    def now(self) -> Instant:
        return self.clock.now()

    @property
    def till(self) -> Till:
        return self.simulator.till().till

    @property
    def state(self) -> str:
        return self.till.state.value

    @property
    def shows(self) -> str:
        return self.till.indicator.text

    @property
    def printed(self) -> list[str]:
        """Text on the tape; other entries by their kind."""
        return [
            entry.text if isinstance(entry, TextLine) else type(entry).__name__ for _, entry in self.till.tape.since(0)
        ]

    @property
    def findings(self) -> list[FindingCode]:
        return [finding.code for _, finding in self.simulator.findings.since()]

    def new_findings(self) -> list[FindingCode]:
        """The findings since the last call."""
        found = self.findings
        self.simulator.findings.clear()
        return found

    # Ways to the states of the chart

    def bottle(self, price: str = "500", code_type: int = 1) -> bytes:
        """A sale through the SmartBox, up to its answer."""
        assert self.command(sale(code_type)) is None
        self.press(f"{price} ПИ")
        answer = self.take()
        assert answer is not None
        return answer

    def asked_to_close(self) -> "WireBench":
        """A receipt with a bottle; function 2 taken."""
        self.bottle()
        self.press("ИТ")
        request = self.take()
        assert request is not None
        assert request[:2] == b"\x03\x02"
        return self

    def asked_for_identifier(self) -> "WireBench":
        """The close allowed; function 3 taken."""
        self.asked_to_close().answer(ALLOW)
        request = self.take()
        assert request is not None
        assert request[:2] == b"\x03\x03"
        return self


def codes(said: list[Packet]) -> list[ControlCode | int | str]:
    """Control packets by their code, data packets as "DATA"."""
    return [packet.code if isinstance(packet, ControlPacket) else "DATA" for packet in said]

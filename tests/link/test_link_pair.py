"""Till and master joined over wires that lose, cut, damage and invent bytes: nothing is lost, nothing is stuck."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkm_sim.availability import Availability
from kkm_sim.clock import SECOND
from kkm_sim.settings import FrameNumbering, Settings
from tests.support import Distortion, LinePair

NUMBERINGS: tuple[FrameNumbering, ...] = ("auto", "from-1", "from-2", "literal")


def message(name: str, length: int) -> bytes:
    """Printable bytes that begin with their length in three digits.

    No byte of theirs is one change away from an undetected error: without 7F, 02, 03 and 10 one damaged byte
    is always seen.
    """
    return f"{length:03}{name}".encode().ljust(length, b".")


def declared(data: bytes) -> int | None:
    return int(data[:3]) if data[:3].isdigit() and len(data) >= 3 else None


@dataclass(frozen=True)
class Fault:
    """What befalls one packet."""

    kind: str
    at: int = 0
    byte: int = 0
    noise: bytes = b""

    def apply(self, raw: bytes) -> list[bytes]:
        at = self.at % len(raw)
        match self.kind:
            case "lost":
                return []
            case "cut":
                return [raw[:at]] if at else []
            case "hole":
                return [raw[:at] + raw[at + 1 :]]
            case "damaged":
                return [raw[:at] + bytes([raw[at] ^ self.byte]) + raw[at + 1 :]]
            case "noise before":
                return [self.noise, raw] if self.noise else [raw]
            case "noise after":
                return [raw + self.noise]
            case "bytes":
                return [raw[n : n + 1] for n in range(len(raw))]
            case _:
                return [raw]


positions = st.integers(0, 600) | st.integers(-3, -1)
noises = st.lists(st.sampled_from(bytes.fromhex("00 7F 02 55 FF")), max_size=12).map(bytes)
faults = st.one_of(
    st.just(Fault("none")),
    st.just(Fault("lost")),
    st.just(Fault("bytes")),
    st.builds(Fault, st.just("cut"), at=positions),
    st.builds(Fault, st.just("hole"), at=positions),
    st.builds(Fault, st.just("damaged"), at=positions, byte=st.integers(1, 255)),
    st.builds(Fault, st.sampled_from(["noise before", "noise after"]), noise=noises),
)


def befalling(plan: list[Fault]) -> Distortion:
    """One fault a packet, in order; then the wires are good."""
    queue = list(plan)

    def distort(raw: bytes) -> list[bytes]:
        return queue.pop(0).apply(raw) if queue else [raw]

    return distort


def firsts(received: list[bytes]) -> list[bytes]:
    """Each message once, in the order of its first arrival."""
    return list(dict.fromkeys(received))


def exchange(pair: LinePair, commands: list[bytes], requests: list[bytes], *, hs: bool = False) -> None:
    """Sends everything both ways, waits until all is settled, and checks that nothing was lost or mixed up."""
    for n, data in enumerate(commands):
        pair.master_link.send(data, n, hs=hs)
    for n, data in enumerate(requests):
        pair.till_link.send(data, n)

    def settled() -> bool:
        return (
            len(pair.master.delivered) + len(pair.master.failed) == len(commands)
            and len(pair.till.delivered) >= len(requests)
            and pair.quiet
        )

    pair.run_until(settled, within=900 * SECOND)
    acknowledged = [commands[n] for n in pair.master.delivered if isinstance(n, int)]
    arrived = firsts(pair.till.received)
    assert [data for data in arrived if data in acknowledged] == acknowledged
    assert [data for data in commands if data in arrived] == arrived
    assert set(pair.till.delivered) == set(range(len(requests)))
    assert firsts(pair.master.received) == requests


COMMANDS = [message(f"command {n}", length) for n, length in enumerate((20, 127, 128, 400, 20, 33))]
REQUESTS = [message(f"request {n}", length) for n, length in enumerate((20, 88, 20, 300))]


@pytest.mark.parametrize("numbering", NUMBERINGS)
@pytest.mark.parametrize("hs", [False, True])
@pytest.mark.parametrize("max_outgoing", [512, 40])
def test_on_a_good_line_each_message_arrives_once_and_nothing_is_found(
    numbering: FrameNumbering, hs: bool, max_outgoing: int
) -> None:
    pair = LinePair(Settings(frame_numbers=numbering, max_outgoing=max_outgoing), declared=declared)
    exchange(pair, COMMANDS, REQUESTS, hs=hs)
    assert pair.till.received == COMMANDS
    assert pair.master.received == REQUESTS
    assert pair.master.failed == []
    assert pair.findings == []


def test_byte_by_byte_it_is_the_same() -> None:
    def packets_said(distort: Distortion) -> tuple[object, object]:
        pair = LinePair(Settings(max_outgoing=40), declared=declared, distort=distort)
        exchange(pair, COMMANDS, REQUESTS)
        assert pair.findings == []
        return pair.till.sent, pair.master.sent

    assert packets_said(Fault("bytes").apply) == packets_said(Fault("none").apply)


def test_the_tills_answer_reaches_the_master_that_answers_the_tills_request() -> None:
    pair = LinePair(declared=declared)
    question, reply, command, answer = (message(name, 30) for name in ("question", "reply", "command", "answer"))

    def till_hears(data: bytes) -> None:
        if data == command:
            pair.till_link.send(answer, "answer", at_once=True)

    def master_hears(data: bytes) -> None:
        if data == question:
            pair.master_link.send(reply, "reply", answer=True)

    pair.on_till_message, pair.on_master_message = till_hears, master_hears
    pair.till_link.send(question, "question", wants_answer=True)
    pair.run_until(lambda: pair.master.delivered == ["reply"])
    pair.master_link.send(command, "command", hs=True)
    pair.run_until(lambda: pair.till.delivered == ["question", "answer"])
    assert pair.till.received == [reply, command]
    assert pair.master.received == [question, answer]
    assert pair.findings == []


@pytest.mark.parametrize("max_outgoing", [512, 40])
@pytest.mark.parametrize("every", [2, 3, 4, 5, 7])
@pytest.mark.parametrize("kind", ["lost", "damaged"])
def test_a_line_that_keeps_failing(kind: str, every: int, max_outgoing: int) -> None:
    count = 0

    def distort(raw: bytes) -> list[bytes]:
        nonlocal count
        count += 1
        return Fault(kind, at=-1, byte=0x55).apply(raw) if count % every == 0 and count < 300 else [raw]

    exchange(
        LinePair(Settings(max_outgoing=max_outgoing, retries=30), declared=declared, distort=distort),
        COMMANDS,
        REQUESTS,
    )


@pytest.mark.parametrize("max_outgoing", [512, 40])
@pytest.mark.parametrize(
    "fault",
    [Fault("lost"), Fault("cut", at=-1), Fault("damaged", at=-1, byte=0x55), Fault("damaged", at=3, byte=0x10)],
    ids=lambda fault: f"{fault.kind} {fault.at}",
)
def test_no_packet_is_one_that_must_not_fail(fault: Fault, max_outgoing: int) -> None:
    """Each packet of the exchange in turn."""
    for position in range(60):
        plan = [*[Fault("none")] * position, fault]
        pair = LinePair(Settings(max_outgoing=max_outgoing), declared=declared, distort=befalling(plan))
        exchange(pair, COMMANDS, REQUESTS)
        assert pair.master.failed == []


@pytest.mark.parametrize("max_outgoing", [512, 40])
def test_no_two_packets_are_ones_that_must_not_both_be_lost(max_outgoing: int) -> None:
    commands, requests = [message("command", 20), message("in frames", 200)], [message("request", 60)]
    # A lost ACK costs two tries: nothing was heard, and the repeat is refused.
    line = Settings(max_outgoing=max_outgoing, retries=4)
    for first in range(24):
        for second in range(24):
            plan = [*[Fault("none")] * first, Fault("lost"), *[Fault("none")] * second, Fault("lost")]
            pair = LinePair(line, declared=declared, distort=befalling(plan))
            exchange(pair, commands, requests)
            assert pair.master.failed == []


@settings(max_examples=150)
@given(
    st.lists(faults, min_size=8, max_size=40), st.sampled_from(NUMBERINGS), st.booleans(), st.sampled_from([512, 40])
)
def test_whatever_befalls_the_packets_all_arrive_in_order_or_are_given_up(
    plan: list[Fault], numbering: FrameNumbering, hs: bool, max_outgoing: int
) -> None:
    pair = LinePair(
        Settings(frame_numbers=numbering, max_outgoing=max_outgoing), declared=declared, distort=befalling(plan)
    )
    exchange(
        pair,
        [message("command 0", 20), message("command 1", 300), message("command 2", 9)],
        [message("request 0", 20), message("request 1", 88)],
        hs=hs,
    )


@settings(max_examples=80)
@given(st.lists(faults, max_size=12), st.lists(st.sampled_from(Availability), max_size=12))
def test_a_till_that_comes_and_goes_loses_nothing(plan: list[Fault], moods: list[Availability]) -> None:
    distort = befalling(plan)
    left = list(moods)

    def changing(raw: bytes) -> list[bytes]:
        pair.till_link.become(left.pop() if left else Availability.READY, pair.clock.now())
        return distort(raw)

    pair: LinePair = LinePair(Settings(max_outgoing=40), declared=declared, distort=changing)
    exchange(
        pair,
        [message("command 0", 20), message("command 1", 300)],
        [message("request 0", 20), message("request 1", 88)],
    )


@settings(max_examples=40)
@given(st.lists(faults, max_size=12))
def test_answers_at_once_arrive_too(plan: list[Fault]) -> None:
    pair = LinePair(Settings(), declared=declared, distort=befalling(plan))
    answers: list[bytes] = []

    def till_hears(data: bytes) -> None:
        answers.append(message(f"answer {len(answers)}", 44))
        pair.till_link.send(answers[-1], len(answers) - 1, at_once=True)

    pair.on_till_message = till_hears
    pair.master_link.send(message("command 0", 20), 0, hs=True)
    pair.master_link.send(message("command 1", 20), 1, hs=True)
    pair.run_until(
        lambda: (
            len(pair.master.delivered) + len(pair.master.failed) == 2
            and len(pair.till.delivered) == len(answers)
            and pair.quiet
        )
    )
    assert firsts(pair.master.received) == answers


def test_a_dead_line_fails_every_message_and_a_living_one_delivers_again() -> None:
    dead = [True]
    pair = LinePair(declared=declared, distort=lambda raw: [] if dead else [raw])
    for n, data in enumerate(COMMANDS):
        pair.master_link.send(data, n)
    pair.run_until(lambda: pair.master.failed == list(range(len(COMMANDS))))
    dead.clear()
    pair.master_link.send(message("alive", 20), "alive")
    pair.run_until(lambda: pair.master.delivered == ["alive"])
    assert pair.till.received == [message("alive", 20)]

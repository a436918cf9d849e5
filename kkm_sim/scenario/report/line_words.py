"""The end of a line's log in words: its packets, polls folded, and what was found between them, damaged bytes too."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kkm_sim.findings import Finding, FindingCode
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.folded_polls import Poll, add_poll
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction
from kkm_sim.reasons import Reason
from kkm_sim.scenario.report.packet_words import LONGEST_SHOWN, bytes_words, line_of, moment_words
from kkm_sim.settings import DateTimeOrder
from kkm_sim.simulator import Simulator


def line_words(simulator: Simulator, lines: int) -> tuple[str, ...]:
    """The last `lines` lines of what passed, oldest first; what came again and again is one line, however often.

    A finding stands where its bytes passed. It shows them where no packet does: damaged ones are no packet.
    """
    orders = {till.link.address: till.settings.datetime_order for till in simulator.tills}
    first = simulator.tills[0].settings.datetime_order

    def order_of(seen: PacketSeen) -> DateTimeOrder:
        return orders.get(seen.packet.address, first)

    packets = [seen for _, seen in simulator.wire.since()]
    findings = [finding for _, finding in simulator.findings.since()]
    told: list[str] = []
    for part in reversed(_folded(_in_order(packets, findings))):
        told += reversed(_words(part, order_of))
        if len(told) >= lines:
            break
    return tuple(reversed(told[:lines]))


@dataclass(slots=True)
class _Found:
    """A finding, so many times. `shown`: its bytes stand in no other line."""

    finding: Finding
    shown: bool
    times: int = 1


def _words(part: PacketSeen | Poll[PacketSeen] | _Found, order_of: Callable[[PacketSeen], DateTimeOrder]) -> list[str]:
    """The lines that tell of it."""
    match part:
        case PacketSeen():
            return [line_of(part, order_of(part))]
        case Poll(asked=asked, answer=PacketSeen() as answer, times=1):
            return [*_words(asked, order_of), *_words(answer, order_of)]
        case Poll(till, first, _, answer, times):
            said = f"master ⇄ till {till}  RDY, answered {answer and answer.packet}, {times} times"
            return [f"{moment_words(first.at):>14}  {said}"]
        case _Found(finding, shown, times):
            said = f"finding {finding.code.rule.code}: {finding.message}"
            said += f"; {bytes_words(finding.raw, LONGEST_SHOWN)}" if shown else ""
            said += f", {times} times" if times > 1 else ""
            return [f"{moment_words(finding.at):>14}  {said}"]


# Packets and findings in one order


def _in_order(packets: Sequence[PacketSeen], findings: Sequence[Finding]) -> Iterator[PacketSeen | _Found]:
    """Each finding after the packet it is about; one about no whole packet at its time."""
    after: dict[int, list[_Found]] = {}
    passed = 0  # so many packets had begun when the finding was made
    before: Finding | None = None
    for finding in findings:
        while passed < len(packets) and packets[passed].at <= finding.at:
            passed += 1
        about = _packet_of(finding, packets, passed)
        same = before is not None and (before.at, before.raw) == (finding.at, finding.raw)
        place = _asked_last(finding, packets, passed) if about is None else about + 1
        after.setdefault(place, []).append(_Found(finding, about is None and bool(finding.raw) and not same))
        before = finding
    yield from after.get(0, ())
    for number, seen in enumerate(packets, 1):
        yield seen
        yield from after.get(number, ())


def _packet_of(finding: Finding, packets: Sequence[PacketSeen], passed: int) -> int | None:
    """The packet that a finding is about: the master's last one, or where nobody paces one of that same moment."""
    if not finding.raw or finding.code is FindingCode.WRONG_SPEED:
        return None
    moment = None
    for number in range(passed - 1, -1, -1):
        seen = packets[number]
        if moment is not None and seen.at < moment:
            return None
        if _has_bytes(seen, finding.raw):
            return number
        if _is_to_till(seen):
            moment = seen.at
    return None


def _has_bytes(seen: PacketSeen, raw: bytes) -> bool:
    """Whether they are the packet, or a message that ends with it."""
    if seen.raw == raw:
        return True
    packet = seen.packet
    return isinstance(packet, DataPacket) and _is_to_till(seen) and packet.data != b"" and raw.endswith(packet.data)


def _asked_last(finding: Finding, packets: Sequence[PacketSeen], passed: int) -> int:
    """Where nobody paces, the till answers in the moment in which it hears: what it heard stands before that."""
    while passed and packets[passed - 1].at == finding.at and not _is_to_till(packets[passed - 1]):
        passed -= 1
    return passed


# Folding


def _folded(parts: Iterator[PacketSeen | _Found]) -> deque[PacketSeen | Poll[PacketSeen] | _Found]:
    """Polls that led to nothing are one part for each till and answer, and so is a finding that comes again."""
    folded: deque[PacketSeen | Poll[PacketSeen] | _Found] = deque()
    for part in parts:
        last = folded[-1] if folded else None
        if isinstance(part, _Found) and isinstance(last, _Found) and _is_again(part, last):
            last.times += 1
        elif isinstance(part, PacketSeen) and isinstance(last, PacketSeen) and _is_idle_poll(last, part):
            folded.pop()
            add_poll(folded, Poll(part.packet.address, last, last, part))
        else:
            folded.append(part)
    return folded


def _is_again(found: _Found, last: _Found) -> bool:
    return found.shown == last.shown and _what(found.finding) == _what(last.finding)


def _what(finding: Finding) -> tuple[FindingCode, Reason | None, bytes]:
    return finding.code, finding.detail, finding.raw


def _is_idle_poll(asked: PacketSeen, answered: PacketSeen) -> bool:
    """RDY answered by a control packet."""
    return _is_rdy(asked) and not _is_to_till(answered) and _code(answered) is not None


def _is_rdy(asked: PacketSeen) -> bool:
    return _is_to_till(asked) and _code(asked) == ControlCode.RDY


def _is_to_till(seen: PacketSeen) -> bool:
    return seen.packet.direction is Direction.TO_TILL


def _code(seen: PacketSeen) -> int | None:
    return seen.packet.code if isinstance(seen.packet, ControlPacket) else None

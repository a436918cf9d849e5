"""The stage in virtual time."""

from datetime import datetime
from typing import Any, Literal

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode, DataPacket, Direction, Packet
from kkm_sim.scenario.format.model import SmartBoxSetup
from kkm_sim.scenario.format.steps import Cut, Flip, Harm
from kkm_sim.scenario.play.stage import CannotBeDone
from kkm_sim.scenario.play.trace import Trace
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.settings import Settings
from kkm_sim.smartbox import Utm
from kkm_sim.smartbox.events import CodeScanned, ItemRegistered, SaleRequested, TillFound, TillLost
from kkm_sim.till.keyboard import parse_keys
from tests.support import master, master_data, till

RDY, SYN, ACK = (master(code) for code in (ControlCode.RDY, ControlCode.SYN, ControlCode.ACK))
PING = bytes.fromhex("03 05")
BEER = "4600000000008"


def stage_of(master: Literal["smartbox", "wire"] = "wire", *settings: Settings, **more: Any) -> VirtualStage:
    return VirtualStage(settings or (Settings(),), wall=datetime(2016, 7, 1, 12), start="cash", master=master, **more)


def say(stage: VirtualStage, *packets: Packet | bytes, after: int = 10 * MS) -> None:
    for packet in packets:
        stage.wire.say(packet, stage.now(), after=after)


def hears(stage: VirtualStage, within: int = 5 * SECOND) -> Packet | FindingCode | None:
    """The next packet heard, or why it is none; None for silence."""
    if not stage.pass_time(within, lambda _: bool(stage.wire.heard)):
        return None
    heard = stage.wire.heard.popleft()
    return heard.packet or heard.damage


def asks(stage: VirtualStage, *packets: Packet | bytes) -> Packet | FindingCode | None:
    say(stage, *packets)
    return hears(stage)


def findings(stage: VirtualStage) -> list[FindingCode]:
    return [finding.code for _, finding in stage.simulator.findings.since()]


def told(stage: VirtualStage) -> list[type]:
    return [type(event) for _, event in stage.events.since()]


def press(stage: VirtualStage, keys: str) -> None:
    for key in parse_keys(keys):
        stage.act(lambda simulator, now, key=key: simulator.press(key, now))  # type: ignore[misc]


# Time


def test_a_ping_takes_its_time() -> None:
    stage = stage_of()
    say(stage, RDY)
    assert hears(stage) == till(ControlCode.RDY)
    # 5 bytes of 173,612 ns, 10 ms of quiet, 5 bytes.
    assert stage.now() == 868_060 + 10_000_000 + 868_060
    say(stage, master_data(stage.wire.number(1), PING, hs=True))
    assert hears(stage) == till(ControlCode.ACK)
    # 10 ms, 11 bytes, 10 ms, 5 bytes.
    assert stage.now() == 11_736_120 + 10_000_000 + 1_909_732 + 10_000_000 + 868_060
    stage.pass_time(1 * SECOND, lambda _: bool(stage.wire.heard))
    (answer,) = stage.wire.heard
    # 10 ms, and 44 bytes of data with 9 of service.
    assert (answer.begun, answer.ended, answer.quiet) == (44_513_912, 53_715_348, 10_000_000)
    assert stage.wire.number(1) == 2
    assert findings(stage) == []


def test_what_holds_already_takes_no_time() -> None:
    stage = stage_of("smartbox")
    assert stage.pass_time(1 * SECOND, lambda simulator: simulator.baud == 57_600)
    assert (stage.now(), stage.pass_time(0)) == (0, False)


def test_time_passes_exactly() -> None:
    stage = stage_of("smartbox")
    assert not stage.pass_time(5_000_001)
    assert stage.now() == 5_000_001
    assert not stage.pass_time(1 * SECOND, lambda _: False)
    assert stage.now() == 1_005_000_001


def test_what_comes_about_stops_time_there() -> None:
    stage = stage_of("smartbox")
    assert stage.pass_time(1 * SECOND, lambda simulator: simulator.wire.last == 2)
    assert stage.now() == 10_868_060  # the till's answer to SYN begins
    assert stage.pass_time(1 * SECOND, lambda _: stage.smartbox.linked)
    assert stage.now() == 11_736_120  # and has arrived


def test_without_pace_no_time_is_needed() -> None:
    stage = stage_of(paced=False)
    say(stage, RDY, after=3 * SECOND)
    assert hears(stage, 0) == till(ControlCode.RDY)
    say(stage, master_data(1, PING, hs=True))
    assert stage.pass_time(0, lambda _: len(stage.wire.heard) == 2)
    assert stage.now() == 0


def test_option_29_changes_the_speed() -> None:
    stage = stage_of()
    stage.act(lambda simulator, now: simulator.set_option(29, 0, now))
    assert asks(stage, RDY) == till(ControlCode.RDY)
    assert stage.now() == 5 * 1_041_667 + 10_000_000 + 5 * 1_041_667


# Masters


def test_the_smartbox_scans_and_sells() -> None:
    stage = stage_of("smartbox", setup=SmartBoxSetup(beer=[BEER]))
    stage.scan(BEER)
    assert told(stage) == [CodeScanned]
    assert stage.pass_time(2 * SECOND, lambda simulator: simulator.till().till.request_open)
    assert stage.pass_time(2 * SECOND, lambda _: told(stage)[-1] is SaleRequested)
    stage.utm = Utm(down=True)
    assert stage.smartbox.utm.down


def test_a_scenario_that_is_the_master_has_no_scanner() -> None:
    stage = stage_of()
    with pytest.raises(CannotBeDone, match="no scanner while the scenario itself is the master"):
        stage.scan(BEER)
    with pytest.raises(CannotBeDone, match="no UTM"):
        stage.utm = Utm()
    assert stage.utm == Utm()


def test_the_smartbox_says_nothing_while_it_does_not_hold_the_line() -> None:
    stage = stage_of()
    stage.pass_time(60 * SECOND)
    assert (stage.simulator.wire.last, told(stage)) == (0, [])


def test_the_wire_master_goes_on_where_the_smartbox_was() -> None:
    stage = stage_of("smartbox")
    stage.scan(f"beer:{BEER}")
    assert stage.pass_time(5 * SECOND, lambda simulator: simulator.till().till.request_open)
    press(stage, "5 0 ПИ")
    assert stage.pass_time(5 * SECOND, lambda _: told(stage)[-1] is ItemRegistered)
    stage.pass_time(20 * MS)  # its ACK goes out
    stage.hold("wire")
    assert stage.wire.number(1) == 3  # after PING and the request
    assert asks(stage, RDY) == till(ControlCode.RDY)
    assert asks(stage, master_data(stage.wire.number(1), PING, hs=True)) == till(ControlCode.ACK)
    assert findings(stage) == []


def test_a_packet_under_way_is_finished_by_who_began_it_and_heard_by_who_comes() -> None:
    stage = stage_of("smartbox")
    stage.pass_time(11 * MS)  # SYN is out; the till's RDY has begun
    stage.hold("wire")
    say(stage, RDY)
    assert hears(stage) == till(ControlCode.RDY)
    assert stage.now() == 11_736_120
    assert hears(stage) == till(ControlCode.RDY)
    assert stage.now() == 11_736_120 + 10_000_000 + 868_060 + 10_000_000 + 868_060
    assert findings(stage) == []


def test_what_the_wire_master_had_not_begun_is_not_said() -> None:
    stage = stage_of()
    say(stage, RDY, RDY)
    stage.pass_time(1 * MS)
    stage.hold("smartbox")
    stage.hold("smartbox")
    assert not stage.wire.speaks
    stage.pass_time(1 * SECOND)
    seen = [(packet.packet, packet.at) for _, packet in stage.simulator.wire.since()]
    # The SmartBox begins with SYN, as soon as the line has been quiet for 10 ms.
    assert seen[:3] == [(RDY, 0), (till(ControlCode.RDY), 10_868_060), (SYN, 10_868_060)]
    assert told(stage) == [TillFound]


def test_the_smartbox_comes_back_and_learns_what_became_of_the_receipt() -> None:
    stage = stage_of("smartbox")
    stage.pass_time(1 * SECOND)
    stage.hold("wire")
    for number in (1, 2):
        assert asks(stage, RDY) == till(ControlCode.RDY)
        assert asks(stage, master_data(number, bytes.fromhex("03 06 03"), hs=True)) == till(ControlCode.ACK)
        assert isinstance(hears(stage), DataPacket)
        say(stage, ACK)
        stage.pass_time(11 * MS)
    stage.hold("smartbox")
    stage.pass_time(2 * SECOND)
    assert findings(stage) == []
    pings = [packet for _, packet in stage.simulator.wire.since() if packet.raw[6:8] == PING]
    assert len(pings) == 2  # the question and the answer
    assert stage.smartbox.idle


# Damage and the cable


@pytest.mark.parametrize(
    ("harm", "heard"),
    [("drop", None), (Flip(flip=3), FindingCode.BAD_FCRC), (Cut(cut=4), FindingCode.BROKEN_OFF), (Cut(cut=0), None)],
)
def test_damage_to_the_till_s_next_packet(harm: Harm, heard: FindingCode | None) -> None:
    stage = stage_of()
    stage.damage(Direction.TO_MASTER, harm)
    say(stage, RDY)
    assert hears(stage, 1 * SECOND) == heard
    assert asks(stage, RDY) == till(ControlCode.RDY)
    assert findings(stage) == []


@pytest.mark.parametrize(
    ("harm", "found", "answer"),
    [
        ("drop", [], None),
        (Flip(flip=7), [FindingCode.BAD_DCRC], till(ControlCode.NAK)),
        (Flip(flip=4), [FindingCode.BAD_FCRC], None),
        (Cut(cut=8), [FindingCode.BROKEN_OFF], None),
    ],
)
def test_damage_to_the_master_s_next_packet(harm: Harm, found: list[FindingCode], answer: Packet | None) -> None:
    stage = stage_of()
    assert asks(stage, RDY) == till(ControlCode.RDY)
    stage.damage(Direction.TO_TILL, harm)
    say(stage, master_data(1, PING, hs=True))
    assert hears(stage, 2900 * MS) == answer
    stage.pass_time(1 * SECOND)
    assert [code for code in findings(stage) if code is not FindingCode.NO_PACKET_IN_3S] == found


def test_damage_waits_for_a_packet_that_has_such_a_byte() -> None:
    stage = stage_of()
    stage.damage(Direction.TO_MASTER, Flip(flip=20))
    assert asks(stage, RDY) == till(ControlCode.RDY)
    assert asks(stage, master_data(1, PING, hs=True)) == till(ControlCode.ACK)
    assert hears(stage) == FindingCode.BAD_DCRC


def test_one_damage_harms_one_packet_even_where_two_go_out_at_once() -> None:
    stage = stage_of(paced=False)
    assert asks(stage, RDY) == till(ControlCode.RDY)
    stage.damage(Direction.TO_MASTER, "drop")
    say(stage, master_data(1, PING, hs=True))
    stage.pass_time(0)
    (answer,) = stage.wire.heard
    assert answer.raw[6:8] == PING
    assert answer.damage is None


def test_damage_after_damage_harms_packet_after_packet() -> None:
    stage = stage_of(paced=False)
    assert asks(stage, RDY) == till(ControlCode.RDY)
    stage.damage(Direction.TO_MASTER, Flip(flip=3))
    stage.damage(Direction.TO_MASTER, "drop")
    say(stage, master_data(1, PING, hs=True))
    stage.pass_time(0)
    assert [heard.damage for heard in stage.wire.heard] == [FindingCode.BAD_FCRC]


def test_the_other_side_is_not_harmed() -> None:
    stage = stage_of()
    stage.damage(Direction.TO_MASTER, "drop")
    say(stage, RDY)
    stage.pass_time(1 * SECOND)
    assert [type(packet.packet) for _, packet in stage.simulator.wire.since()] == [type(RDY)] * 2


def test_the_smartbox_loses_a_till_whose_cable_is_out_and_finds_it_again() -> None:
    stage = stage_of("smartbox")
    stage.pass_time(1 * SECOND)
    stage.cable(False)
    stage.pass_time(60 * SECOND)
    assert told(stage) == [TillFound, TillLost]
    stage.cable(True)
    stage.pass_time(10 * SECOND)
    assert told(stage) == [TillFound, TillLost, TillFound]


# The trace


def test_the_trace_has_every_packet_and_what_harmed_it() -> None:
    trace = Trace()
    stage = stage_of(trace=trace)
    stage.damage(Direction.TO_MASTER, Cut(cut=2))
    say(stage, RDY, b"\x01\x02")
    stage.pass_time(25 * MS)
    assert trace.text() == (
        "    0.000000000  master   RDY              7f 02 01 c5 3a\n"
        "    0.010868060  till     RDY              7f 02 01 e5 1a\n"
        "    0.010868060  damage   cut 2: 7f 02 arrives\n"
        "    0.021736120  master   bytes            01 02\n"
    )


def played(seed: int) -> str:
    """A sale through a line that harms every packet for a while; its trace."""
    trace = Trace()
    stage = stage_of("smartbox", seed=seed, trace=trace, setup=SmartBoxSetup(beer=[BEER]))
    stage.scan(BEER)
    for _ in range(3):
        stage.damage(Direction.TO_TILL, Flip(flip="any"))
        stage.damage(Direction.TO_MASTER, Cut(cut="any"))
    stage.pass_time(60 * SECOND, lambda simulator: simulator.till().till.request_open)
    press(stage, "1 0 0 ПИ ИТ")
    stage.pass_time(30 * SECOND)
    return trace.text()


def test_every_run_is_the_same_and_another_seed_does_other_harm() -> None:
    first = played(1)
    assert first == played(1)
    assert first != played(2)
    assert first.count("damage") == 6

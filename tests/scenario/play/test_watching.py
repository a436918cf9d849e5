"""The line watched: frames joined into messages, packets of one till, the last lines."""

from datetime import datetime

from kkm_sim.clock import Instant
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import ControlCode, Packet
from kkm_sim.scenario.play.watching import Messages, Watch
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from tests.support import master, till, till_data

DONE = bytes.fromhex("03 04 00 00")
ASKS = bytes.fromhex("03 03 01 00 00 00 01 00")
ACK = master(ControlCode.ACK)


def seen(packet: Packet, at: int = 0) -> PacketSeen:
    return PacketSeen(packet, packet.encode(), Instant(at))


def joined(*packets: Packet) -> list[bytes]:
    """The messages in packets that pass."""
    messages = Messages()
    return [data for packet in packets if (data := messages.add(seen(packet))) is not None]


def watched(*packets: Packet) -> Simulator:
    simulator = Simulator(Settings(), wall=datetime(2016, 7, 1), now=Instant(0))
    for at, packet in enumerate(packets):
        simulator.wire.append(seen(packet, at))
    return simulator


def test_frames_become_messages() -> None:
    first, second = till_data(1, ASKS[:5], hs=True), till_data(2, ASKS[5:])
    assert joined(first, ACK, second, ACK, till_data(3, DONE)) == [ASKS, DONE]


def test_a_message_ends_by_its_length_whatever_hs_says() -> None:
    assert joined(till_data(1, ASKS, hs=True), ACK, till_data(2, DONE, hs=True)) == [ASKS, DONE]


def test_a_repeat_counts_once_and_the_same_again_twice() -> None:
    assert joined(till_data(1, DONE), master(ControlCode.RDY), till_data(1, DONE), ACK, till_data(2, DONE)) == [
        DONE,
        DONE,
    ]
    assert joined(till_data(5, DONE), master(ControlCode.SYN), till_data(2, DONE), ACK) == [DONE]
    first = till_data(1, ASKS[:5], hs=True)
    assert joined(first, first, ACK, till_data(2, ASKS[5:])) == [ASKS]


def test_rst_begins_a_transfer_again() -> None:
    first, rst = till_data(1, ASKS[:5], hs=True), master(ControlCode.RST)
    assert joined(first, ACK, rst, first, ACK, till_data(2, ASKS[5:])) == [ASKS]


def test_the_packets_of_one_till_each_once() -> None:
    simulator = watched(till(ControlCode.RDY), till(ControlCode.ACK, address=2), ACK, till_data(1, DONE))
    watch = Watch(1, 1, since=0)
    assert [number for number, _ in watch.packets(simulator)] == [1, 4]
    assert list(watch.packets(simulator)) == []
    assert [number for number, _ in Watch(2, 2, since=0).packets(simulator)] == [2]
    assert [number for number, _ in Watch(1, 1, since=1).packets(simulator)] == [4]


def test_a_till_that_speaks_with_the_master_s_address() -> None:
    own: list[Packet] = [
        till_data(1, DONE, address=0),
        master(ControlCode.ACK, address=7),
        till_data(2, DONE, address=0),
    ]
    assert [each.number for each in Watch(7, 0, since=0).messages(watched(*own))] == [1, 3]


def test_a_message_in_words() -> None:
    (passed,) = Watch(1, 1, since=0).messages(watched(till_data(1, DONE)))
    assert passed.words("listed") == "DonePacket at 0.000 ms; 03 04 00 00"

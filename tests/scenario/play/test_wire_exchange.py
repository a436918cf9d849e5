"""What the wire master does by itself to carry an exchange through."""

from typing import Any

from kkm_sim.clock import MS
from tests.scenario.plays import fails, passes, played

ASK_SALE: dict[str, Any] = {"sale": {"send": {"code_type": "pdf"}}}
SHOW: dict[str, Any] = {"message": {"send": {"message": 1}}}
DAMAGED_TWICE: list[dict[str, Any]] = [{"damage": {"of_till": {"flip": 10}}}] * 2


def test_an_exchange_with_the_answer_at_once_takes_the_time_of_its_packets() -> None:
    outcome = passes({"ping": {}}, master="wire")
    # RDY RDY DATA(11) ACK DATA(53) ACK: 84 bytes of 173.6 us and five gaps of 10 ms.
    assert 64_500_000 < outcome.time < 64_700_000


def test_rdy_is_said_again_every_200_ms() -> None:
    passes(
        {"keys": "1"},
        {"send": "RDY"},
        {"expect": "DISC"},
        {"keys": "С"},
        SHOW,
        master="wire",
    )
    outcome = played({"keys": "1"}, SHOW | {"within": "1 s"}, master="wire")
    assert outcome.time == 1000 * MS
    assert outcome.failure is not None
    (polls,) = outcome.failure.packets
    assert polls.split() == ["0.000", "ms", "master", "⇄", "till", "1", "RDY,", "answered", "DISC,", "5", "times"]


def test_a_damaged_frame_goes_again() -> None:
    passes({"damage": {"of_master": {"flip": 7}}}, SHOW, {"findings": ["bad-dcrc"]}, master="wire")
    thrice: list[dict[str, Any]] = [{"damage": {"of_master": {"flip": 7}}}] * 3
    expected, seen = fails(*thrice, SHOW, master="wire")
    assert expected == "ACK to `message`"
    assert seen.startswith("NAK; 7f 02 01 e6 19, at ")


def test_a_damaged_answer_is_asked_for_again() -> None:
    passes(*DAMAGED_TWICE, {"ping": {}}, {"message": {"send": {"message": 1}}}, master="wire")
    passes(ASK_SALE, {"keys": "150 ПИ"}, *DAMAGED_TWICE, {"sale": {"expect": {"sum": 15000}}}, master="wire")
    expected, seen = fails(*DAMAGED_TWICE, *DAMAGED_TWICE, {"ping": {}}, master="wire")
    assert expected == "`ping` from the till within 5 s"
    assert seen.startswith("damaged bytes (bad-dcrc) at ")


def test_a_lost_answer_is_fetched_with_rdy() -> None:
    lost = {"damage": {"of_till": {"flip": 10}}}
    cut = {"damage": {"of_till": {"cut": 10}}}
    passes(lost, {"ping": {}}, cut, {"annul": {"expect": {"result": 27}}}, master="wire")


def test_a_lost_ack_fails() -> None:
    steps: list[dict[str, Any]] = [{"damage": {"of_till": "drop"}}, {"send": "RDY"}, {"expect": {"silence": "50 ms"}}]
    passes(*steps, SHOW, master="wire")
    seen = fails({"send": "RDY"}, {"expect": "RDY"}, {"cable": "out"}, SHOW | {"within": "1 s"}, master="wire")
    assert seen == ("RDY from the till, ready for `message`, within 1 s", "nothing")


def test_what_nobody_took_does_not_stand_in_the_way() -> None:
    passes({"send": "RDY"}, {"wait": "1 s"}, {"send": "RDY"}, {"wait": "1 s"}, SHOW, master="wire")


def test_messages_in_frames_both_ways() -> None:
    passes(
        {"sale": {"send": {"code_type": "pdf", "name": "Вино"}}, "frames": 20},
        {"keys": "5 ПИ"},
        {"sale": {"expect": {"name": "Вино", "sum": 500}}},
        {"keys": "ИТ"},
        {"close": {"expect": {"total": 500}, "send": {}}, "frames": 3},
        {"identifier": {"expect": {}, "send": {"qr": "http://check.egais.ru?id=1"}}, "frames": 50},
        master="wire",
        settings={"max_outgoing": 20, "print_lines_per_s": 0},
    )
    passes(
        {"damage": {"of_till": {"flip": 20}}},
        {"ping": {}},
        master="wire",
        settings={"max_outgoing": 20, "last_packet_hs": 1},
    )


def test_an_unasked_answer_is_taken() -> None:
    unasked: dict[str, Any] = {"settings": {"hs1_sale_answer": "unasked", "print_lines_per_s": 0}}
    steps: list[dict[str, Any]] = [ASK_SALE | {"hs": 1}, {"keys": "150 ПИ"}, {"wait": "100 ms"}]
    passes(*steps, {"sale": {"expect": {"sum": 15000}}}, SHOW, master="wire", **unasked)


def test_disc_to_a_frame_means_rdy_again() -> None:
    outcome = played(
        {"send": "RDY"},
        {"expect": "RDY"},
        {"keys": "1"},
        {"send": {"message": {"message": 1}}},
        {"expect": "DISC"},
        {"keys": "С"},
        SHOW,
        master="wire",
    )
    assert outcome.passed


def test_without_pace_time_passes_all_the_same() -> None:
    passes({"ping": {}}, ASK_SALE, {"keys": "150 ПИ"}, {"sale": {"expect": {}}}, master="wire", paced=False)
    outcome = played({"keys": "1"}, {"ping": {}, "within": "1 s"}, master="wire", paced=False)
    assert outcome.failure is not None
    assert outcome.time == 1000 * MS

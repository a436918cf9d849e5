"""What the master may and must send, by the till's last word."""

import pytest

from kkm_sim.clock import SECOND, Instant
from kkm_sim.findings import FindingCode
from kkm_sim.link.masters_turn import Invitation, MastersTurn
from kkm_sim.link.packets import ControlCode, Packet
from kkm_sim.reasons import ReasonCode
from tests.support import master, master_data

RDY, SYN = master(ControlCode.RDY), master(ControlCode.SYN)
DATA, END = master_data(3, b"\x03\x05"), master_data(3, b"\x00")


@pytest.mark.parametrize(
    ("invitation", "of_data", "of_end"),
    [
        (Invitation.NONE, FindingCode.DATA_WITHOUT_RDY, FindingCode.DATA_WITHOUT_RDY),
        (Invitation.GIVEN, None, None),
        (Invitation.ANSWER, None, None),
        (Invitation.END, FindingCode.DATA_WITHOUT_RDY, None),
        (Invitation.REFUSED, FindingCode.DATA_AFTER_DISC, FindingCode.DATA_AFTER_DISC),
    ],
)
def test_where_data_may_come(invitation: Invitation, of_data: FindingCode | None, of_end: FindingCode | None) -> None:
    for packet, found in ((DATA, of_data), (END, of_end), (RDY, None), (SYN, None)):
        turn = MastersTurn()
        turn.invitation = invitation
        assert turn.taken(packet, in_flight=False) == (() if found is None else (found,))


@pytest.mark.parametrize("invitation", Invitation)
def test_data_where_ack_is_awaited(invitation: Invitation) -> None:
    turn = MastersTurn()
    turn.invitation = invitation
    assert turn.taken(DATA, in_flight=True) == (FindingCode.DATA_INSTEAD_OF_ACK,)
    assert turn.taken(RDY, in_flight=True) == ()


@pytest.mark.parametrize("packet", [DATA, master_data(4, b"\x03\x05"), RDY, SYN])
def test_after_nak_the_frame_comes_again(packet: Packet) -> None:
    turn = MastersTurn()
    turn.repeat(3)
    assert turn.taken(packet, in_flight=False) == (() if packet is DATA else (FindingCode.NO_REPEAT_AFTER_NAK,))
    assert turn.taken(RDY, in_flight=False) == ()  # only the next packet counts


@pytest.mark.parametrize("packet", [DATA, RDY, SYN])
def test_after_rej_syn_comes(packet: Packet) -> None:
    turn = MastersTurn()
    turn.begin_again()
    assert turn.taken(packet, in_flight=False) == (() if packet is SYN else (FindingCode.NO_SYN_AFTER_REJ,))
    assert turn.taken(RDY, in_flight=False) == ()


def test_what_is_owed_is_told_once_when_it_is_overdue() -> None:
    turn = MastersTurn()
    assert turn.owed_by is None
    turn.begin_again()
    turn.owe(Instant(3 * SECOND))
    assert turn.owed_by == 3 * SECOND
    assert turn.overdue(Instant(3 * SECOND - 1)) is None
    overdue = turn.overdue(Instant(3 * SECOND))
    assert overdue is not None
    assert overdue.code is ReasonCode.NO_SYN
    assert turn.overdue(Instant(9 * SECOND)) is None
    turn.repeat(1)
    turn.owe(Instant(12 * SECOND))
    turn.taken(DATA, in_flight=False)
    assert turn.owed_by is None  # whatever came, nothing is owed any more


def test_an_answer_needs_rdy_again_once_another_till_was_spoken_to() -> None:
    turn = MastersTurn()
    for before, after in ((Invitation.ANSWER, Invitation.NONE), (Invitation.GIVEN, Invitation.GIVEN)):
        turn.invitation = before
        turn.other_till()
        assert turn.invitation is after


def test_forgotten_nothing_is_owed() -> None:
    turn = MastersTurn()
    turn.repeat(3)
    turn.begin_again()
    turn.owe(Instant(1))
    turn.forget()
    assert turn.owed_by is None
    assert turn.taken(RDY, in_flight=False) == ()

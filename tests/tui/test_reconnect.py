from kkm_sim.control.models import Event, FindingEvent, KeyEvent, PacketEvent, TapeEvent
from kkm_sim.link.packets import ControlCode
from kkm_sim.tui.reconnect import Progress
from tests.tui.support import Wire, finding, snapshot, text

ONE, TWO, THREE = text(1, "один"), text(2, "два"), text(3, "три")


def known() -> Progress:
    progress = Progress()
    progress.catch_up(snapshot(), [ONE, TWO], [], [], afresh=False)
    return progress


def test_everything_is_new_at_first() -> None:
    packet = Wire().to_till(ControlCode.SYN)
    news = Progress().catch_up(snapshot(), [ONE], [packet], [finding(1)], afresh=False)
    assert (news.entries, news.packets, news.findings) == ((ONE,), (packet,), (finding(1),))


def test_lists_are_asked_for_from_one_before_the_newest() -> None:
    progress = Progress()
    assert (progress.tape_since, progress.wire_since) == (0, 0)
    progress = known()
    assert (progress.tape_since, progress.wire_since) == (1, 0)


def test_the_same_till_has_the_newest_entry_known() -> None:
    progress = known()
    assert not progress.is_another_till([TWO, THREE], [])
    assert progress.catch_up(snapshot(), [TWO, THREE], [], [], afresh=False).entries == (THREE,)


def test_a_till_that_forgot_so_much_goes_on_all_the_same() -> None:
    assert not known().is_another_till([text(500, "много позже")], [])


def test_another_till_has_another_entry_or_none() -> None:
    assert known().is_another_till([text(2, "другое")], [])
    assert known().is_another_till([], [])


def test_of_another_till_everything_is_new() -> None:
    progress = known()
    assert progress.catch_up(snapshot(), [text(1, "другое")], [], [], afresh=True).entries == (text(1, "другое"),)
    assert progress.tape_since == 0


def test_an_event_that_the_lists_had_already_is_not_told_again() -> None:
    progress, packet = known(), Wire().to_till(ControlCode.SYN)
    events: list[Event] = [
        TapeEvent(at=0, entry=TWO),
        TapeEvent(at=0, entry=THREE),
        TapeEvent(at=0, entry=THREE),
        PacketEvent(at=0, packet=packet),
        PacketEvent(at=0, packet=packet),
        FindingEvent(at=0, finding=finding(1)),
        FindingEvent(at=0, finding=finding(1)),
        KeyEvent(at=0, key="1"),
        KeyEvent(at=0, key="1"),
    ]
    assert [progress.is_new(event) for event in events] == [
        False,
        True,
        False,
        True,
        False,
        True,
        False,
        True,
        True,
    ]

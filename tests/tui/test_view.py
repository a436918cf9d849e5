from msgspec import structs

from kkm_sim.control.models import (
    BeepEvent,
    FindingEvent,
    IndicatorEvent,
    KeyEvent,
    PacketEvent,
    StateEvent,
    TapeEvent,
)
from kkm_sim.control.snapshot import indicator_view
from kkm_sim.link.packets import ControlCode
from kkm_sim.till.indicator import show
from kkm_sim.till.keyboard import Key
from kkm_sim.tui.catalogue import ENGLISH, RUSSIAN
from kkm_sim.tui.line_log import Found, Passed
from kkm_sim.tui.view import Connection, Happened, Lost, View
from tests.tui.support import URL, Wire, caught_up, finding, snapshot, text


def connected() -> View:
    view = View(ENGLISH, URL)
    view.take(caught_up(snapshot(), text(1, "ИТОГ")))
    return view


def test_before_anything_is_known() -> None:
    view = View(RUSSIAN, URL)
    assert view.connection is Connection.CONNECTING
    assert view.status == f"соединение с {URL}"
    assert view.indicator is None


def test_catching_up_is_being_connected() -> None:
    view = connected()
    assert view.connection is Connection.CONNECTED
    assert view.status == f"between receipts · RDY hears: RDY · connected to {URL}"
    assert view.indicator is not None
    assert view.indicator.text == "0.00"
    assert list(view.tape) == [text(1, "ИТОГ")]


def test_of_our_own_till_it_says_where_its_line_is() -> None:
    view = View(RUSSIAN, URL, "/dev/pts/7")
    view.take(caught_up(snapshot("menu")))
    assert view.status == "меню · на RDY ответ: RDY · линия /dev/pts/7"


def test_what_happens_changes_what_is_shown() -> None:
    view, packet = connected(), Wire().to_till(ControlCode.SYN)
    for event in (
        KeyEvent(at=1, key="ПИ"),
        BeepEvent(at=1, length="short"),
        StateEvent(at=1, state="open", snapshot=snapshot("open", cash=5)),
        IndicatorEvent(at=1, indicator=indicator_view(show("", "150.50"))),
        TapeEvent(at=1, entry=text(2, "СДАЧА")),
        PacketEvent(at=1, packet=packet),
        FindingEvent(at=1, finding=finding()),
    ):
        view.take(Happened(event))
    assert view.snapshot is not None
    assert (view.snapshot.state, view.snapshot.cash) == ("open", 5)
    assert view.snapshot.indicator.text == "150.50"
    assert [entry.n for entry in view.tape] == [1, 2]
    assert list(view.line) == [Passed(packet), Found(finding())]


def test_keys_are_told_once() -> None:
    view = connected()
    view.take(Happened(KeyEvent(at=1, key="ПИ")))
    view.take(Happened(KeyEvent(at=2, key="−")))
    assert view.pressed() == [Key.ITEM, Key.MINUS]
    assert view.pressed() == []


def test_long_beeps_are_told_once() -> None:
    view = connected()
    view.take(Happened(BeepEvent(at=1, length="short")))
    view.take(Happened(BeepEvent(at=2, length="long")))
    assert view.errors_heard() == 1
    assert view.errors_heard() == 0


def test_a_lost_connection_says_why_and_keeps_the_tape() -> None:
    view = connected()
    view.take(Lost("nobody listens there"))
    assert view.status == f"no connection to {URL}: nobody listens there; trying again"
    assert view.indicator is None
    assert len(view.tape) == 1


def test_after_a_loss_it_goes_on() -> None:
    view = connected()
    view.take(Lost("…"))
    view.take(caught_up(snapshot("menu"), text(2, "СДАЧА")))
    assert view.connection is Connection.CONNECTED
    assert [entry.n for entry in view.tape] == [1, 2]


def test_another_till_has_a_tape_and_a_line_of_its_own() -> None:
    view = connected()
    view.line.add_finding(finding())
    view.take(caught_up(snapshot(), text(1, "другая"), afresh=True))
    assert list(view.tape) == [text(1, "другая")]
    assert list(view.line) == []


def test_a_till_that_ended_and_one_started_anew() -> None:
    view = connected()
    view.till_ended("exit code 70")
    assert (view.connection, view.status) == (Connection.ENDED, "the till has ended (F5 starts it again): exit code 70")
    view.till_starts()
    view.till_started("http://127.0.0.1:9", "/dev/pts/9")
    assert (view.connection, view.status) == (Connection.CONNECTING, "connecting to http://127.0.0.1:9")
    assert view.port == "/dev/pts/9"


def test_what_was_missed_stands_in_the_order_it_happened() -> None:
    view, wire = View(ENGLISH, URL), Wire()
    before, after = wire.to_till(ControlCode.SYN), wire.to_till(ControlCode.NAK)
    found = structs.replace(finding(), at=(before.at + after.at) // 2)
    view.take(caught_up(snapshot(), packets=(before, after), findings=(found,)))
    assert list(view.line) == [Passed(before), Found(found), Passed(after)]


def test_the_client_of_a_till_that_starts_may_be_the_quicker_one() -> None:
    view = connected()
    view.till_ended("gone")
    view.till_starts()
    view.take(caught_up())
    view.till_started("http://127.0.0.1:9", "/dev/pts/9")
    assert view.connection is Connection.CONNECTED
    assert "/dev/pts/9" in view.status

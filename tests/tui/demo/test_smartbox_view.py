import pytest

from kkm_sim.tui.demo.bottles import BEER, bottle
from kkm_sim.tui.demo.smartbox_view import BoxCommand, BoxEnded, BoxSaid, BoxStarted, BoxView, UtmMode
from kkm_sim.tui.keymap import meaning


def requested(pdf: str) -> BoxSaid:
    return BoxSaid({"event": "sale-requested", "text": "", "article": {"code_type": 1, "ean": "", "pdf": pdf}})


def test_the_bottle_in_hand_is_the_next_one_once_the_till_was_asked() -> None:
    box = BoxView()
    first, second = bottle(1), bottle(2)
    assert box.order(BoxCommand.EAN) + box.order(BoxCommand.PDF) == [first.ean, first.pdf]
    assert box.order(BoxCommand.EAN) == [first.ean]
    box.take(requested(first.pdf))
    assert box.order(BoxCommand.EAN) + box.order(BoxCommand.PDF) == [second.ean, second.pdf]


def test_the_same_bottle_again_is_the_one_that_was_asked_for() -> None:
    box = BoxView()
    box.take(requested(bottle(1).pdf))
    assert box.order(BoxCommand.AGAIN) == [bottle(1).ean, bottle(1).pdf]
    box.take(requested(bottle(1).pdf))
    assert box.order(BoxCommand.AGAIN) == [bottle(1).ean, bottle(1).pdf]
    assert box.bottle == bottle(2)


def test_before_any_bottle_the_same_one_is_the_one_in_hand() -> None:
    assert BoxView().order(BoxCommand.AGAIN) == [bottle(1).ean, bottle(1).pdf]


def test_a_beer_and_an_annulment() -> None:
    assert BoxView().order(BoxCommand.BEER) == [f"beer {BEER}"]
    assert BoxView().order(BoxCommand.ANNUL) == ["annul"]


def test_the_utm_goes_round() -> None:
    box = BoxView()
    orders = [(box.order(BoxCommand.UTM), box.utm) for _ in range(4)]
    assert orders == [
        (["utm refuses"], UtmMode.REFUSES),
        (["utm down"], UtmMode.DOWN),
        (["utm slow 5"], UtmMode.SLOW),
        (["utm up"], UtmMode.ALLOWS),
    ]


def test_the_cable_is_pulled_and_put_back() -> None:
    box = BoxView()
    assert [(box.order(BoxCommand.CABLE), box.plugged) for _ in range(2)] == [
        (["cable out"], False),
        (["cable in"], True),
    ]


def test_another_smartbox_knows_nothing_of_the_switches() -> None:
    box = BoxView()
    box.order(BoxCommand.CABLE)
    box.order(BoxCommand.UTM)
    box.take(BoxEnded(1))
    box.take(BoxStarted())
    assert (box.utm, box.plugged) == (UtmMode.ALLOWS, True)
    assert list(box.told) == [BoxEnded(1)]


@pytest.mark.parametrize("command", BoxCommand)
def test_no_key_of_the_panel_is_one_of_the_till(command: BoxCommand) -> None:
    assert meaning(command.value, command.value) is None

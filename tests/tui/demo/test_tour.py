"""The tour is taken by its own hints alone: each names keys, which are pressed at a real till and a real SmartBox."""

import json

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.commands.smartbox_json import event_json
from kkm_sim.control.models import Snapshot
from kkm_sim.control.snapshot import snapshot, view
from kkm_sim.link.events import PacketSeen
from kkm_sim.smartbox import Utm
from kkm_sim.tui.demo.bottles import BEER, bottle
from kkm_sim.tui.demo.catalogue import ENGLISH
from kkm_sim.tui.demo.smartbox_view import UtmMode
from kkm_sim.tui.demo.tour import CHAPTERS, PICTURE_SEEN, Seen, Tour
from kkm_sim.virtual.bench import Bench

UTMS = {
    UtmMode.ALLOWS: Utm(),
    UtmMode.REFUSES: Utm(refuses=True),
    UtmMode.DOWN: Utm(down=True),
    UtmMode.SLOW: Utm(delay_s=8),
}


class Guest:
    """Does what the tour says, and nothing else."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.tour = Tour()
        self.utm = UtmMode.ALLOWS
        self.plugged = True
        self.bottles = 0
        self.told = 0
        self.look()

    def till(self) -> Snapshot:
        now = self.bench.clock.now()
        return snapshot(view(self.bench.simulator.till(), now))

    def look(self) -> str:
        events = self.bench.events
        for event in events[self.told :]:
            assert not isinstance(event, PacketSeen)
            self.tour.happens(json.loads(event_json(event))["event"])
        self.told = len(events)
        self.tour.look(self.till(), self.utm, self.plugged)
        assert self.tour.hint in ENGLISH.hints
        return self.tour.hint

    def obey(self, hint: str) -> None:
        bench = self.bench
        match hint:
            case "ean":
                self.bottles += 1
                bench.scan(bottle(self.bottles).ean)
            case "pdf":
                bench.scan(bottle(self.bottles).pdf)
            case "same":
                bench.scan(bottle(self.bottles).ean)
                bench.scan(bottle(self.bottles).pdf)
            case "beer":
                bench.scan(f"beer:{BEER}")
            case "pull" | "plug":
                self.plugged = not self.plugged
                bench._line.connect(self.plugged)
            case "utm_allows" | "utm_refuses" | "utm_slow":
                modes = list(UtmMode)
                self.utm = modes[(modes.index(self.utm) + 1) % len(modes)]
                bench.smartbox.utm = UTMS[self.utm]
            case "picture":
                self.tour.happens(PICTURE_SEEN)
            case "wait_sold" | "wait_utm" | "wait_printer" | "wait_lost" | "wait_found":
                pass
            case _:
                bench.press(KEYS[hint])


KEYS = {
    "price": "3 5 0 . 9 0 ПИ",
    "total": "5 0 0 ИТ",
    "exact": "ИТ",
    "annul": "АН",
    "last": "ПИ",
    "whole": "ИТ",
    "clear": "С",
    "cancel": "С",
    "register": "ПИ",
    "finish": "ИТ",
    "again": "ИТ",
}


def test_its_hints_lead_through_all_chapters() -> None:
    guest = Guest()
    chapters, hints = [guest.tour.name], []
    for _ in range(200):
        hint = guest.look()
        if guest.tour.name != chapters[-1]:
            chapters.append(guest.tour.name)
        if hint == "end":
            break
        hints.append(hint)
        guest.obey(hint)
        # Long enough for a hint to show that it was followed, too short to skip what is to be waited for.
        guest.bench.run(500 * MS)
    assert chapters == [chapter.name for chapter in CHAPTERS]
    assert [hint for n, hint in enumerate(hints) if n == 0 or hint != hints[n - 1]] == [
        *("ean", "pdf", "price", "total", "wait_utm", "wait_printer", "picture"),
        *("utm_refuses", "ean", "pdf", "price", "total", "wait_utm"),
        *("utm_slow", "again", "wait_utm", "wait_printer"),
        *("utm_allows", "ean", "pdf", "price", "wait_sold", "annul", "last", "same"),
        *("annul", "whole"),
        *("beer", "price", "total", "wait_utm", "wait_printer"),
        *("pull", "wait_lost", "plug", "wait_found"),
    ]
    assert guest.bench.receipts_done == 3


def test_a_utm_that_refuses_in_the_first_chapter_is_put_right() -> None:
    guest = Guest()
    guest.utm = UtmMode.REFUSES
    guest.bench.smartbox.utm = UTMS[guest.utm]
    for hint in ("ean", "pdf", "price", "total"):
        guest.obey(hint)
        guest.bench.run(SECOND)
    assert guest.till().state == "refused"
    hints = []
    while guest.tour.name == "sale":
        hints.append(guest.look())
        guest.obey(hints[-1])
        guest.bench.run(SECOND)
        assert len(hints) < 20
    assert hints[:4] == ["utm_allows"] * 3 + ["again"]


def test_a_cable_that_was_pulled_too_early_is_put_in_again() -> None:
    guest = Guest()
    guest.obey("pull")
    assert guest.look() == "plug"
    guest.obey("plug")
    assert guest.look() == "ean"


def test_a_loss_that_is_told_when_the_cable_is_in_again_does_not_count() -> None:
    (unplugged,) = [chapter for chapter in CHAPTERS if chapter.name == "unplugged"]
    lost = frozenset({"till-lost"})
    till = Guest().till()
    assert unplugged.done(Seen(till, UtmMode.ALLOWS, False, lost))
    assert not unplugged.done(Seen(till, UtmMode.ALLOWS, True, lost))


def test_more_than_the_customer_has_is_paid_exactly() -> None:
    guest = Guest()
    guest.bench.press("5 0 0 . 0 1 ПИ")
    assert guest.look() == "exact"
    guest.bench.press("АН ПИ 5 0 0 ПИ")
    assert guest.look() == "total"


@pytest.mark.parametrize(
    ("keys", "hint"),
    [("3 5", "finish"), ("ВЗ", "cancel"), ("РЕЖ", "menu"), ("1 0 0 0 0 0 0 0 ПИ", "clear"), ("1 ПИ АН", "cancel")],
)
def test_a_wrong_key_does_not_lose_it(keys: str, hint: str) -> None:
    guest = Guest()
    guest.bench.press(keys)
    assert guest.look() == hint


def test_paper_and_power_come_first() -> None:
    guest = Guest()
    till, now = guest.bench.simulator, guest.bench.clock.now()
    till.paper(False, now)
    assert guest.look() == "paper"
    till.paper(True, now)
    till.power(False, now)
    assert guest.look() == "power"


def test_a_half_typed_price_is_finished() -> None:
    guest = Guest()
    for hint in ("ean", "pdf"):
        guest.obey(hint)
        guest.bench.run(SECOND)
    assert guest.look() == "price"
    guest.bench.press("3 5")
    assert guest.look() == "register"


def test_a_bottle_is_not_taken_back_before_the_smartbox_has_heard_of_its_sale() -> None:
    (annulment,) = [chapter for chapter in CHAPTERS if chapter.name == "annulment"]
    guest = Guest()
    guest.bench.press("1 ПИ")
    hints = [
        annulment.hint(Seen(guest.till(), UtmMode.ALLOWS, True, frozenset(happened)))
        for happened in ([], ["sale-requested"], ["sale-requested", "item-registered"])
    ]
    assert hints == ["annul", "wait_sold", "annul"]


def test_its_number_of_how_many() -> None:
    tour = Guest().tour
    assert (tour.progress, tour.name) == (f"1/{len(CHAPTERS)}", "sale")

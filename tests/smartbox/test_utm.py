"""The stand-in for the UTM."""

import re
from datetime import datetime

from kkm_sim.smartbox.utm import Utm, UtmReceipt
from kkm_sim.value import replace

RECEIPT = UtmReceipt(receipt_number=7, shift=1, moment=datetime(2016, 7, 1, 12, 5), total=15_000, items=())


def test_address_and_signature() -> None:
    identifier = Utm().identify(RECEIPT)
    guid = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    assert re.fullmatch(rf"http://check\.egais\.ru\?id={guid}&dt=0107161205&cn=\d{{12}}", identifier.url)
    assert len(identifier.url) == 91
    assert re.fullmatch(r"[0-9A-F]{128}", identifier.signature)


def test_the_same_receipt_has_the_same_identifier() -> None:
    assert Utm(seed="a").identify(RECEIPT) == Utm(seed="a").identify(RECEIPT)


def test_seed_and_receipt_make_the_difference() -> None:
    identifiers = {
        Utm().identify(RECEIPT),
        Utm(seed="b").identify(RECEIPT),
        Utm().identify(replace(RECEIPT, total=15_001)),
    }
    assert len({identifier.url for identifier in identifiers}) == 3
    assert len({identifier.signature for identifier in identifiers}) == 3
    assert Utm(delay_s=9, down=True).identify(RECEIPT) == Utm().identify(RECEIPT)


def test_what_it_may_object() -> None:
    assert Utm().objection is None
    assert "not answer" in str(Utm(down=True).objection)
    assert "refuses" in str(Utm(refuses=True).objection)

"""A stand-in for the UTM, the transport module of ЕГАИС: it allows a receipt and gives its identifier."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from kkm_sim.clock import SECOND
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.smartbox.basket import BasketItem
from kkm_sim.value import Value

CHECK_SITE = "http://check.egais.ru"


class UtmReceipt(Value):
    """What is reported: the receipt and the items that went through the SmartBox. Total in kopecks."""

    receipt_number: int
    shift: int
    moment: datetime
    total: int
    items: tuple[BasketItem, ...]


class Identifier(Value):
    """What ЕГАИС gives for a receipt: the address where it can be checked and a signature, 128 hex digits."""

    url: str
    signature: str

    @property
    def text(self) -> str:
        """The text printed below the QR code."""
        return f"{self.url}\r{self.signature}"


@dataclass(init=False, repr=False, eq=False)  # for `replace`; a value it is already
class Utm(Value):
    """How the UTM behaves. Replace the SmartBox's `utm` to change it while it works.

    The same seed and receipt always give the same identifier: nothing here is random.
    """

    seed: str = ""
    delay_s: int = 0
    """Seconds until it answers; the till hears WAIT meanwhile."""
    down: bool = False
    refuses: bool = False

    @property
    def delay(self) -> int:
        """`delay_s` in ns."""
        return self.delay_s * SECOND

    @property
    def objection(self) -> Reason | None:
        """Why no receipt can be allowed now; None if it can."""
        if self.down:
            return Reason(ReasonCode.UTM_DOWN)
        return Reason(ReasonCode.UTM_REFUSES) if self.refuses else None

    def identify(self, receipt: UtmReceipt) -> Identifier:
        """The identifier of an allowed receipt."""
        said = repr((self.seed, receipt))
        guid = uuid.uuid5(uuid.NAMESPACE_URL, f"{CHECK_SITE}/{said}")
        number = int.from_bytes(hashlib.sha256(self.seed.encode()).digest(), "big") % 10**12
        url = f"{CHECK_SITE}?id={guid}&dt={receipt.moment:%d%m%y%H%M}&cn={number:012d}"
        return Identifier(url, hashlib.sha512(said.encode()).hexdigest().upper())

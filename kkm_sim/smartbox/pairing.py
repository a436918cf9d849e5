"""Two scans make a bottle: its EAN and its PDF417 code, in either order (document, «1) Продажа»)."""

from kkm_sim.messages.codes import CodeType, ShownMessage
from kkm_sim.smartbox.basket import Article
from kkm_sim.smartbox.scanned_code import ScannedEan, ScannedPdf


class Pairing:
    """What has been scanned of the next bottle. A code of the same kind again takes the first one's place."""

    def __init__(self) -> None:
        self._half: ScannedEan | ScannedPdf | None = None

    @property
    def begun(self) -> bool:
        """Whether one code waits for the other."""
        return self._half is not None

    def forget(self) -> None:
        """From the beginning."""
        self._half = None

    def take(self, scan: ScannedEan | ScannedPdf) -> Article | ShownMessage:
        """The item to sell, or the prompt for the code that is still missing. Only a bottle needs two codes."""
        half, self._half = self._half, None
        match scan, half:
            case ScannedEan(ean, sells_as), _ if sells_as is not CodeType.PDF:
                return Article(sells_as, ean)
            case (ScannedEan(ean), ScannedPdf(pdf)) | (ScannedPdf(pdf), ScannedEan(ean)):
                return Article(CodeType.PDF, ean, pdf)
            case _:
                self._half = scan
                return ShownMessage.SCAN_PDF if isinstance(scan, ScannedEan) else ShownMessage.SCAN_EAN

"""A simulator of the cash register Mercury-130K (Меркурий-130К), exact on the wire.

The names below are what programs use; each is loaded when it is first asked for, so `import kkm_sim` costs nothing.

    Bench                               a till and a SmartBox joined in virtual time
    Simulator, Till, Settings, Key      the tills of a line; one machine; its settings; its keys
    TillLine, TillLink, MasterLink      the engines of the link, both ends
    SmartBox, Utm                       the reference master and its stand-in for the UTM
    SaleRequest … ShortAnswer           the messages, one class a table of the document
    Finding, FindingCode                what the master did against the document
    Instant, ManualClock                time
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kkm_sim.clock import Instant, ManualClock
    from kkm_sim.findings import Finding, FindingCode
    from kkm_sim.link.master_link import MasterLink
    from kkm_sim.link.till_line import TillLine
    from kkm_sim.link.till_link import TillLink
    from kkm_sim.messages.records import (
        AnnulReceiptRequest,
        CloseAnswer,
        CloseRequest,
        DonePacket,
        IdentifierAnswer,
        IdentifierHead,
        IdentifierRequest,
        PingAnswer,
        PingRequest,
        SaleAnswer,
        SaleRequest,
        ShortAnswer,
        ShowMessageRequest,
    )
    from kkm_sim.settings import Settings
    from kkm_sim.simulator import Simulator
    from kkm_sim.smartbox import SmartBox, Utm
    from kkm_sim.till.keyboard import Key
    from kkm_sim.till.machine import Till
    from kkm_sim.virtual.bench import Bench, NothingHappens

__all__ = [
    "AnnulReceiptRequest",
    "Bench",
    "CloseAnswer",
    "CloseRequest",
    "DonePacket",
    "Finding",
    "FindingCode",
    "IdentifierAnswer",
    "IdentifierHead",
    "IdentifierRequest",
    "Instant",
    "Key",
    "ManualClock",
    "MasterLink",
    "NothingHappens",
    "PingAnswer",
    "PingRequest",
    "SaleAnswer",
    "SaleRequest",
    "Settings",
    "ShortAnswer",
    "ShowMessageRequest",
    "Simulator",
    "SmartBox",
    "Till",
    "TillLine",
    "TillLink",
    "Utm",
]

_RECORDS = "kkm_sim.messages.records"
_ELSEWHERE = {
    "Bench": "kkm_sim.virtual.bench",
    "Finding": "kkm_sim.findings",
    "FindingCode": "kkm_sim.findings",
    "Instant": "kkm_sim.clock",
    "Key": "kkm_sim.till.keyboard",
    "ManualClock": "kkm_sim.clock",
    "MasterLink": "kkm_sim.link.master_link",
    "NothingHappens": "kkm_sim.virtual.bench",
    "Settings": "kkm_sim.settings",
    "Simulator": "kkm_sim.simulator",
    "SmartBox": "kkm_sim.smartbox",
    "Till": "kkm_sim.till.machine",
    "TillLine": "kkm_sim.link.till_line",
    "TillLink": "kkm_sim.link.till_link",
    "Utm": "kkm_sim.smartbox",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ELSEWHERE.get(name, _RECORDS)), name)

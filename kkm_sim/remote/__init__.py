"""Remote access: whole operations over a slow network, the link run beside the till.

    connect, connect_async              a till of a server (`kkm-sim serve`), for plain programs and for asyncio
    open_port, open_port_async          the same at a port of this machine
    devices                             what tills a server has
    Closed, Identifier, qr_code         answers to the till: may a receipt be closed, what is its identifier
    RemoteError …                       what may go wrong

Each name is loaded when it is first asked for: `import kkm_sim.remote` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kkm_sim.remote.blocking import BlockingTill, connect
    from kkm_sim.remote.client import Client, connect_async
    from kkm_sim.remote.device_list import devices
    from kkm_sim.remote.errors import (
        Declined,
        DeviceBusy,
        HandlerFailed,
        LineDataError,
        NoAnswer,
        NotConnected,
        RemoteError,
    )
    from kkm_sim.remote.local_till import open_port, open_port_async
    from kkm_sim.remote.operations import Closed, Identifier
    from kkm_sim.remote.pictures import qr_code

__all__ = [
    "BlockingTill",
    "Client",
    "Closed",
    "Declined",
    "DeviceBusy",
    "HandlerFailed",
    "Identifier",
    "LineDataError",
    "NoAnswer",
    "NotConnected",
    "RemoteError",
    "connect",
    "connect_async",
    "devices",
    "open_port",
    "open_port_async",
    "qr_code",
]

_ELSEWHERE = {
    "BlockingTill": "blocking",
    "Client": "client",
    "Closed": "operations",
    "Identifier": "operations",
    "connect": "blocking",
    "connect_async": "client",
    "devices": "device_list",
    "open_port": "local_till",
    "open_port_async": "local_till",
    "qr_code": "pictures",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'errors')}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

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
    from kkm_sim.remote.client.asyncio_client import Client, connect_async
    from kkm_sim.remote.client.blocking_client import BlockingTill, connect
    from kkm_sim.remote.client.device_list import devices
    from kkm_sim.remote.client.local_till import open_port, open_port_async
    from kkm_sim.remote.client.qr_code import qr_code
    from kkm_sim.remote.protocol.errors import (
        Declined,
        DeviceBusy,
        HandlerFailed,
        LineDataError,
        NoAnswer,
        NotConnected,
        RemoteError,
    )
    from kkm_sim.remote.protocol.operations import Closed, Identifier

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
    "BlockingTill": "client.blocking_client",
    "Client": "client.asyncio_client",
    "Closed": "protocol.operations",
    "Identifier": "protocol.operations",
    "connect": "client.blocking_client",
    "connect_async": "client.asyncio_client",
    "devices": "client.device_list",
    "open_port": "client.local_till",
    "open_port_async": "client.local_till",
    "qr_code": "client.qr_code",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'protocol.errors')}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

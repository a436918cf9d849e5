"""The devices of a remote access server: `GET /v1/devices`."""

import json
import ssl as tls
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from kkm_sim.remote.client.connection_errors import no_http, no_server, refusal, stranger
from kkm_sim.remote.protocol.addresses import credentials, patience, server_url
from kkm_sim.remote.protocol.errors import NotConnected, RemoteError


@dataclass(frozen=True, slots=True)
class Listed:
    """A device of the server. `state`: free, held or gone; `holder`: whose it is, None while nobody's."""

    name: str
    state: str = ""
    holder: str | None = None


def devices(
    server: str, *, timeout: float = 5, token: str | None = None, ssl: tls.SSLContext | None = None
) -> tuple[Listed, ...]:
    """All of them, within `timeout` seconds. Raises NotConnected, RemoteError; ValueError: no address."""
    patience(timeout)
    headers = credentials(token)
    url = "http" + server_url(server).removeprefix("ws") + "/v1/devices"
    try:
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=ssl))
        with opener.open(Request(url, headers=headers), None, timeout) as answer:
            body = json.load(answer)
        return tuple(_listed(one) for one in body["devices"])
    except HTTPError as error:
        with error:
            raise refusal(server, error.code, error.read()) from None
    except URLError as error:
        reason = error.reason
        raise no_server(server, reason if isinstance(reason, OSError) else OSError(str(reason)), timeout) from None
    except OSError as error:
        raise no_server(server, error, timeout) from None
    except HTTPException:
        raise no_http(server) from None
    except (ValueError, KeyError, TypeError):
        raise stranger(server, "it has no list of devices") from None


def only_device(server: str, *, timeout: float, token: str | None = None, ssl: tls.SSLContext | None = None) -> str:
    """The name of the server's device where it has one and no more. Raises RemoteError otherwise, and as `devices`."""
    names = [one.name for one in devices(server, timeout=timeout, token=token, ssl=ssl)]
    if len(names) == 1:
        return names[0]
    if not names:
        raise NotConnected(f"{server} has no device")
    raise RemoteError(f"{server} has several devices, say which: {', '.join(names)}")


def _listed(told: Any) -> Listed:
    name, holder = told["name"], told.get("holder")
    return Listed(str(name), str(told.get("state", "")), None if holder is None else str(holder))

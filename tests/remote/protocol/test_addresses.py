from typing import Any

import pytest

from kkm_sim.remote.protocol.addresses import credentials, device_url, server_url


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("kassa.shop", "ws://kassa.shop:19524"),
        ("10.0.0.5:19525", "ws://10.0.0.5:19525"),
        ("[::1]:19525", "ws://[::1]:19525"),
        ("ws://host", "ws://host:19524"),
        ("wss://host:443/", "wss://host:443"),
    ],
)
def test_servers(server: str, url: str) -> None:
    assert server_url(server) == url


@pytest.mark.parametrize("server", ["", "http://host", "host:port", "host:70000", "ws://host/v2", "a b", "::1", "me@h"])
def test_what_is_no_server(server: str) -> None:
    with pytest.raises(ValueError, match="is no server"):
        server_url(server)


@pytest.mark.parametrize("path", ["/v1/devices", "/v1/devices/kassa1", "/v1/devices/kassa1?timeout=5&client=me"])
def test_a_devices_whole_url(path: str) -> None:
    with pytest.raises(ValueError, match="leave the path away: wss://host:7, and say the device by its name"):
        server_url(f"wss://host:7{path}")


@pytest.mark.parametrize(("timeout", "said"), [(5.0, "5"), (0, "0"), (2.5, "2.5"), (0.00001, "0.00001"), (100, "100")])
def test_timeouts(timeout: float, said: str) -> None:
    assert device_url("host", "till", timeout, None) == f"ws://host:19524/v1/devices/till?timeout={said}"


def test_a_token_as_it_stands_in_a_file() -> None:
    assert credentials("secret\n") == {"Authorization": "Bearer secret"}
    assert credentials(None) == {}


@pytest.mark.parametrize("token", ["", "\n", "a\r\nX-Other: b", "ключ"])
def test_what_is_no_token(token: str) -> None:
    with pytest.raises(ValueError, match="a line of ASCII"):
        credentials(token)


@pytest.mark.parametrize("token", [b"secret", 5])
def test_a_token_that_is_no_text_is_not_shown(token: Any) -> None:
    with pytest.raises(
        ValueError, match=f"^the token is of type {type(token).__name__}: it is a str, a line of ASCII$"
    ):
        credentials(token)


def test_names_are_quoted() -> None:
    url = device_url("host", "а/б", 1, "me & you")
    assert url == "ws://host:19524/v1/devices/%D0%B0%2F%D0%B1?timeout=1&client=me+%26+you"

import errno
import os

import pytest

from kkm_sim.drivers.listening import address_of, bound_socket, is_loopback


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.10", "::1"])
def test_loopback_is_this_computer(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.168.1.2", "localhost.evil.example", "till"])
def test_the_rest_is_not(host: str) -> None:
    assert not is_loopback(host)


def test_port_0_is_any_free_one() -> None:
    with bound_socket("127.0.0.1", 0) as bound:
        host, port = bound.getsockname()
        assert (host, port > 0) == ("127.0.0.1", True)
        assert address_of(bound) == f"127.0.0.1:{port}"


def test_a_port_that_somebody_listens_at_is_refused() -> None:
    with bound_socket("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(OSError, match=os.strerror(errno.EADDRINUSE)):
            bound_socket("127.0.0.1", taken.getsockname()[1])


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    try:
        bound = bound_socket("::1", 0)
    except OSError:
        pytest.skip("no IPv6 here")
    with bound:
        assert address_of(bound) == f"[::1]:{bound.getsockname()[1]}"

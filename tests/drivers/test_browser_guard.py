import pytest

from kkm_sim.drivers.browser_guard import BrowserGuard, Pages

ALL = list(Pages)
STRANGERS = ["http://evil.example", "http://127.0.0.1.evil.example", "null", "", "file://", "http://["]


@pytest.mark.parametrize("pages", ALL)
@pytest.mark.parametrize("loopback_only", [True, False])
@pytest.mark.parametrize("host", ["localhost:80", "LOCALHOST", "127.0.0.1:8130", "127.0.0.9", "[::1]:80", "[::1]"])
def test_a_program_of_this_computer_is_let_in(host: str, loopback_only: bool, pages: Pages) -> None:
    assert BrowserGuard(pages, loopback_only).foreign(host, []) is None


@pytest.mark.parametrize("pages", ALL)
@pytest.mark.parametrize("host", ["evil.example:80", "192.168.1.7:80", "127.0.0.1.evil.example", "user@evil", "[", ""])
def test_another_name_for_this_computer_is_not(host: str, pages: Pages) -> None:
    guard = BrowserGuard(pages, loopback_only=True)
    assert guard.foreign(host, []) == "Host"
    assert guard.foreign(host, [f"http://{host}"]) == "Host"


@pytest.mark.parametrize("host", ["192.0.2.7", "[2001:db8::7]:80", "till.example", "TILL.example:80", "localhost"])
def test_beyond_this_computer_a_server_is_asked_for_by_address_or_name(host: str) -> None:
    named = BrowserGuard(Pages.OUR_OWN, loopback_only=False, names=frozenset(["till.example"]))
    assert named.foreign(host, []) is None
    assert named.foreign(host, [f"http://{host}"]) is None


@pytest.mark.parametrize("host", ["evil.example", "till", "[", ""])
def test_by_no_other_name_where_they_are_known(host: str) -> None:
    named = BrowserGuard(Pages.OUR_OWN, loopback_only=False, names=frozenset(["till.example"]))
    assert named.foreign(host, []) == "Host"


def test_by_any_name_where_they_are_not() -> None:
    assert BrowserGuard(Pages.OF_THE_SAME_HOST, loopback_only=False).foreign("till.shop:19524", []) is None


@pytest.mark.parametrize("pages", ALL)
@pytest.mark.parametrize("loopback_only", [True, False])
@pytest.mark.parametrize("origin", STRANGERS)
def test_a_page_from_elsewhere_is_a_stranger_to_all(origin: str, loopback_only: bool, pages: Pages) -> None:
    guard = BrowserGuard(pages, loopback_only)
    assert guard.foreign("127.0.0.1:8130", [origin]) == "Origin"
    assert guard.foreign("127.0.0.1:8130", ["http://127.0.0.1:8130", origin]) == "Origin"


@pytest.mark.parametrize(
    ("origin", "let_in_by"),
    [
        ("http://127.0.0.1:8130", {Pages.OF_THIS_COMPUTER, Pages.OF_THE_SAME_HOST, Pages.OUR_OWN}),
        ("https://127.0.0.1:8130", {Pages.OF_THIS_COMPUTER, Pages.OF_THE_SAME_HOST, Pages.OUR_OWN}),
        ("http://127.0.0.1:3000", {Pages.OF_THIS_COMPUTER, Pages.OF_THE_SAME_HOST}),
        ("http://127.0.0.1", {Pages.OF_THIS_COMPUTER, Pages.OF_THE_SAME_HOST}),
        ("http://localhost:8130", {Pages.OF_THIS_COMPUTER}),
        ("http://[::1]:8130", {Pages.OF_THIS_COMPUTER}),
    ],
)
def test_which_pages_of_this_computer_are_let_in(origin: str, let_in_by: set[Pages]) -> None:
    for pages in Pages:
        answer = BrowserGuard(pages, loopback_only=True).foreign("127.0.0.1:8130", [origin])
        assert answer == (None if pages in let_in_by else "Origin"), pages

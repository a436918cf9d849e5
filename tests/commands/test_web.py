import contextlib
import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from kkm_sim.cli import parser
from tests.commands.program import ROOT, Program, address_of, is_alive, posix, run_to_end, tills_of
from tests.processes import children_of, needs_proc
from tests.waiting import PATIENCE_S, eventually


def tabs_of(server: Program) -> list[int]:
    """The processes of its tabs."""
    return [tab.pid for tab in children_of(server.process.pid) if "--attach" in tab.words]


@contextlib.contextmanager
def open_tab(url: str) -> Iterator[ClientConnection]:
    """A page's connection."""
    place = urlsplit(url).netloc
    address = f"ws://{place}/ws?width=120&height=40"
    with connect(address, origin=Origin(f"http://{place}"), proxy=None, max_size=None) as tab:
        yield tab


def waits_for_screen(tab: ClientConnection, words: str) -> None:
    """Reads what a tab's process draws until these words are there."""
    seen = b""
    until = time.monotonic() + PATIENCE_S
    while words.encode() not in seen:
        assert time.monotonic() < until, f"{words!r} was never drawn"
        drawn = tab.recv(PATIENCE_S)
        seen += drawn if isinstance(drawn, bytes) else b""


def waits_for_end(pids: list[int]) -> None:
    """Until none of them is there."""
    eventually(
        lambda: not any(map(is_alive, pids)), why=lambda: f"left behind: {[pid for pid in pids if is_alive(pid)]}"
    )


@pytest.mark.parametrize(
    ("word", "where"),
    [
        ("8000", ("127.0.0.1", 8000)),
        ("0", ("127.0.0.1", 0)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("[::1]:0", ("::1", 0)),
        ("till.example:8000", ("till.example", 8000)),
    ],
)
def test_where_to_serve(word: str, where: tuple[str, int]) -> None:
    assert parser("tui").parse_args(["tui", "--web", word]).web == where


@pytest.mark.parametrize("word", ["", "x", "127.0.0.1", "127.0.0.1:", "65536", "-1", "http://127.0.0.1:80/"])
def test_what_is_no_place_to_serve(word: str) -> None:
    done = run_to_end("tui", f"--web={word}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"kkm-sim tui: argument --web: {word!r} is not PORT or HOST:PORT, for example 8000 ")
    assert len(done.stderr.splitlines()) == 1


def test_a_port_in_use_is_one_line_and_no_till_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_to_end("tui", "--web", str(port), "--findings", str(tmp_path / "found"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"kkm-sim tui: --web: cannot listen on 127.0.0.1:{port}: {os.strerror(errno.EADDRINUSE)}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_host_that_is_not_here_is_one_line() -> None:
    done = run_to_end("tui", "--web", "192.0.2.1:8000")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kkm-sim tui: --web: cannot listen on 192.0.2.1:8000: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--attach", "http://127.0.0.1:1", "--pace", "off"], "--pace=off is for a till that is started here"),
        (["--attach", "nowhere"], "--attach: 'nowhere' is not the address of a control API, for example"),
        (["--port", "/dev/no-such-port"], "no-such-port"),
    ],
)
def test_a_mistake_in_the_options_is_one_line(options: list[str], complaint: str) -> None:
    done = run_to_end("tui", "--web", "0", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_its_end_is_the_end_of_its_tabs_and_its_till(number: int, tmp_path: Path) -> None:
    link = tmp_path / "line"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(Program("tui", "--web", "0", "--lang", "ru", f"--pty={link}"))
        url = address_of(server)
        (till,) = tills_of(link)
        for tab in [stack.enter_context(open_tab(url)) for _ in range(2)]:
            waits_for_screen(tab, "между чеками")
        processes = tabs_of(server)
        assert len(processes) == 2
        # As a terminal sends it: to the whole group.
        assert server.stop(number, group=True) == 0
        waits_for_end([till, *processes])
    assert not link.is_symlink()
    assert server.out == [f"The till's screen for browsers: {url} (Ctrl-C ends it)"]
    assert server.err == []


@needs_proc
def test_it_may_be_ended_while_a_tab_comes_up(tmp_path: Path) -> None:
    link = tmp_path / "line"
    with Program("tui", "--web", "0", f"--pty={link}") as server, open_tab(address_of(server)):
        (till,) = tills_of(link)
        processes = tabs_of(server)
        assert server.stop() == 0
        waits_for_end([till, *processes])
    assert server.err == []


@needs_proc
def test_it_may_be_ended_while_its_till_comes_up(tmp_path: Path) -> None:
    link = tmp_path / "line"
    with Program("tui", "--web", "0", f"--pty={link}") as server:
        tills = eventually(lambda: tills_of(link))
        assert server.stop() == 0
        waits_for_end(tills)
    assert len(server.out) <= 1
    assert server.err == []
    assert not link.is_symlink()


@needs_proc
def test_the_end_of_its_till_ends_it(tmp_path: Path) -> None:
    link = tmp_path / "line"
    with Program("tui", "--web", "0", f"--pty={link}") as server, open_tab(address_of(server)):
        (till,) = tills_of(link)
        os.kill(till, signal.SIGKILL)
        assert server.wait(2) == 1
    assert server.err == ["kkm-sim tui: the till has ended: exit code -9"]


@needs_proc
def test_a_tab_that_is_closed_takes_its_process_with_it_and_leaves_the_till(tmp_path: Path) -> None:
    link = tmp_path / "line"
    with Program("tui", "--web", "0", "--lang", "en", f"--pty={link}") as server:
        url = address_of(server)
        (till,) = tills_of(link)
        with open_tab(url) as tab:
            waits_for_screen(tab, "between receipts")
            processes = tabs_of(server)
            assert len(processes) == 1
        waits_for_end(processes)
        with open_tab(url) as tab:
            waits_for_screen(tab, "between receipts")
            # The user leaves by the screen's own key, Ctrl-Q.
            processes = tabs_of(server)
            tab.send(json.dumps(["stdin", "\x11"]))
            waits_for_end(processes)
        assert is_alive(till)
        assert server.stop() == 0
    assert server.err == []


@posix
def test_all_tabs_show_the_till_that_was_named(tmp_path: Path) -> None:
    with Program("run", "--tcp=127.0.0.1:0", "--http=127.0.0.1:0", "--start=menu") as till:
        url = till.ready()["http"]
        with Program("tui", "--web", "127.0.0.1:0", "--lang", "en", "--attach", url) as server:
            place = address_of(server)
            assert f"<title>Mercury-130K · {url.removeprefix('http://')}</title>" in page(place)
            with open_tab(place) as first, open_tab(place) as second:
                waits_for_screen(first, f"connected to {url}")
                waits_for_screen(second, f"connected to {url}")
            assert server.stop() == 0
        assert is_alive(till.process.pid)
        assert till.stop() == 0


def page(url: str, host: str | None = None) -> str:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/", headers={} if host is None else {"Host": host})
        response = connection.getresponse()
        return response.read().decode() if response.status == 200 else str(response.status)
    finally:
        connection.close()


def test_only_another_host_than_loopback_is_warned_of_and_asked_by_address_or_own_name() -> None:
    with Program("tui", "--web", "0.0.0.0:0", "--tcp=127.0.0.1:0") as server:
        url = address_of(server)
        port = urlsplit(url).port
        warning = f"kkm-sim tui: whoever reaches port {port} of this computer can press the till's keys"
        assert server.waits_for("whoever", err=True) == warning
        for host in ("192.0.2.7", "[2001:db8::7]", socket.gethostname(), f"{socket.gethostname()}.local", "localhost"):
            assert page(url, f"{host}:{port}").startswith("<!DOCTYPE html>"), host
        assert page(url, "till.example") == "403"
        assert server.stop() == 0
    assert server.err == [warning]


@needs_proc
def test_a_page_from_elsewhere_is_refused() -> None:
    with Program("tui", "--web", "0", "--tcp=127.0.0.1:0") as server:
        url = address_of(server)
        assert page(url, "evil.example") == "403"
        place = f"ws://{urlsplit(url).netloc}/ws"
        with pytest.raises(InvalidStatus) as refused, connect(place, origin=Origin("http://evil.example"), proxy=None):
            pass
        assert refused.value.response.status_code == 403
        assert tabs_of(server) == []
        assert server.stop() == 0
    assert server.err == []


@pytest.mark.parametrize("missing", ["textual_serve", "aiohttp", "jinja2"])
def test_where_the_extra_is_not_installed_it_says_what_to_install(missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; from kkm_sim.cli import main; sys.exit(main())"
    words = [sys.executable, "-c", program, "tui", "--web", "0", "--tcp=127.0.0.1:0"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "kkm-sim tui: --web is an extra that is not installed here: pip install 'kkm-sim[web]'\n"


def test_who_does_not_serve_browsers_does_not_load_a_web_server_for_them() -> None:
    program = "import sys, kkm_sim.commands.tui_screen, kkm_sim.arguments.tui; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "textual" in loaded
    assert loaded & {"aiohttp", "textual_serve", "jinja2"} == set()


def test_who_serves_browsers_does_not_load_the_screen() -> None:
    program = "import sys, kkm_sim.commands.tui, kkm_sim.commands.web; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "textual_serve" in loaded
    assert loaded & {"textual", "fastapi", "pydantic"} == set()

import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.commands.program import ROOT, Program, posix, run_here, run_to_end
from tests.waiting import eventually

SOMEWHERE = ("--listen", "127.0.0.1:0")


@contextlib.contextmanager
def client_of(ready: dict[str, Any], device: str = "one", **more: Any) -> Iterator[ClientConnection]:
    with connect(f"{ready['listen']}/v1/devices/{device}", proxy=None, **more) as client:
        assert json.loads(client.recv(10))["method"] == "ready"
        yield client


def call(client: ClientConnection, method: str, **params: Any) -> Any:
    client.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
    return json.loads(client.recv(10))


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


@posix
def test_it_says_where_serves_and_ends_quickly() -> None:
    with Program("serve", "--device", "one=sim:", *SOMEWHERE) as program:
        ready = program.ready()
        assert ready == {
            **{"ready": True, "listen": ready["listen"], "devices": ["one"]},
            **{"rfc2217": None, "http": None, "pid": program.process.pid},
        }
        assert ready["listen"].startswith("ws://127.0.0.1:")
        with client_of(ready) as client:
            assert call(client, "ping")["result"]["receipt_number"] == 0
            assert program.stop() == 0
        assert len(program.out) == 1
        granted, over = (line for line in program.err if "one: " in line)
        assert "granted to 127.0.0.1:" in granted
        assert over.endswith(": the server ends")


@posix
def test_with_no_room_for_a_connection_it_says_so_once_and_goes_on() -> None:
    few = ("sh", "-c", 'ulimit -n 40; exec "$@"', "sh")
    with Program("serve", "--device", "one=sim:", *SOMEWHERE, within=few) as program:
        ready = program.ready()
        address = urllib.parse.urlsplit(ready["listen"])
        with client_of(ready) as client, contextlib.ExitStack() as others:
            for _ in range(60):
                others.enter_context(socket.create_connection((address.hostname, address.port)))
            program.waits_for("no room", err=True)
            assert "result" in call(client, "ping")
            others.close()
            assert [device["state"] for device in get(f"http://{address.netloc}/v1/devices")["devices"]] == ["held"]
        assert sum("Traceback" in line or "no room" in line for line in program.err) == 1


@posix
def test_ctrl_c_ends_it_too() -> None:
    with Program("serve", "--device", "one=sim:", *SOMEWHERE) as program:
        program.ready()
        assert program.stop(signal.SIGINT) == 0
        assert program.err == []


@posix
def test_two_tills_their_operators_and_a_com_port() -> None:
    words = ("--device", "one=sim:", "--device", "two=sim:", "--http", "127.0.0.1:0", "--rfc2217", "two=127.0.0.1:0")
    with Program("serve", *words, "--max-clients", "1", "--pace", "off", *SOMEWHERE) as program:
        ready = program.ready()
        assert list(ready["rfc2217"]) == ["two"]
        with client_of(ready) as client:
            assert call(client, "message", code=1)["result"] == {}
            first, second = (get(f"{ready['http']}/v1/till?device={name}") for name in ("one", "two"))
            assert (first["indicator"]["text"], second["indicator"]["text"]) == ("SCAn EAN", "0.00")
            with pytest.raises(InvalidStatus, match="503"), client_of(ready):
                pass
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(f"{ready['http']}/v1/till?device=three")
        host, port = ready["rfc2217"]["two"].split(":")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(bytes.fromhex("7F 02 01 C5 3A"))
            heard = b""
            while not heard.endswith(bytes.fromhex("7F 02 01 E5 1A")):  # after telnet's greeting
                heard += line.recv(100)
        assert program.stop() == 0


@posix
def test_settings_address_and_speed_are_the_tills_and_the_masters() -> None:
    words = ("--address", "12", "--baud", "9600", "--set", "serial_number=7654321")
    with Program("serve", "--device", "one=sim:", *words, *SOMEWHERE) as program, client_of(program.ready()) as client:
        assert call(client, "ping")["result"]["serial_number"] == "7654321"


@posix
def test_a_till_on_a_pty_that_comes_and_goes(tmp_path: Path) -> None:
    link = tmp_path / "till"
    with Program("serve", "--device", f"one={link}", *SOMEWHERE) as program:
        ready = program.ready()
        program.waits_for(f"one: port is not there, waiting for it: {link}: {os.strerror(errno.ENOENT)}", err=True)
        with client_of(ready) as client:
            error = call(client, "ping")["error"]
            assert (error["code"], error["data"]) == (-32002, {"reason": "port_gone"})
            with Program("run", "--pty", str(link)) as till:
                till.ready()
                program.waits_for(f"one: port is back: {link}", err=True)
                assert call(client, "ping")["result"]["shift"] == 1
                assert till.stop() == 0
            devices = ready["listen"].replace("ws://", "http://") + "/v1/devices"
            eventually(lambda: get(devices)["devices"][0]["state"] == "gone")
        assert program.stop() == 0


@posix
def test_beyond_this_computer_with_tokens_alone(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("# of the shop\nsecret\n\n", encoding="utf-8")
    with Program("serve", "--device", "one=sim:", "--listen", "0.0.0.0:0", "--token-file", str(tokens)) as program:
        ready = program.ready()
        ready["listen"] = ready["listen"].replace("0.0.0.0", "127.0.0.1")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            get(ready["listen"].replace("ws://", "http://") + "/v1/devices")
        with client_of(ready, additional_headers={"Authorization": "Bearer secret"}) as client:
            assert "result" in call(client, "ping")
        assert program.stop() == 0
        assert "without --tls-cert tokens cross the network in clear" in program.err[0]
        assert "secret" not in "".join(program.err)


MISTAKES = {
    "no till": ((), "which till? Say --device NAME=URL"),
    "no URL": (("--device", "one"), "'one' is not NAME=URL"),
    "no name": (("--device", "=sim:"), "is not NAME=URL"),
    "a name of two words": (("--device", "a/b=sim:"), "is not NAME=URL"),
    "a name twice": (("--device", "one=sim:", "--device", "one=sim:"), "each name once"),
    "no such kind of port": (("--device", "one=nonsense://x", *SOMEWHERE), "--device one: cannot open port"),
    "a colon forgotten": (("--device", "one=sim", *SOMEWHERE), "there is no port 'sim'; did you mean one=sim:?"),
    "a port twice": (("--device", "one=/nowhere/x", "--device", "two=/nowhere/x"), "one and two are one port"),
    "an address twice": (("--device", "one=loop://", "--device", "two=loop://"), "one and two are one port, loop://"),
    "a raw line for all": (
        *(("--device", "one=sim:", "--rfc2217", "0.0.0.0:7777", *SOMEWHERE),),
        "--rfc2217 0.0.0.0:7777: it knows no tokens; listen on 127.0.0.1 and let others in by a tunnel, ssh -L 7777:",
    ),
    "keys for all": (("--device", "one=sim:", "--http", "[::]:0", *SOMEWHERE), "--http [::]:0: it knows no tokens; "),
    "no tokens": (("--device", "one=sim:", "--listen", "0.0.0.0:0"), "say --token-file FILE"),
    "no token file": (("--device", "one=sim:", "--token-file", "/nowhere/x"), f": {os.strerror(errno.ENOENT)}"),
    "an empty token file": (
        ("--device", "one=sim:", "--token-file", str(ROOT / "kkm_sim" / "py.typed")),
        "there is no token in",
    ),
    "a key alone": (("--device", "one=sim:", "--tls-key", "x"), "say --tls-cert FILE.pem"),
    "no certificate": (
        *(("--device", "one=sim:", "--tls-cert", "/nowhere/x", "--tls-key", os.devnull),),
        f"--tls-cert: cannot read /nowhere/x: {os.strerror(errno.ENOENT)}",
    ),
    "no key": (
        *(("--device", "one=sim:", "--tls-cert", os.devnull, "--tls-key", "/nowhere/x"),),
        f"--tls-key: cannot read /nowhere/x: {os.strerror(errno.ENOENT)}",
    ),
    "no PEM": (("--device", "one=sim:", "--tls-cert", os.devnull), "say --tls-key FILE.pem, too"),
    "an address that is not ours": (("--device", "one=sim:", "--listen", "localhost:x"), "is not HOST:PORT"),
    "nobody's name": (("--device", "one=sim:", "--rfc2217", "two=127.0.0.1:0", *SOMEWHERE), "there is one"),
    "whose line": (("--device", "a=sim:", "--device", "b=sim:", "--rfc2217", "127.0.0.1:0", *SOMEWHERE), "which till"),
    "no operator": (("--device", "one=loop://", "--http", "127.0.0.1:0", *SOMEWHERE), "there is none"),
    "nobody let in": (("--device", "one=sim:", "--max-clients", "0"), "0 would let nobody in"),
    "a setting that is none": (("--device", "one=sim:", "--set", "colour=1"), "colour"),
}


@pytest.mark.parametrize(("words", "told"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_one_line(words: tuple[str, ...], told: str) -> None:
    done = run_here("serve", *words)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


@posix
def test_one_port_by_two_links(tmp_path: Path) -> None:
    (tmp_path / "first").symlink_to("/dev/tty9999")
    (tmp_path / "second").symlink_to("first")
    done = run_to_end("serve", "--device", f"one={tmp_path}/first", "--device", f"two={tmp_path}/second")
    assert done.returncode == 2
    assert (
        done.stderr == f"kkm-sim serve: --device: one and two are one port, {tmp_path}/second: each till has its own\n"
    )


def test_an_address_that_somebody_has() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run_to_end("serve", "--device", "one=sim:", "--listen", where)
        assert (done.returncode, done.stderr) == (
            2,
            f"kkm-sim serve: --listen: cannot listen on {where}: {os.strerror(errno.EADDRINUSE)}\n",
        )


@pytest.mark.parametrize("second", ["--http", "--rfc2217"])
def test_one_address_for_two(second: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
    done = run_to_end("serve", "--device", "one=sim:", "--listen", where, second, where)
    assert (done.returncode, done.stderr) == (
        2,
        f"kkm-sim serve: {second}: cannot listen on {where}: {os.strerror(errno.EADDRINUSE)}\n",
    )


def test_what_it_has_no_need_of_is_not_loaded() -> None:
    heavy = {"starlette", "uvicorn", "textual", "qrcode", "PIL"}
    program = f"import sys, kkm_sim.commands.serve; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"

"""What a remote access server promises to the program that connects to it, each promise a test of its name.

The sentences are those of a known server of this kind. What is promised of distance: test_promises_far.py.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kkm_sim.remote import BlockingTill, DeviceBusy, NotConnected, connect
from kkm_sim.remote.client import connecting
from kkm_sim.remote.protocol.addresses import TIMEOUT_S
from kkm_sim.till.chart import TillState
from tests.bottles import EAN, OTHER_PDF, PDF
from tests.commands.counter import Counter
from tests.commands.program import Program, run_to_end
from tests.remote.computers import Computer
from tests.remote.far_till import FarTill, far_till
from tests.waiting import PATIENCE_S, eventually

pytestmark = pytest.mark.skipif(os.name != "posix", reason="its programs are ended by signals")

PORT = 19524
SERIAL = "1234567"
BOTTLES = (PDF, PDF, OTHER_PDF)
"""The first is scanned twice, which is a duplicate."""


@pytest.fixture(scope="module")
def till() -> Iterator[FarTill]:
    with far_till(Computer()) as till:
        yield till


def test_port_19524() -> None:
    """«Сервер использует порт 19524»."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            pytest.skip(f"somebody else has port {PORT} of this computer")
    with Program("serve", "--device", "kassa1=sim:") as server:
        assert server.ready()["listen"] == f"ws://127.0.0.1:{PORT}"
        assert run_to_end("smartbox", "--remote", "127.0.0.1", "ping").returncode == 0


def test_nothing_of_posix_in_its_path() -> None:
    """«Сервер доступен для Windows (x86, x64) и Linux (x86, x64, arm, arm64)»."""
    program = """
import kkm_sim.commands.serve, kkm_sim.commands.smartbox, kkm_sim.remote, sys
for name in kkm_sim.remote.__all__:
    getattr(kkm_sim.remote, name)
posix = [sys.modules[one] for one in ("fcntl", "grp", "posix", "pty", "pwd", "resource", "termios", "tty")
         if one in sys.modules]
ours = [module for name, module in sys.modules.items() if name.startswith("kkm_sim")]
print(len(ours), *(module.__name__ for module in ours if any(one is value for value in vars(module).values()
                                                             for one in posix)))
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    looked_at, *with_posix = done.stdout.split()
    assert int(looked_at) > 50
    assert with_posix == []


def test_a_till_connected_in_any_way(tmp_path: Path) -> None:
    """«Подключить ККТ к ПК №1 любым доступным способом»."""
    link = tmp_path / "till"
    anywhere = "127.0.0.1:0"
    with (
        Program("run", "--pty", str(link), "--pace", "off") as on_pty,
        Program("run", "--tcp", anywhere, "--pace", "off") as on_tcp,
        Program("run", "--rfc2217", anywhere, "--pace", "off") as on_rfc2217,
    ):
        on_pty.ready()
        ways = {
            "simulated": "sim:",
            "cable": str(link),
            "tcp": f"socket://{on_tcp.ready()['tcp']}",
            "telnet": f"rfc2217://{on_rfc2217.ready()['rfc2217']}",
        }
        devices = [word for name, url in ways.items() for word in ("--device", f"{name}={url}")]
        with Program("serve", *devices, "--listen", anywhere) as server:
            address = str(server.ready()["listen"])
            for name in ways:
                with connect(address, name) as till:
                    assert till.ping().serial_number == SERIAL, name


def test_an_address_and_a_timeout_are_all_that_is_set(till: FarTill) -> None:
    """«Помимо стандартных настроек, задать адрес сервера и таймаут подключения; выполнить подключение»."""
    done = run_to_end("smartbox", "--remote", till.address, "--connect-timeout", "7", "ping")
    assert (done.returncode, done.stderr) == (0, "")
    assert "cash mode" in done.stdout


def test_both_pcs_may_be_the_same(till: FarTill) -> None:
    """«Частным случаем является ситуация, когда ПК №1 и ПК №2 — одно и то же устройство»."""
    assert till.address.startswith("127.0.0.1:")
    with connect(till.address) as access:
        assert access.ping().serial_number == SERIAL
        assert access.link().linked


def sold(counter: Counter, *where: str) -> list[Any]:
    """What a SmartBox tells of a receipt with a duplicate, a refused close and one that is allowed."""
    with Program("smartbox", *where, "--json", "serve") as box:

        def heard(event: str, times: int = 1) -> None:
            eventually(
                lambda: sum(json.loads(line)["event"] == event for line in list(box.out)) >= times,
                why=lambda: f"{event} was not told {times} times: {box.out}",
            )

        heard("till-found")
        for number, pdf in enumerate(BOTTLES, 1):
            box.says(EAN)
            heard("message-shown", number)  # scan the other code
            box.says(pdf)
            if pdf in BOTTLES[: number - 1]:
                heard("duplicate-refused")
            else:
                counter.waits_for_state(TillState.REQUEST)
                counter.press("1 0 0 ПИ")
                heard("item-registered", len(set(BOTTLES[:number])))
        box.says("utm refuses")
        box.says("utm")
        heard("usage")  # and has obeyed the line before
        counter.press("ИТ ИТ")
        heard("close-refused")
        box.says("utm up")
        box.says("utm")
        heard("usage", 2)
        counter.waits_for_state(TillState.REFUSED)
        counter.press("ИТ")
        heard("receipt-done")
        box.ends_input()
        assert box.wait() == 0
        assert box.err == []
        return [json.loads(line) for line in box.out]


def test_further_on_the_software_works_as_usual() -> None:
    """«Далее ПО может работать с ККТ в обычном режиме»: the reference SmartBox, unchanged, tells the same."""
    with ThreadPoolExecutor() as both:
        (local, local_tape, local_findings), (far_away, far_tape, far_findings) = both.map(told, (False, True))
    assert without_moments(far_away) == without_moments(local)
    assert far_tape == local_tape
    assert local_findings == far_findings == []


def told(far: bool) -> tuple[list[Any], str, list[str]]:
    """What a SmartBox tells of its receipt, the tape above its total, and what it did against the document."""
    counter = Counter()
    with counter.pump, contextlib.ExitStack() as stack:
        where: tuple[str, ...] = counter.options
        if far:
            words = ("--device", f"kassa1={counter.options[1]}", "--listen", "127.0.0.1:0")
            server = stack.enter_context(Program("serve", *words))
            where = ("--remote", str(server.ready()["listen"]))
        return sold(counter, *where), counter.tape.partition("ИТОГ")[0], counter.findings


def without_moments(told: list[Any]) -> list[Any]:
    """Events, but for what each receipt has of its own: the close request's moment, and the URL made of it."""
    return [{name: value for name, value in one.items() if name not in ("text", "request", "url")} for one in told]


# «Таймаут подключения»


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Somebody takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("timeout", [0.1, 0.5])
def test_timeout_of_the_servers_answer(silent_server: str, timeout: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """«Таймаут регулирует время ожидания ответа от сервера на команду подключения»."""
    monkeypatch.setattr(connecting, "NETWORK_S", 0.1)
    began = time.monotonic()
    with pytest.raises(NotConnected, match=f"did not answer within {timeout:g} s"):
        connect(silent_server, "kassa1", timeout=timeout)
    assert timeout <= time.monotonic() - began < TIMEOUT_S


def test_timeout_of_a_device_that_another_holds(till: FarTill) -> None:
    """«Таймаут регулирует время ожидания освобождения устройства от другого клиента»."""
    with connect(till.address):
        for timeout in (0, 0.3):
            began = time.monotonic()
            with pytest.raises(DeviceBusy):
                connect(till.address, "kassa1", timeout=timeout)
            assert timeout <= time.monotonic() - began < TIMEOUT_S
    till.waits_for_lease("free")


def test_within_the_timeout_no_error_comes_to_the_software(till: FarTill) -> None:
    """«Сколько клиент будет пытаться захватывать устройство и не возвращать ошибку подключения в ПО»."""
    holder = connect(till.address)
    got: list[BlockingTill] = []
    second = threading.Thread(target=lambda: got.append(connect(till.address, "kassa1", timeout=PATIENCE_S)))
    second.start()
    try:
        till.waits_for_lease("held", 1)
        assert got == []
    finally:
        holder.close()
        second.join(PATIENCE_S)
    with got[0] as access:
        assert access.ping().serial_number == SERIAL
    till.waits_for_lease("free")


def test_one_client_at_a_time_and_others_hear_that_it_is_busy(till: FarTill) -> None:
    """«К устройству единовременно может быть подключен только один клиент, другие получат ошибку, что оно занято»."""
    with connect(till.address, client="касса 1") as holder:
        with pytest.raises(DeviceBusy, match="the device is busy: касса 1") as busy:
            connect(till.address, "kassa1", timeout=0)
        assert busy.value.since is not None
        assert timedelta(0) <= datetime.now().astimezone() - busy.value.since < timedelta(seconds=PATIENCE_S)
        done = run_to_end("smartbox", "--remote", till.address, "--connect-timeout", "0", "ping")
        assert (done.returncode, done.stdout) == (1, "")
        assert "the device is busy: касса 1" in done.stderr
        assert holder.ping().serial_number == SERIAL  # which disturbed nobody
    till.waits_for_lease("free")

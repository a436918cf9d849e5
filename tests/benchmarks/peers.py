"""Other people's simulators, from the extra `[bench]`: sinstruments on its own pty, pymodbus on one of ours."""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
import tty
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.devices import KKM_SIM, RDY, Device

ROOT = Path(__file__).parents[2]
COILS = bytes.fromhex("01 01 00 00 00 01 fd ca")
"""Modbus: read coil 0 of device 1."""
COILS_ANSWER = 6
PATIENCE_S = 30


def there() -> bool:
    """Whether the peers are installed."""
    return all(find_spec(name) is not None for name in ("sinstruments", "pymodbus"))


@contextlib.contextmanager
def kkm_sim() -> Iterator[Device]:
    """A till, reached as a client does who knows only its link."""
    with TemporaryDirectory() as folder:
        link = f"{folder}/line"
        with _linked(link, *KKM_SIM, "run", "--pty", link, "--pace", "off") as one:
            yield one


@contextlib.contextmanager
def sinstruments() -> Iterator[Device]:
    """The least device there can be, served by sinstruments."""
    with TemporaryDirectory() as folder:
        link, config = f"{folder}/line", Path(folder, "devices.json")
        device = {
            "name": "least",
            "class": "FiveBytes",
            "package": "tests.benchmarks.sinstruments_device",
            "transports": [{"type": "serial", "url": link}],
        }
        config.write_text(json.dumps({"devices": [device]}))
        with _linked(link, sys.executable, "-m", "sinstruments", "-c", str(config)) as one:
            yield one


@contextlib.contextmanager
def pymodbus() -> Iterator[Device]:
    """A Modbus device; it has answered already, for it forgets what came before it was there."""
    master, slave = os.openpty()
    tty.setraw(slave)
    with _process(sys.executable, "-m", "tests.benchmarks.pymodbus_device", os.ttyname(slave)) as process:
        os.set_blocking(master, False)
        until = time.monotonic() + PATIENCE_S
        os.write(master, COILS)
        while not select.select([master], [], [], 0.02)[0]:
            if time.monotonic() > until:
                raise TimeoutError("pymodbus does not answer")
            with contextlib.suppress(BlockingIOError):
                os.write(master, COILS)
        while select.select([master], [], [], 0.1)[0]:
            os.read(master, 4096)  # and what else was asked meanwhile
        os.set_blocking(master, True)
        yield Device(process, master, None)
    os.close(master)
    os.close(slave)


@contextlib.contextmanager
def _process(*command: str) -> Iterator["subprocess.Popen[str]"]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def _linked(link: str, *command: str) -> Iterator[Device]:
    """A device that makes this link to its pty; it has answered RDY once."""
    with _process(*command) as process:
        until = time.monotonic() + PATIENCE_S
        while not os.path.islink(link):
            if process.poll() is not None or time.monotonic() > until:
                raise TimeoutError(f"{' '.join(command)} does not serve")
            time.sleep(0.0003)
        fd = os.open(link, os.O_RDWR | os.O_NOCTTY)
        try:
            tty.setraw(fd)
            one = Device(process, fd, None)
            one.ask(RDY, 5)
            yield one
        finally:
            os.close(fd)

import os

import pytest

if os.name != "posix":
    pytest.skip("the driver is for POSIX terminals", allow_module_level=True)

from textual.drivers.linux_driver import LinuxDriver

from kkm_sim.tui.app import Face
from kkm_sim.tui.catalogue import ENGLISH
from kkm_sim.tui.terminal_driver import TerminalDriver
from kkm_sim.tui.view import View
from tests.tui.support import URL, Told


def test_it_reads_on_after_bytes_that_are_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[bytes] = [b"1\xff", b"\x80", b"2"]
    heard: list[str] = []

    def read(self: LinuxDriver) -> None:
        while reads:
            heard.append(reads.pop(0).decode())

    monkeypatch.setattr(LinuxDriver, "run_input_thread", read)
    TerminalDriver.run_input_thread(TerminalDriver.__new__(TerminalDriver))
    assert (heard, reads) == (["2"], [])


def test_it_draws_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    assert Face(View(ENGLISH, URL), Told()).get_driver_class() is TerminalDriver


def test_other_errors_are_not_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: LinuxDriver) -> None:
        raise OSError("the terminal is gone")

    monkeypatch.setattr(LinuxDriver, "run_input_thread", fail)
    with pytest.raises(OSError, match="gone"):
        TerminalDriver.run_input_thread(TerminalDriver.__new__(TerminalDriver))

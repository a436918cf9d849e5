"""The till as a user runs it: `python -m kkm_sim run`, a process of its own, with keys over the control API."""

import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]


def line_options(kind: str, directory: Path) -> list[str]:
    """Options of `run` for a line of this kind."""
    if kind == "pty":
        return ["--pty", str(directory / "till")]
    return [f"--{kind}", "127.0.0.1:0"]


class TillProcess:
    """One running till. Raises RuntimeError with its stderr when it does not start."""

    def __init__(self, *options: str) -> None:
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kkm_sim", "run", *options, "--http", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
        )
        assert self.process.stdout is not None
        guard = threading.Timer(20, self.process.kill)
        guard.start()
        first = self.process.stdout.readline()
        guard.cancel()
        if not first:
            code = self.process.wait()
            said = self.stderr()
            self._close_files()
            raise RuntimeError(f"the till did not start (exit {code}): {said}")
        self.ready: Json = json.loads(first)
        self.http = httpx.Client(base_url=self.ready["http"], trust_env=False, timeout=10)
        self.tape_mark = 0
        self.expected: set[str] = set()

    def until(self, holds: Callable[[], bool], within: float = 20) -> None:
        """Waits until something holds: looks again with each thing that the till tells. Raises TimeoutError."""
        end = time.monotonic() + within
        with connect(self.ready["http"].replace("http", "ws", 1) + "/v1/events", proxy=None, max_queue=None) as events:
            while not holds():
                events.recv(timeout=end - time.monotonic())

    @property
    def url(self) -> str:
        """What a pyserial program opens to speak to this till."""
        if self.ready["tcp"]:
            return f"socket://{self.ready['tcp']}"
        if self.ready["rfc2217"]:
            return f"rfc2217://{self.ready['rfc2217']}"
        return str(self.ready["link"] or self.ready["port"])

    def stderr(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def stop(self) -> tuple[int, str]:
        """SIGTERM; the exit code and what else stood on stdout. Killed after 10 s."""
        self.http.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            rest, _ = self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        finally:
            self._close_files()
        return self.process.returncode, rest

    def _close_files(self) -> None:
        self.log.close()
        if self.process.stdout is not None:
            self.process.stdout.close()

    # The control API

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        answer = self.http.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def press(self, keys: str) -> Json:
        snapshot: Json = self.call("POST", "/v1/keys", {"keys": keys})
        return snapshot

    def snapshot(self) -> Json:
        snapshot: Json = self.call("GET", "/v1/till")
        return snapshot

    @property
    def state(self) -> str:
        return str(self.snapshot()["state"])

    @property
    def indicator(self) -> str:
        return str(self.snapshot()["indicator"]["text"])

    @property
    def receipt(self) -> Json:
        receipt: Json | None = self.snapshot()["receipt"]
        assert receipt is not None, "no receipt is open"
        return receipt

    def power(self, on: bool) -> None:
        self.call("POST", "/v1/power", {"on": on})

    def paper(self, present: bool) -> None:
        self.call("POST", "/v1/paper", {"present": present})

    def advance(self, seconds: int) -> None:
        self.call("POST", "/v1/clock", {"advance_s": seconds})

    def option(self, number: int, value: int) -> None:
        self.call("PUT", f"/v1/options/{number}", {"value": value})

    def tape(self) -> list[Json]:
        """What was printed since `mark_tape`."""
        entries: list[Json] = self.call("GET", f"/v1/tape?since={self.tape_mark}")["entries"]
        return entries

    def printed(self) -> list[str]:
        """The text lines printed since `mark_tape`, blanks around them gone."""
        return [entry["text"].strip() for entry in self.tape() if entry["kind"] == "text"]

    def mark_tape(self) -> None:
        if printed := self.tape():
            self.tape_mark = printed[-1]["n"]

    def findings(self) -> set[str]:
        return {finding["code"] for finding in self.call("GET", "/v1/findings")["findings"]}

    def forget_findings(self) -> None:
        self.call("DELETE", "/v1/findings")
        self.expected = set()

    def expect_findings(self, *codes: str) -> None:
        """Exactly these must have been found when the test ends; without it, none."""
        self.expected = set(codes)

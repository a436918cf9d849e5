"""A till of our own: `kkm-sim run` with the control API, in a process of its own so that no screen is in its way."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import IO, Any

PATIENCE_S = 3
"""How long the process may take to end when it is told to."""


class NotStarted(Exception):
    """The till did not come up; the message is what it said. `code`: its exit code, `said`: nothing perhaps."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said or f"exit code {code}")
        self.code = code
        self.said = said


class TillProcess:
    """Comes up as soon as it is made; `wait_until_ready` before it is asked for its `url`."""

    def __init__(self, options: Sequence[str]) -> None:
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self._errors: IO[str] | None = None
        self._end: tuple[int, str] | None = None
        self.url = ""
        self.port: str | None = None
        self._begin()

    def start(self) -> None:
        """Starts it anew after its end; returns when it serves. Raises NotStarted."""
        self._begin()
        self.wait_until_ready()

    def _begin(self) -> None:
        self.stop()
        self._end = None
        # A file, not a pipe: nobody reads it while the till lives.
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kkm_sim", "run", "--end-with-stdin", *self._options],
            # However this process ends, the till ends with it.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
            # A terminal sends Ctrl-C to both: a session of its own leaves it to us to end the till.
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        """Returns when it serves. Raises NotStarted with the till's own words where it does not come up."""
        assert self._process is not None
        try:
            ready = self._ready(self._process)
        except BaseException:  # Ctrl-C while it comes up must not leave it behind
            self._end = self.why_ended()
            self.stop()
            raise
        self.url = ready["http"]
        self.port = next((ready[name] for name in ("link", "port", "tcp", "rfc2217") if ready[name]), None)

    @property
    def pid(self) -> int | None:
        """Its process, None when there is none."""
        return None if self._process is None else self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def why_ended(self) -> tuple[int, str] | None:
        """Its exit code and its last words; None while it is there, or is on its way."""
        if self._process is None:
            return self._end
        if self._process.poll() is None:
            return None
        return self._process.returncode, self._last_words()

    def stop(self) -> None:
        """Ends it and waits for its end."""
        # Gone from sight first: who asks meanwhile, in another thread, hears that there is none.
        process, self._process = self._process, None
        errors, self._errors = self._errors, None
        if process is not None:
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        if errors is not None:
            errors.close()

    def _ready(self, process: "subprocess.Popen[str]") -> dict[str, Any]:
        """The ready line. Raises NotStarted."""
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            process.wait()
            raise NotStarted(process.returncode, self._last_words())
        ready: dict[str, Any] = json.loads(line)
        return ready

    def _last_words(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        said = self._errors.read().strip().splitlines()
        return said[-1].removeprefix("kkm-sim run: ") if said else ""

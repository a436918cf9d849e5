"""What virtual time costs: a day in a shop, and the scenarios that lie in `scenarios/`.

    python -m tests.benchmarks.scenarios 500

plays so many receipts of three items, a bottle among them, printed with their QR codes, and says as JSON what a
receipt cost and what memory the day took.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kkm_sim.clock import SECOND
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.till.chart import TillState
from kkm_sim.till.keyboard import parse_keys
from tests.benchmarks.devices import KKM_SIM, peak_mib
from tests.benchmarks.figures import row
from tests.bottles import EAN

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
DAYS = (100, 500, 1000)
WARM_UP = 10


class Shop:
    """A cashier who sells the same thing all day."""

    def __init__(self) -> None:
        self._stage = VirtualStage((Settings(),), wall=datetime(2016, 7, 1, 9), start="cash")
        self._sold = 0

    def sell(self) -> None:
        """Two items by hand, a bottle by its codes, and the receipt printed to its end."""
        self._sold += 1
        self._press("1 0 0 ПИ 5 0 ПИ")
        for code in (EAN, f"22N00001CRN2I3QA3TKTQ{self._sold:039d}ABCDEFGH"):
            self._stage.scan(code)
        self._wait(lambda simulator: simulator.till().till.request_open)
        self._press("2 5 0 ПИ")
        self._wait(lambda simulator: not simulator.till().till.printing)
        self._press("ИТ")
        self._wait(self._all_is_done)

    def _all_is_done(self, simulator: Simulator) -> bool:
        return simulator.till().till.state is TillState.IDLE and self._stage.smartbox.idle

    def _press(self, keys: str) -> None:
        for key in parse_keys(keys):
            self._stage.act(lambda simulator, now, key=key: simulator.press(key, now))  # type: ignore[misc]

    def _wait(self, done: Callable[[Simulator], bool]) -> None:
        assert self._stage.pass_time(60 * SECOND, done), f"receipt {self._sold} came to nothing"


def day(receipts: int) -> dict[str, float]:
    """Plays a day after a few receipts more; ms of CPU a receipt, and how many MiB the peak of memory rose."""
    shop = Shop()
    for _ in range(WARM_UP):
        shop.sell()
    before = peak_mib()
    begun = time.process_time_ns()
    for _ in range(receipts):
        shop.sell()
    spent = time.process_time_ns() - begun
    return {"ms": spent / receipts / 1e6, "mib": peak_mib() - before}


def days_in_a_shop() -> str:
    """Rows of the table: days of several lengths, each in a process of its own."""
    days = []
    for receipts in DAYS:
        command = (sys.executable, "-m", "tests.benchmarks.scenarios", str(receipts))
        days.append(json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout))
    lengths = " / ".join(map(str, DAYS))
    costs = [each["ms"] for each in days]
    grown = [each["mib"] for each in days]
    spent = " / ".join(f"{cost:.1f}" for cost in costs)
    taken = " / ".join(f"+{mib:.1f}" for mib in grown)
    return "\n".join(
        (
            row(
                f"a receipt in virtual time, days of {lengths}",
                f"{spent} ms",
                ratio=f"{max(costs) / min(costs):.2f}",
                aim="≤ 3 ms, ≤ 1.15",
            ),
            row(
                "memory of those days",
                f"{taken} MiB",
                ratio=f"{grown[-1] - grown[-2]:+.1f} MiB",
                aim=f"flat from {DAYS[-2]} on",
            ),
        )
    )


def all_scenarios() -> str | None:
    """The row of `replay scenarios`, start-up and all; None where there are none."""
    count = sum(1 for _ in SCENARIOS.rglob("*.kkm.yaml"))
    if not count:
        return None
    command = (*KKM_SIM, "replay", "-j", "1", str(SCENARIOS))
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    spent = time.perf_counter() - begun
    passed = "" if done.returncode == 0 else ", not all passed"
    return row(f"`replay -j 1 scenarios`, {count} files{passed}, start-up included", f"{spent:.1f} s", aim="≤ 1 s")


if __name__ == "__main__":
    print(json.dumps(day(int(sys.argv[1]))))

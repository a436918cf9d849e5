"""Every figure that README promises; a line's beside a bare `os.read`/`os.write` device measured in the same run.

    python -m tests.benchmarks
    python -m tests.benchmarks remote       the till far away alone, and all of it

Prints a Markdown table. Nothing is asserted: a busy machine shows worse figures, and says so in the floor. The peers
are measured where the extra `[bench]` is installed.
"""

import compileall
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import kkm_sim
from tests.benchmarks import peers, remote
from tests.benchmarks.devices import (
    ACK,
    BYTE_NS,
    FLOOR,
    GAP_NS,
    RDY,
    RUN,
    SYN,
    Device,
    device,
    ping_packet,
    resident_mib,
)
from tests.benchmarks.figures import HEAD, p50_p99, row
from tests.benchmarks.scenarios import all_scenarios, days_in_a_shop
from tests.benchmarks.screen import gap_beside_a_screen, key_to_indicator
from tests.benchmarks.weight import installed

PING_PERIOD_MS = 74.583
PEERS = {"sinstruments": peers.sinstruments, "pymodbus": peers.pymodbus} if peers.there() else {}


def measure(act: Callable[[], None], times: int) -> list[float]:
    """How long `act` takes, µs, `times` times."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter_ns()
        act()
        spent.append((time.perf_counter_ns() - begun) / 1000)
    return spent


class Pinger:
    """Whole PING exchanges with a till, frame numbers kept."""

    def __init__(self, till: Device) -> None:
        self._till = till
        self._number = 1
        till.ask(SYN, 5)

    def __call__(self) -> None:
        self._till.ask(RDY, 5)
        self._till.ask(ping_packet(self._number), 58)
        os.write(self._till.fd, ACK)
        self._number = self._number % 7 + 1


def ping_floor(floor: Device) -> None:
    floor.ask(RDY, 5)
    floor.ask(ping_packet(1), 58)
    os.write(floor.fd, ACK)


def alternate(ours: Callable[[], None], floor: Callable[[], None], times: int) -> tuple[float, float]:
    """Medians of ours and of the floor, µs, in blocks that take turns."""
    mine: list[float] = []
    bare: list[float] = []
    for _ in range(10):
        mine += measure(ours, times // 10)
        bare += measure(floor, times // 10)
    return statistics.median(mine), statistics.median(bare)


@contextlib.contextmanager
def on_one_core() -> Iterator[None]:
    """Client and devices on one core: the scheduler then adds the same to ours and to the floor."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def over_floor(what: str, ours: float, bare: float, aim: str, others: str = "–") -> str:
    """A row of µs."""
    return row(what, f"{ours:.0f} µs", f"{bare:.0f} µs", f"{ours / bare:.2f}", aim, others)


def round_trip() -> str:
    with on_one_core(), device(*RUN, "--pace", "off") as till, device(*FLOOR, "rdy") as floor:
        ours, bare = alternate(lambda: till.ask(RDY, 5), lambda: floor.ask(RDY, 5), 5000)
    others = ", ".join(f"{name} {ratio:.2f}" for name, ratio in peers_over_the_floor())
    return row(
        "RDY→RDY, p50, `--pace off`", f"{ours:.0f} µs", f"{bare:.0f} µs", f"{ours / bare:.2f}", "≤ 1.2", others or "–"
    )


def peers_over_the_floor() -> Iterator[tuple[str, float]]:
    """What a round trip to each peer takes, over the floor's."""
    for name, begin in PEERS.items():
        ask, size = (peers.COILS, peers.COILS_ANSWER) if name == "pymodbus" else (RDY, 5)
        with on_one_core(), begin() as peer, device(*FLOOR, "rdy") as floor:
            theirs, bare = alternate(partial(peer.ask, ask, size), partial(floor.ask, RDY, 5), 2000)
        yield name, theirs / bare


def ping_exchange() -> str:
    with on_one_core(), device(*RUN, "--pace", "off") as till, device(*FLOOR, "ping") as floor:
        ours, bare = alternate(Pinger(till), lambda: ping_floor(floor), 3000)
    return over_floor("PING exchange, six packets, p50, `--pace off`", ours, bare, "≤ 1.25")


def wait_until(moment: int) -> None:
    """Sleeps until near a moment of `perf_counter_ns`, then spins."""
    time.sleep(max(moment - time.perf_counter_ns() - 500_000, 0) / 1e9)
    while time.perf_counter_ns() < moment:
        pass


def paced_period(exchanges: int = 60) -> str:
    """Back-to-back PINGs by a master that keeps its own gaps, and counts the wire time of what it sends."""
    with device(*RUN) as till:
        till.ask(SYN, 5)
        number, quiet = 1, time.perf_counter_ns()
        begun = 0
        for count in range(exchanges + 1):
            if count == 1:
                begun = time.perf_counter_ns()
            for packet, size in ((RDY, 5), (ping_packet(number), 58), (ACK, 0)):
                wait_until(quiet + GAP_NS)
                sent = time.perf_counter_ns()
                till.ask(packet, size)
                quiet = time.perf_counter_ns() if size else sent + len(packet) * BYTE_NS
            number = number % 7 + 1
        period = (time.perf_counter_ns() - begun) / exchanges / 1e6
    return row(
        "paced PING, mean period",
        f"{period:.2f} ms",
        f"{PING_PERIOD_MS} ms (theory)",
        f"{period - PING_PERIOD_MS:.2f} ms",
        "+0…1.5 ms",
    )


def gap_overshoot(times: int = 300) -> str:
    ours: list[float] = []
    bare: list[float] = []
    with device(*RUN) as till, device(*FLOOR, "paced rdy") as floor:
        for _ in range(times):
            for one, late in ((till, ours), (floor, bare)):
                time.sleep(0.02)
                late.append(one.overshoot())
    return row("gap overshoot, idle, p50 / p99", p50_p99(ours), p50_p99(bare), aim="p99 ≤ 1 ms")


def first_answer(times: int = 15) -> str:
    """From the spawn to the answer at the device's link; for a floor, Python that does nothing at all."""

    def spawn(begin: Callable[[], contextlib.AbstractContextManager[object]]) -> float:
        begun = time.perf_counter_ns()
        with begin():
            return (time.perf_counter_ns() - begun) / 1e6

    kinds = {"kkm_sim": peers.kkm_sim, "bare": bare_python} | PEERS
    spent: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(times):
        for name, begin in kinds.items():
            spent[name].append(spawn(begin))
    median = {name: statistics.median(figures) for name, figures in spent.items()}
    others = ", ".join(f"{name} {median[name]:.0f} ms" for name in PEERS)
    mine, bare = median["kkm_sim"], median["bare"]
    aim = "earlier than sinstruments', ≤ 6"
    return row("first answer after spawn", f"{mine:.0f} ms", f"{bare:.0f} ms", f"{mine / bare:.2f}", aim, others or "–")


@contextlib.contextmanager
def bare_python() -> Iterator[None]:
    subprocess.run((sys.executable, "-c", "pass"), check=True)
    yield


def with_http(times: int = 5) -> str:
    """From the spawn to the ready line of a till with its control API, and its memory then."""
    spent, taken = [], []
    for _ in range(times):
        begun = time.perf_counter_ns()
        with device(*RUN, "--http", "127.0.0.1:0") as till:
            spent.append((time.perf_counter_ns() - begun) / 1e6)
            taken.append(resident_mib(till.process.pid))
    ours = f"{statistics.median(spent):.0f} ms, {statistics.median(taken):.1f} MiB"
    return row("ready with `--http`; resident memory", ours, aim="≤ 200 ms, ≤ 36 MiB")


def import_time(times: int = 15) -> str:
    def python(code: str) -> float:
        begun = time.perf_counter_ns()
        subprocess.run((sys.executable, "-c", code), check=True)
        return (time.perf_counter_ns() - begun) / 1e6

    bare, ours, all_names = [], [], []
    for _ in range(times):
        bare.append(python("pass"))
        ours.append(python("import kkm_sim"))
        all_names.append(python("from kkm_sim import Simulator, Settings, Key"))
    floor, mine, names = (statistics.median(figures) for figures in (bare, ours, all_names))
    what = "`import kkm_sim` / `from kkm_sim import Simulator` over bare Python"
    return row(what, f"+{mine - floor:.0f} / +{names - floor:.0f} ms", f"{floor:.0f} ms", aim="≤ +80 ms")


def memory_and_idle(seconds: int = 5) -> str:
    with contextlib.ExitStack() as stack:
        others = {name: resident_mib(stack.enter_context(begin()).process.pid) for name, begin in PEERS.items()}
    with device(*RUN) as till, device(*FLOOR, "rdy") as floor:
        till.ask(RDY, 5)
        before = cpu_ticks(till.process.pid)
        time.sleep(seconds)
        spent = cpu_ticks(till.process.pid) - before
        mine, bare = resident_mib(till.process.pid), resident_mib(floor.process.pid)
    percent = spent / os.sysconf("SC_CLK_TCK") / seconds * 100
    told = ", ".join(f"{name} {mib:.1f} MiB" for name, mib in others.items())
    return "\n".join(
        (
            row("resident memory", f"{mine:.1f} MiB", f"{bare:.1f} MiB", f"{mine / bare:.2f}", "≤ 19 MiB", told or "–"),
            row(f"CPU when nothing is said, {seconds} s", f"{percent:.1f} %", aim="0 %"),
        )
    )


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def main() -> None:
    # As pip does where it installs: a start is not to be the compiler's time.
    compileall.compile_dir(str(Path(kkm_sim.__file__).parent), quiet=1)
    if sys.argv[1:] == ["remote"]:
        return remote.main()
    print(HEAD, flush=True)
    for figure in (
        round_trip,
        ping_exchange,
        paced_period,
        gap_overshoot,
        gap_beside_a_screen,
        key_to_indicator,
        first_answer,
        with_http,
        import_time,
        memory_and_idle,
        remote.receipt_far_away,
        remote.memory,
        days_in_a_shop,
        all_scenarios,
        installed,
    ):
        if (rows := figure()) is not None:
            print(rows, flush=True)


if __name__ == "__main__":
    main()

"""What a remote access server promises of distance: slow and long links, and either side of them for the till.

Each promise is a test of its name; the sentences are those of a known server of this kind.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kkm_sim.remote import BlockingTill, connect
from kkm_sim.till.chart import TillState
from tests.bottles import EAN, PDF
from tests.commands.counter import ANSWERS
from tests.commands.program import Program, run_to_end
from tests.remote.computers import Computer, two_computers
from tests.remote.far_till import FarTill, Kind, far_till
from tests.remote.shop import CLOSED, URL, Shop, registers
from tests.remote.slow_network import SlowNetwork
from tests.waiting import PATIENCE_S

SLOW_S = 0.05
FAR_S = 0.25
TOO_FAR_S = 1.75
"""There and back takes longer than the 3 s in which the till and its master expect an answer."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="its programs are ended by signals, and some are on ptys")


# Distance


def test_a_long_distance_and_a_slow_link() -> None:
    """«Обеспечение скоростного доступа к ККТ на больших расстояниях и медленных каналах связи»."""
    prints_a_receipt(FAR_S)


def test_where_forwarding_the_com_port_breaks() -> None:
    """«…где проброс COM-портов работает нестабильно»: the document's 3 s do not bear such a link, whole operations do.

    Both at once: over the server a bottle is sold; over the port the till is asked again before its answer can come.
    A whole receipt as far away takes no time in test_remote_link.py.
    """
    shop = Shop()
    with (
        far_till("sim:", Computer()) as till,
        Program("run", "--tcp", "127.0.0.1:0", "--pace", "off") as forwarded,
        SlowNetwork(till.address, TOO_FAR_S) as network,
        SlowNetwork(str(forwarded.ready()["tcp"]), TOO_FAR_S) as cable,
        Program("smartbox", "-vv", "--port", f"socket://{cable.address}", "sell", EAN, PDF) as box,
        connect(network.address, "kassa1", timeout=10, **shop.handlers) as access,
    ):
        assert shop.sells(access, till).sum == 15000
        box.waits_for(ANSWERS)
        packets = [line.split()[1:3] for line in box.err]
        assert packets[:3] == [[">", "SYN"], [">", "SYN"], ["<", "RDY"]], box.err
        assert not any("is sold" in line for line in box.out), box.out


def test_where_a_forwarded_com_port_does_not_even_open() -> None:
    """The same link, for a program with a usual library."""
    with (
        far_till("sim:", Computer(), "--rfc2217", "127.0.0.1:0") as till,
        SlowNetwork(str(till.rfc2217), TOO_FAR_S) as network,
    ):
        done = run_to_end("smartbox", "--port", f"rfc2217://{network.address}", "ping")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"kkm-sim smartbox: cannot open port rfc2217://{network.address}")


def prints_a_receipt(one_way_s: float) -> None:
    """A bottle is sold over the server, that far away, its receipt closed, its picture printed."""
    shop = Shop()
    with (
        far_till("sim:", Computer()) as till,
        SlowNetwork(till.address, one_way_s) as network,
        connect(network.address, "kassa1", timeout=10, **shop.handlers) as access,
    ):
        answer = shop.sells(access, till)
        assert (answer.receipt_number, answer.sum, answer.barcode) == (1, 15000, int(EAN))
        shop.closes(till)
        assert shop.heard == CLOSED
        assert till.qr == URL
        assert till.findings == []


# The schemes


@dataclass(frozen=True)
class Apart:
    """A till with its server on one computer, the software on the other; `address`: where that finds the server."""

    till: FarTill
    other: Computer
    address: str
    tokens: Path | None = None

    def software(self, *words: str) -> Program:
        """The reference SmartBox on the other computer."""
        secret = () if self.tokens is None else ("--token-file", str(self.tokens))
        return self.other.program("smartbox", "--remote", self.address, *secret, *words)

    def connects(self, shop: Shop) -> BlockingTill:
        """A program of one's own there."""
        token = None if self.tokens is None else self.tokens.read_text(encoding="utf-8").strip()
        return self.other.does(lambda: connect(self.address, "kassa1", timeout=10, token=token, **shop.handlers))


@contextlib.contextmanager
def by_cable(kind: Kind, tmp_path: Path) -> Iterator[Apart]:
    """Two computers indeed, as far as the network goes; beyond its own computer a server wants tokens."""
    tokens = tmp_path / "tokens"
    tokens.write_text("secret\n", encoding="utf-8")
    with two_computers() as (one, other), far_till(kind, one, tokens=tokens) as till:
        yield Apart(till, other, till.address, tokens)


@contextlib.contextmanager
def by_slow_network(kind: Kind, tmp_path: Path) -> Iterator[Apart]:
    """Programs of this computer with a slow network between them."""
    with far_till(kind, Computer()) as till, SlowNetwork(till.address, SLOW_S) as network:
        yield Apart(till, Computer(), network.address)


Between = Callable[[Kind, Path], AbstractContextManager[Apart]]

everywhere = pytest.mark.parametrize(
    ("between", "kind"),
    [
        pytest.param(by_slow_network, "sim:", id="slow network, simulated till"),
        pytest.param(by_slow_network, "pty", id="slow network, till on a pty"),
        pytest.param(by_cable, "sim:", id="namespaces, simulated till"),
        pytest.param(by_cable, "pty", id="namespaces, till on a pty"),
    ],
)


@everywhere
def test_till_at_the_users_pc_and_software_on_the_server(between: Between, kind: Kind, tmp_path: Path) -> None:
    """«ККТ подключена к ПК, за которым работает пользователь, а ПО находится на стороне ПК-сервера»."""
    with between(kind, tmp_path) as apart, apart.software("sell", EAN, PDF) as box:
        registers(apart.till)
        box.waits_for("is sold: receipt 1, operation 1, 150.00")
        apart.till.press("ИТ ИТ")
        assert box.wait() == 0
        assert box.err == []
        assert box.out[-1] == "receipt 1 is printed and done"
        assert box.waits_for("may be closed").endswith(apart.till.qr)
        assert apart.till.findings == []


@everywhere
def test_till_at_the_server_and_software_on_the_users_pc(between: Between, kind: Kind, tmp_path: Path) -> None:
    """«ККТ подключена к серверу, а ПО находится на ПК пользователя»: a desktop, with a program of its own."""
    shop = Shop()
    with between(kind, tmp_path) as apart, apart.connects(shop) as access:
        assert shop.sells(access, apart.till).sum == 15000
        shop.closes(apart.till)
        assert shop.heard == CLOSED
        assert apart.till.qr == URL
        assert apart.till.findings == []


@pytest.mark.parametrize("kind", ["sim:", "pty"])
def test_a_mobile_device_loses_its_network_and_comes_back(kind: Kind) -> None:
    """«…будь то мобильное или стационарное устройство»: the software goes on where it was."""
    with (
        far_till(kind, Computer()) as till,
        SlowNetwork(till.address, SLOW_S) as network,
        Program("smartbox", "--remote", network.address, "serve") as box,
    ):
        box.says(EAN)
        box.says(PDF)
        till.waits_for_state(TillState.REQUEST)
        network.reset()
        box.waits_for("the connection is lost", err=True)
        registers(till)
        box.waits_for("is sold: receipt 1, operation 1, 150.00")
        till.press("ИТ ИТ")
        box.waits_for("receipt 1 is printed and done")
        box.ends_input()
        assert box.wait() == 0
        assert till.findings == []


@pytest.mark.parametrize("kind", ["sim:", "pty"])
def test_a_mobile_device_comes_back_at_another_address(kind: Kind, tmp_path: Path) -> None:
    """«…будь то мобильное или стационарное устройство»: another address, and what was sold meanwhile is told."""
    shop = Shop()
    with by_cable(kind, tmp_path) as apart:
        with apart.software("sell", EAN, PDF) as box:
            apart.till.waits_for_state(TillState.REQUEST)
            box.process.kill()
        apart.till.waits_for_lease("free")
        left = apart.other.host
        apart.other.moves()
        registers(apart.till)
        with apart.connects(shop):
            assert shop.sold.wait(PATIENCE_S)
            shop.closes(apart.till)
        assert shop.heard == [("sold", 15000), *CLOSED]
        first, last = (line for line in apart.till.server.err if "granted to" in line)
        assert f"{left}:" in first
        assert f"{apart.other.host}:" in last
        assert apart.till.findings == []

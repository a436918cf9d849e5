"""A whole simulator under whatever an operator, a master and the mains can do to it, in any order.

A model of the receipt's money, written from the rules and not from the code, goes along. Steps whose outcome is
certain are foretold by it; after single keys it looks at what the receipt holds and works out the sums by itself.
"""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kkm_sim.clock import MS, SECOND
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction
from kkm_sim.messages.codes import Operation
from kkm_sim.messages.records import CloseRequest, PingAnswer
from kkm_sim.settings import Settings
from kkm_sim.till.chart import TillState
from kkm_sim.till.keyboard import Key
from kkm_sim.till.machine import OptionHeld
from tests.receipt_model import Item, Money
from tests.support import master
from tests.wire_bench import ALLOW, ANNUL, DENY, END, PING, WireBench, graphics_block, sale, show, text_block

S = TillState


SELLING = (S.IDLE, S.OPEN)

prices = st.integers(1, 2_000_000)
odd_times = st.sampled_from([1, 173_612, 3 * MS, 10 * MS, 99 * MS, 3 * SECOND - 1, 3 * SECOND, 4 * SECOND])
junk_bytes = st.lists(st.sampled_from(b"\x7f\x02\x03\x10\x00\x01\x81\x91\xc5\x3a\x7e\x6e"), min_size=1, max_size=24)

ANSWERS = (
    *(ALLOW, ALLOW, DENY, END, END, ALLOW[:3], b"\x03\x02\x00\x0a\x00\x00\x00", b"", b"\x03", b"\x03\x03\x00"),
    *(text_block(1, b"A" * 30), text_block(1, b"x" * 200), text_block(2, b"B\r\x98"), text_block(9, b"C")),
    *(graphics_block(1, 8, 1, 8, b"\x7f" * 8), graphics_block(1, 64, 8, 64, b"\x7f" * 512)),
    *(graphics_block(2, 37, 5, 37, b"\xff" * 185), graphics_block(1, 65, 1, 8, b"\xff" * 65)),
)
COMMANDS = (
    *(sale(n) for n in range(5)),
    *(show(n) for n in range(5)),
    ANNUL,
    PING,
    PING + b"\x00",
    b"\x04\x05",
    b"\x03\x63",
)


class SimulatorMachine(RuleBasedStateMachine):
    """Rules are what happens; the bench itself checks the 10 ms gap and that no deadline stays in the past."""

    @initialize(
        lines=st.sampled_from([0, 10, 1000]),
        busy_reply=st.sampled_from(["disc", "busy", "silent"]),
        deaf_ms=st.sampled_from([0, 0, 150]),
        frame_numbers=st.sampled_from(["auto", "from-1", "from-2", "literal"]),
        hs1_sale_answer=st.sampled_from(["rdy", "unasked"]),
        entry_holds_queue=st.booleans(),
        max_outgoing=st.sampled_from([512, 512, 40]),
        paced=st.sampled_from([True, True, False]),
    )
    def begin(
        self,
        lines: int,
        busy_reply: str,
        deaf_ms: int,
        frame_numbers: str,
        hs1_sale_answer: str,
        entry_holds_queue: bool,
        max_outgoing: int,
        paced: bool,
    ) -> None:
        self.bench = WireBench(
            paced=paced,
            print_lines_per_s=lines,
            busy_reply=busy_reply,
            deaf_ms=deaf_ms,
            frame_numbers=frame_numbers,
            hs1_sale_answer=hs1_sale_answer,
            entry_holds_queue=entry_holds_queue,
            max_outgoing=max_outgoing,
            close_timeout=20,
            section_tax=(1, 2, 3, 0, 5),
            cash_in_drawer=10_000_000,
        )
        self.rates = Settings().tax_rates
        self.first = 2 if frame_numbers == "from-2" else 1
        self.number = self.first
        self.whole = max_outgoing == 512
        self.money = Money(self.rates)
        self.seen = 0
        self.in_flight: DataPacket | None = None

    # The operator

    @property
    def at_rest(self) -> bool:
        """Whether the operator may sell: nothing typed, no error, paper, room."""
        till = self.bench.till
        receipt = till.receipt
        return (
            till.state in SELLING
            and till.error is None
            and till.paper_present
            and (receipt is None or (receipt.kind is Operation.SALE and len(receipt.operations) < 150))
            and (receipt is None or receipt.total < 100_000_000)
        )

    @rule(keys=st.lists(st.sampled_from(list(Key)), min_size=1, max_size=6))
    def press(self, keys: list[Key]) -> None:
        for key in keys:
            self.bench.press(key.value)
            self.look()
            self.all_is_well()

    @precondition(lambda self: self.at_rest)
    @rule(price=prices, section=st.integers(1, 99), quantity=st.sampled_from(["", "2", "0.333", "1.5"]))
    def sell(self, price: int, section: int, quantity: str) -> None:
        times = f"{quantity} Х" if quantity else ""
        self.bench.press(f"{section} ОТД {times} {price // 100}.{price % 100:02} ПИ")
        thousandths = {"": 1000, "2": 2000, "0.333": 333, "1.5": 1500}[quantity]
        self.money.items.append(Item(price, thousandths, tax=(1, 2, 3, 0, 5)[min(section, 5) - 1]))
        assert self.bench.state == "open"

    @precondition(lambda self: self.at_rest and self.money.items and self.money.items[-1].stands)
    @rule(per_mille=st.integers(0, 1000), sign=st.sampled_from("+-"))
    def adjust(self, per_mille: int, sign: str) -> None:
        item = self.money.items[-1]
        amount = item.due * per_mille // 1000
        if not amount or self.last_is_annulment:
            return
        self.bench.press(f"{sign} {amount // 100}.{amount % 100:02} ПИ")
        if sign == "+":
            item.markup += amount
        else:
            item.discount += amount

    @precondition(lambda self: self.at_rest and self.money.items and self.money.items[-1].stands)
    @rule(hundredths=st.integers(1, 9999))
    def discount_per_cent(self, hundredths: int) -> None:
        if not self.last_is_annulment:
            self.bench.press(f"- {hundredths // 100}.{hundredths % 100:02} %")
            item = self.money.items[-1]
            item.discount += (item.due * hundredths * 2 + 10_000) // 20_000

    @property
    def last_is_annulment(self) -> bool:
        receipt = self.bench.till.receipt
        return receipt is not None and receipt.operations[-1].kind is Operation.ANNUL

    @precondition(lambda self: self.at_rest and self.money.standing and not self.money.standing[-1].alcohol)
    @rule()
    def annul_last(self) -> None:
        self.bench.press("АН ПИ")
        self.annul_in_the_model()

    def annul_in_the_model(self) -> None:
        self.money.standing[-1].stands = False
        self.money.items.append(Item(0, stands=False))

    @precondition(lambda self: self.at_rest and self.money.items)
    @rule()
    def annul_whole(self) -> None:
        self.bench.press("АН ИТ")
        self.money.items.clear()
        assert self.bench.state == "idle"

    @precondition(lambda self: self.at_rest and self.money.standing)
    @rule(keys=st.sampled_from(["ИТ", "КР", "0.01 КР ИТ"]))
    def close(self, keys: str) -> None:
        self.bench.press(keys)
        self.look()

    @precondition(lambda self: self.bench.till.state is S.REQUEST and self.bench.till.error is None)
    @rule(price=prices)
    def finish_request(self, price: int) -> None:
        self.bench.press(f"{price // 100}.{price % 100:02} ПИ")
        self.look()

    @precondition(lambda self: self.bench.till.state is S.MENU)
    @rule()
    def enter_cash_mode(self) -> None:
        self.bench.press("С С С")
        while self.bench.shows != "?":
            self.bench.press("РЕЖ")
        self.bench.press("100000")
        assert self.bench.state == "idle"

    # The surroundings

    @rule(seconds=st.integers(0, 30))
    def power_cut(self, seconds: int) -> None:
        self.bench.simulator.power(False, self.bench.now)
        self.in_flight = None
        self.number = self.first
        self.bench.run(seconds * SECOND)
        if seconds % 5:
            self.mend()

    @rule()
    def paper_ends(self) -> None:
        self.bench.paper(False)

    @precondition(
        lambda self: not self.bench.till.powered or not self.bench.till.paper_present or self.bench.till.error
    )
    @rule()
    def mend(self) -> None:
        """Mains and paper are back, and the operator has read what is shown."""
        self.bench.simulator.power(True, self.bench.now)
        self.bench.paper(True)
        if self.bench.till.error is not None:
            self.bench.press("С")
            assert self.bench.till.error is None
        self.look()

    @rule(option=st.sampled_from([(27, 0), (27, 1), (27, 1), (29, 0), (29, 3), (30, 1), (30, 98)]))
    def option(self, option: tuple[int, int]) -> None:
        held = self.bench.till.receipt is not None or (option == (27, 0) and self.bench.till.request_open)
        try:
            self.bench.simulator.set_option(*option, self.bench.now)
        except OptionHeld:
            assert held
        else:
            assert not held
            assert self.bench.till.options[option[0]] == option[1]

    @rule(time=odd_times)
    def wait(self, time: int) -> None:
        self.bench.run(time)
        self.look()

    @rule()
    def wait_for_the_next_deadline(self) -> None:
        moment = self.bench.simulator.deadline()
        self.bench.run(20 * SECOND if moment is None else max(0, moment - self.bench.now))
        self.look()

    # The master

    @property
    def address(self) -> int:
        return self.bench.simulator.till().link.address

    @rule(codes=st.lists(st.sampled_from([*ControlCode, 0x1, 0xE]), min_size=1, max_size=5), hs=st.booleans())
    def control(self, codes: list[int], hs: bool) -> None:
        for code in codes:
            self.say(ControlPacket(self.address, Direction.TO_TILL, code, hs))
            self.all_is_well()

    @rule(message=st.sampled_from([*ANSWERS, *COMMANDS]), hs=st.booleans())
    def blunt_data(self, message: bytes, hs: bool) -> None:
        """Data without asking, in frames, whatever the till says."""
        frames = [message[i : i + 127] for i in range(0, len(message), 127)] or [b""]
        for n, data in enumerate(frames, 1):
            self.data(data, hs=hs if n == len(frames) else True)

    @rule(raw=junk_bytes, gap=st.booleans())
    def junk(self, raw: list[int], gap: bool) -> None:
        if gap:
            self.bench.say_raw(bytes(raw))
        else:
            self.bench.hear(bytes(raw))
        self.look()

    @rule(message=st.sampled_from(COMMANDS), at=st.integers(0, 70), bit=st.integers(0, 7), cut=st.booleans())
    def damaged_data(self, message: bytes, at: int, bit: int, cut: bool) -> None:
        raw = bytearray(DataPacket(self.address, Direction.TO_TILL, self.number, message).encode())
        at %= len(raw)
        raw[at] ^= 1 << bit
        self.bench.say_raw(bytes(raw[:at] if cut else raw))
        self.look()

    @rule(message=st.sampled_from(COMMANDS), hs=st.booleans())
    def command(self, message: bytes, hs: bool) -> None:
        self.exchange(message, hs)

    @rule(code_type=st.sampled_from([0, 1, 1, 3]))
    def request(self, code_type: int) -> None:
        self.exchange(sale(code_type), True)

    @rule(message=st.sampled_from(ANSWERS))
    def answer(self, message: bytes) -> None:
        """What the till asked for is collected first, as a master does."""
        self.collect()
        self.blunt_data(message, False)

    # Whole pieces of work, so that deep states are reached

    @precondition(lambda self: self.at_rest)
    @rule(code_type=st.sampled_from([1, 1, 3]), price=prices)
    def bottle(self, code_type: int, price: int) -> None:
        self.exchange(sale(code_type), True)
        if self.bench.state == "request":
            self.finish_request(price)
            self.money.standing[-1].price = price
            self.collect()

    @precondition(lambda self: self.at_rest and self.money.standing and self.money.standing[-1].alcohol)
    @rule(code_type=st.integers(0, 3))
    def annul_bottle(self, code_type: int) -> None:
        self.bench.press("АН ПИ")
        assert self.bench.state == "annul_scan"
        self.exchange(sale(code_type), True)

    @precondition(lambda self: self.at_rest and any(item.alcohol for item in self.money.standing))
    @rule(answers=st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=5), allowed=st.booleans())
    def close_with_alcohol(self, answers: list[bytes], allowed: bool) -> None:
        self.bench.press("ИТ")
        assert self.bench.state == "close_wait"
        for message in ([ALLOW] if allowed else []) + answers:
            self.answer(message)

    @rule()
    def ping(self) -> None:
        """PING's numbers are the model's."""
        data = self.exchange(PING, True)
        if data is None or data[:3] != b"\x03\x05\x00" or len(data) != PingAnswer.SIZE:
            return
        found = PingAnswer.decode(data).record
        assert found is not None
        in_cash_mode = self.bench.till.state not in (S.OFF, S.MENU)
        operations, alcohol, total, *_ = self.money.sums()
        assert (found.operations, found.alcohol, found.total) == (
            (operations, alcohol, total) if in_cash_mode else (0, 0, 0)
        )
        assert bool(found.flags & 1) is in_cash_mode
        assert bool(found.flags & 8) is self.bench.till.request_open

    def exchange(self, message: bytes, hs: bool) -> bytes | None:
        """A good command after what the till had to say; its answer, if it comes at once."""
        if not self.collect():
            return None
        said = self.data(message, hs=hs)
        answers = [packet for packet in said if isinstance(packet, DataPacket)]
        if answers:
            self.say(master(ControlCode.ACK, address=self.address))
        return answers[0].data if answers else None

    def collect(self) -> bool:
        """Takes all that is queued; whether the till then is ready for a command."""
        self.bench.run(3100 * MS)  # whatever was half said is forgotten
        self.say(master(ControlCode.SYN, address=self.address))
        for _ in range(100):
            match self.say(master(ControlCode.RDY, address=self.address)):
                case [DataPacket(data=data)]:
                    self.judge(data)
                    self.say(master(ControlCode.ACK, address=self.address))
                case [ControlPacket(code=ControlCode.RDY)]:
                    return True
                case [] | [ControlPacket()]:
                    return False
                case said:
                    raise AssertionError(said)
        raise AssertionError("there is no end to what the till has to say")

    def judge(self, data: bytes) -> None:
        """Function 2 says what the model says."""
        if data[:2] != b"\x03\x02" or not self.whole:
            return
        found = CloseRequest.decode(data).record
        assert found is not None
        told = (found.operations, found.alcohol, found.total, found.discounts, found.markups)
        taxes = (found.tax_1, found.tax_2, found.tax_3, found.tax_4, found.tax_5)
        assert (*told, *taxes) == self.money.sums()
        assert found.other == found.operations - found.alcohol
        assert found.cash + found.credit == found.total

    def data(self, message: bytes, *, hs: bool) -> list[ControlPacket | DataPacket]:
        said = self.say(DataPacket(self.address, Direction.TO_TILL, self.number, message, hs))
        if any(isinstance(packet, ControlPacket) and packet.code is ControlCode.ACK for packet in said):
            self.number = self.number % 7 + 1
        return said

    def say(self, packet: ControlPacket | DataPacket) -> list[ControlPacket | DataPacket]:
        said = self.bench.say(packet, listen=120 * MS)
        if isinstance(packet, ControlPacket) and packet.code is ControlCode.SYN:
            self.number = self.first
        self.look()
        return said

    # What always holds

    def look(self) -> None:
        """The model sees which operations the receipt holds."""
        receipt = self.bench.till.receipt
        self.money = Money(self.rates)
        for operation in receipt.operations if receipt else ():
            goods = operation.goods
            self.money.items.append(
                Item(
                    goods.price,
                    goods.quantity,
                    goods.tax,
                    goods.alcohol,
                    operation.discount,
                    operation.markup,
                    stands=operation.kind is not Operation.ANNUL and not operation.annulled,
                )
            )

    @invariant()
    def all_is_well(self) -> None:
        self.sums_agree()
        self.one_data_packet_in_flight()
        self.state_and_its_parts_agree()

    def sums_agree(self) -> None:
        receipt = self.bench.till.receipt
        found = (
            (
                len(receipt.operations),
                receipt.alcohol,
                receipt.total,
                receipt.discounts,
                receipt.markups,
                *receipt.taxes,
            )
            if receipt
            else (0,) * 10
        )
        assert found == self.money.sums()

    def one_data_packet_in_flight(self) -> None:
        """Until ACK (or SYN, RST, power) the till repeats its packet and says no other; what it gave up may go."""
        for number, entry in self.bench.simulator.wire.since(self.seen):
            self.seen = number
            match entry.packet:
                case ControlPacket(
                    direction=Direction.TO_TILL, code=ControlCode.ACK | ControlCode.SYN | ControlCode.RST
                ):
                    self.in_flight = None
                case DataPacket(direction=Direction.TO_MASTER) as packet:
                    last = self.in_flight
                    given_up = last is not None and last.data[1:2] in (b"\x02", b"\x03")
                    assert last in (None, packet) or given_up, f"{packet} while {last} awaits its ACK"
                    self.in_flight = packet

    def state_and_its_parts_agree(self) -> None:
        till = self.bench.till
        if till.powered and till.state is S.REQUEST:
            assert till.request_open
        if till.state in (S.OPEN, S.ANNUL_ARMED, S.ANNUL_SCAN, S.CLOSE_WAIT, S.REFUSED, S.QR_PRINT):
            assert till.receipt is not None
        if till.state in (S.IDLE, S.RETURN_ARMED, S.MENU):
            assert till.receipt is None
            assert not till.request_open
        assert len(till.indicator.cells) == 10
        assert till.shift.cash >= 0

    def teardown(self) -> None:
        """Whatever has happened, the till can be talked to again and has a bounded lot to say."""
        if not hasattr(self, "bench"):
            return
        bench = self.bench
        bench.simulator.power(True, bench.now)
        bench.paper(True)
        bench.press("С С")
        for _ in range(40):
            self.in_flight = None
            if not bench.till.printing and bench.till.error is None:
                break
            bench.run(10 * SECOND)
            bench.press("С")
        assert self.collect(), bench.state


TestSimulator = SimulatorMachine.TestCase
TestSimulator.settings = settings(
    max_examples=250,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)

"""Anything in any order: the till never raises, and its sums agree with an independent model."""

from datetime import timedelta
from fractions import Fraction
from math import floor

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kkm_sim.availability import Availability
from kkm_sim.clock import SECOND
from kkm_sim.messages.codes import CodeType, Function, Operation, ShownMessage
from kkm_sim.till.effects import AnswerSale, AskPermission
from kkm_sim.till.indicator import GLYPHS
from kkm_sim.till.keyboard import Key
from kkm_sim.till.requests import IdentifierEnd, IdentifierGraphics, IdentifierText, SaleRequest
from kkm_sim.till.tape import TextLine
from tests.till.bench import Bench

PHRASES = [
    *("5 ПИ", "500 ПИ", "2 Х 3.33 ПИ", "7 ОТД 5 ПИ", "ПИ", "Х", "ВЗ", "АН ПИ", "АН ИТ", "− 10 %", "+ 1 ПИ"),
    *("С С 1 ПИ 2 ПИ АН ПИ", "С С ВЗ 500 ПИ ИТ", "С С 5 ПИ − 7 ПИ", "С С − 200 ИТ"),
    *("ИТ", "КР", "1000 ИТ", "2 КР", "+ 5 ИТ", "− 1 ИТ", "5", "АН", "С", "С", "С С", "РЕЖ РЕЖ РЕЖ ИТ"),
]


class TillUnderFire(RuleBasedStateMachine):
    bench: Bench
    requests = 0
    answers = 0
    read = 0

    @initialize(lines_per_s=st.sampled_from([0, 10]), honour=st.booleans(), takes=st.booleans())
    def switch_on(self, lines_per_s: int, honour: bool, takes: bool) -> None:
        self.bench = Bench(
            lines_per_s=lines_per_s,
            honour_request_fields=honour,
            annulled_takes_number=takes,
            cash_in_drawer=10_000,
        )

    @rule(keys=st.lists(st.sampled_from(Key), min_size=1, max_size=8))
    def press(self, keys: list[Key]) -> None:
        for key in keys:
            self.bench.till.press(key, self.bench.now)
            self.all_is_well()

    @rule(phrases=st.lists(st.sampled_from(PHRASES), min_size=1, max_size=8))
    def work(self, phrases: list[str]) -> None:
        for phrase in phrases:
            self.bench.keys(phrase)
            self.all_is_well()

    @rule()
    def next_day(self) -> None:
        """The shift is too long now; Z where the operator can reach it."""
        till, now = self.bench.till, self.bench.now
        till.set_clock(till.wall(now) + timedelta(hours=25), now)
        if self.bench.state == "idle":
            self.bench.keys("РЕЖ РЕЖ РЕЖ ИТ РЕЖ РЕЖ 100000")

    @rule(code_type=st.sampled_from(CodeType), price=st.sampled_from([0, 12345]), section=st.integers(0, 120))
    def request(self, code_type: CodeType, price: int, section: int) -> None:
        till = self.bench.till
        if till.availability is Availability.READY:
            request = SaleRequest(code_type, price=price, section=section)
            self.requests += till.request_sale(request, self.bench.now) is None

    @rule(annul=st.sampled_from([False, False, True]))
    def message_or_annulment(self, annul: bool) -> None:
        till = self.bench.till
        if till.availability is Availability.READY:
            till.show_message(ShownMessage.REPEAT, self.bench.now)
            if annul:
                till.annul_receipt(self.bench.now)

    @precondition(lambda self: self.bench.till.awaiting is not None)
    @rule(result=st.sampled_from([0, 0, 5]), graphics=st.booleans(), more=st.booleans())
    def answer(self, result: int, graphics: bool, more: bool) -> None:
        till, now = self.bench.till, self.bench.now
        till.request_acknowledged(now)
        assert till.awaiting is not None
        if till.awaiting.function is Function.CLOSE:
            till.close_answered(result, now)
        elif not more:
            till.identifier_answered(IdentifierEnd(), now)
        elif graphics:
            till.identifier_answered(IdentifierGraphics(9, 2, (b"\xff\x80",) * 2), now)
        else:
            till.identifier_answered(IdentifierText("http://check.egais.ru?id=1\rAB"), now)

    @rule(seconds=st.sampled_from([0, 1, 5, 61]))
    def wait(self, seconds: int) -> None:
        self.bench.wait(seconds * SECOND + 7)

    @rule(key=st.sampled_from(Key))
    def power_cut(self, key: Key) -> None:
        self.bench.till.power(False, self.bench.now)
        self.press([key])
        self.bench.wait(SECOND).till.power(True, self.bench.now)

    @rule(code_type=st.sampled_from([CodeType.PDF, CodeType.BEER]))
    def bottle(self, code_type: CodeType) -> None:
        self.request(code_type, 0, 0)
        self.bench.keys("5 ПИ")
        self.bench.wait(SECOND)

    @rule(key=st.sampled_from([Key.TOTAL, Key.CREDIT]), result=st.sampled_from([0, 0, 0, 5]))
    def close(self, key: Key, result: int) -> None:
        self.clear_up()
        self.bottle(CodeType.PDF)
        self.press([key])
        self.bench.wait(SECOND)
        if self.bench.till.awaiting is not None:
            self.answer(result, False, True)
            self.bench.wait(SECOND)

    @rule()
    def clear_up(self) -> None:
        """An operator who knows what to do: paper in, errors away, back to cash mode."""
        self.bench.paper(True)
        if self.bench.till.error:
            self.bench.keys("С")
        while self.bench.state == "menu" and self.bench.shows != "?":
            self.bench.keys("С РЕЖ")
        if self.bench.state == "menu":
            self.bench.keys("100000")

    @rule(present=st.sampled_from([True, True, False]))
    def paper(self, present: bool) -> None:
        self.bench.till.paper(present, self.bench.now)

    # What always holds

    @invariant()
    def all_is_well(self) -> None:
        self.indicator_can_be_drawn()
        self.state_is_what_is_open()
        self.nothing_is_overdue()
        self.sums_agree()
        self.requests_are_answered_once()
        self.lines_fit()
        assert self.bench.till.shift.cash >= 0

    def indicator_can_be_drawn(self) -> None:
        cells = self.bench.till.indicator.cells
        assert len(cells) == 10
        assert all(cell.char in GLYPHS for cell in cells)

    def state_is_what_is_open(self) -> None:
        till = self.bench.till
        state = till.state.value
        if till.request_open:
            assert state in ("request", "entry", "off")
        else:
            assert state != "request"
        if till.receipt is None:
            assert state in ("off", "menu", "idle", "return_armed", "request", "entry")
        else:
            assert state not in ("menu", "idle", "return_armed")

    def nothing_is_overdue(self) -> None:
        deadline = self.bench.till.deadline()
        assert deadline is None or deadline > self.bench.now

    def sums_agree(self) -> None:
        """Worked out anew with fractions, from the operations alone."""
        receipt = self.bench.till.receipt
        if receipt is None:
            return
        total, taxes, alcohol = 0, [0] * 5, 0
        standing: list[int] = []
        for operation in receipt.operations:
            if operation.kind is Operation.ANNUL:
                standing.pop()
            else:
                standing.append(operation.number - 1)
        for index in standing:
            item = receipt.operations[index]
            assert not item.annulled
            exact = Fraction(item.goods.price * item.goods.quantity, 1000)
            due = floor(exact + Fraction(1, 2)) - item.discount + item.markup
            assert due >= 0
            total += due
            alcohol += item.goods.alcohol
            if item.goods.tax:
                rate = (18, 10, 0, 0, 0)[item.goods.tax - 1]
                taxes[item.goods.tax - 1] += floor(Fraction(due * rate, 100 + rate) + Fraction(1, 2))
        assert (receipt.total, list(receipt.taxes), receipt.alcohol) == (total, taxes, alcohol)
        assert [operation.number for operation in receipt.operations] == [*range(1, len(receipt.operations) + 1)]

    def requests_are_answered_once(self) -> None:
        for effect in self.bench.till.effects():
            self.answers += isinstance(effect, AnswerSale)
            if isinstance(effect, AskPermission):
                assert effect.cash + effect.credit == effect.total
                assert effect.alcohol > 0
        queued = sum(isinstance(job, AnswerSale) for job in self.bench.till.memory.queue)
        assert self.requests == self.answers + queued + self.bench.till.request_open

    def lines_fit(self) -> None:
        for number, entry in self.bench.till.tape.since(self.read):
            self.read = number
            assert not isinstance(entry, TextLine) or len(entry.text) <= 24


TillUnderFire.TestCase.settings = settings(max_examples=250, stateful_step_count=40, deadline=None)
TestTillUnderFire = TillUnderFire.TestCase

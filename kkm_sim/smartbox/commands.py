"""What the SmartBox itself says to the till: one exchange after the other, each to its answer or its failure."""

from collections import deque

from kkm_sim.clock import Instant
from kkm_sim.link.events import MessageFailed
from kkm_sim.link.master_link import NO_LINK
from kkm_sim.link.messenger import Messenger
from kkm_sim.link.till_link import ANSWER_TIMEOUT
from kkm_sim.messages.codes import Function, ShownMessage
from kkm_sim.messages.records import PING_INTERVAL
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.smartbox.basket import Basket
from kkm_sim.smartbox.events import ExchangeFailed, SmartBoxEvent, TillBusy
from kkm_sim.smartbox.tasks import (
    PING,
    Exchange,
    Ping,
    Sell,
    Show,
    Step,
    Tag,
    Task,
    function_of,
    is_checked,
    request_of,
)

QUIET_PING = Ping(told=False)
"""A PING of the SmartBox's own, to learn what became of the receipt or of a request."""


class Commands:
    """The tasks in their order and the exchange that is under way; failures go to `events`."""

    def __init__(self, link: Messenger, basket: Basket, events: deque[SmartBoxEvent], now: Instant) -> None:
        self._link = link
        self._basket = basket
        self._events = events
        self._now = now
        self._tasks: deque[Task] = deque()
        self._exchange: Exchange | None = None
        self._serial = 0
        self._ping_from = now  # no PING before
        self._busy_told = False

    @property
    def current(self) -> Task | None:
        """The task that is being carried out."""
        return self._exchange.task if self._exchange is not None else None

    @property
    def busy(self) -> bool:
        """Whether anything is left to be said or answered."""
        return self._exchange is not None or bool(self._tasks)

    @property
    def selling(self) -> bool:
        """Whether a sale is on its way to the till."""
        return any(isinstance(task, Sell) for task in (self.current, *self._tasks))

    # What is to be said

    def add(self, task: Task) -> None:
        """After all the others; one quiet PING is enough."""
        if task != QUIET_PING or task not in self._tasks:
            self._tasks.append(task)

    def prompt(self, message: ShownMessage) -> None:
        """A message for the operator, in the place of any that was not said yet."""
        self.drop_prompts()
        self.add(Show(message, prompt=True))

    def drop_prompts(self) -> None:
        """What the prompts asked for is done."""
        self._tasks = deque(task for task in self._tasks if not (isinstance(task, Show) and task.prompt))

    def poll(self, now: Instant) -> None:
        """Gives up an answer that did not come; hands the link what is due. It waits there for the till's RDY."""
        self._now = now
        exchange = self._exchange
        if exchange is not None and exchange.answer_by is not None and now >= exchange.answer_by:
            self.fail(Reason(ReasonCode.NO_ANSWER))
        if self._exchange is None and self._tasks:
            task = self._tasks.popleft()
            checked = is_checked(task) or isinstance(task, Ping)
            self._exchange = Exchange(task, Step.PING if checked else Step.REQUEST)
        exchange = self._exchange
        if exchange is None:
            return
        if exchange.step is Step.PING and now >= self._ping_from:
            self._send(exchange, Step.PING_ANSWER, PING, hs=True)
        elif exchange.step is Step.REQUEST:
            data, hs = request_of(exchange.task, self.is_duplicate(exchange.task))
            self._send(exchange, Step.REQUEST_ANSWER, data, hs=hs)

    def deadline(self) -> Instant | None:
        """When `poll` has something to do."""
        exchange = self._exchange
        if exchange is None:
            return self._now if self._tasks else None
        match exchange.step:
            case Step.PING:
                return max(self._now, self._ping_from)
            case Step.REQUEST:
                return self._now
            case Step.PING_ANSWER | Step.REQUEST_ANSWER:
                return exchange.answer_by

    def is_duplicate(self, task: Task | None) -> bool:
        """Whether the task sells a bottle that stands in the receipt."""
        return isinstance(task, Sell) and self._basket.has_bottle(task.article.pdf)

    def _send(self, exchange: Exchange, step: Step, data: bytes, *, hs: bool) -> None:
        self._serial += 1
        exchange.serial = self._serial
        exchange.step = step
        self._link.send(data, Tag(function_of(exchange.task), exchange.serial), hs=hs)

    # What became of it

    def ping_sent(self, at: Instant) -> None:
        """A PING began to go out."""
        self._ping_from = Instant(at + PING_INTERVAL)

    def delivered(self, tag: object, now: Instant) -> Task | None:
        """The till has a message of the exchange. A sale's answer takes its time: its task ends here, returned."""
        exchange = self._exchange
        if exchange is None or tag != Tag(function_of(exchange.task), exchange.serial):
            return None
        if isinstance(exchange.task, Sell) and exchange.step is Step.REQUEST_ANSWER:
            return self.finish()
        exchange.answer_by = Instant(now + ANSWER_TIMEOUT)
        return None

    def not_delivered(self, failed: MessageFailed) -> None:
        """The link gave a message up, one of the exchange or an answer to the till."""
        if not isinstance(failed.tag, Tag):
            return
        if failed.tag.serial == 0:
            self._events.append(ExchangeFailed(failed.tag.function, (failed.reason,)))
        elif self._exchange is not None and failed.tag.serial == self._exchange.serial:
            self.fail(failed.reason)

    def awaits(self, function: Function) -> bool:
        """Whether the exchange is at the answer to that function."""
        exchange = self._exchange
        if exchange is None:
            return False
        if exchange.step is Step.PING_ANSWER:
            return function is Function.PING
        return exchange.step is Step.REQUEST_ANSWER and function is function_of(exchange.task)

    def checked(self) -> None:
        """PING was answered well: the request may follow."""
        if self._exchange is not None:
            self._exchange.step = Step.REQUEST
            self._exchange.answer_by = None

    def finish(self) -> Task | None:
        """The exchange is over."""
        task = self.current
        self._exchange = None
        return task

    def fail(self, reason: Reason) -> None:
        """The exchange comes to nothing; the codes of a sale must be scanned again."""
        task = self.finish()
        if task is None:
            return
        self._tell_failed(task, reason)
        if isinstance(task, Sell) and reason != NO_LINK:
            self.prompt(ShownMessage.REPEAT)

    def fail_all(self, reason: Reason) -> None:
        """Nothing of it can be said."""
        self.fail(reason)
        while self._tasks:
            self._tell_failed(self._tasks.popleft(), reason)

    def _tell_failed(self, task: Task, reason: Reason) -> None:
        if task != QUIET_PING:
            self._events.append(ExchangeFailed(function_of(task), (reason,)))

    def till_is_busy(self, now: Instant) -> None:
        """DISC or BUSY: what is to be said waits, and so may the answer, while the operator types."""
        if self.busy and not self._busy_told:
            self._events.append(TillBusy())
            self._busy_told = True
        if self._exchange is not None and self._exchange.answer_by is not None:
            self._exchange.answer_by = Instant(now + ANSWER_TIMEOUT)

    def till_listens(self) -> None:
        """It says RDY or sends something: the next time it is busy is worth telling again."""
        self._busy_told = False

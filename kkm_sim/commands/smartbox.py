"""`kkm-sim smartbox`: the other end of the line, against a till that is simulated or real."""

import argparse
import contextlib
import functools
import io
import logging
import sys
import threading
from collections import deque
from typing import cast

from kkm_sim.clock import SECOND, Instant
from kkm_sim.commands.joining import complain, say, settings_of, until_told
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.smartbox_json import event_json, said_json
from kkm_sim.commands.smartbox_line import LineToTill, choose_line, open_till
from kkm_sim.commands.smartbox_orders import USAGE, Orders
from kkm_sim.commands.stdin_lines import stdin_lines
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.pump import Pump, PumpStopped
from kkm_sim.drivers.turns import SHORT_NS, ask_for_turns
from kkm_sim.link.events import PacketSeen
from kkm_sim.messages.codes import Function, ShownMessage
from kkm_sim.messages.records import PING_INTERVAL, PingAnswer
from kkm_sim.smartbox import SmartBox, SmartBoxEvent, Utm
from kkm_sim.smartbox.events import (
    CloseRefused,
    CodeRefused,
    ExchangeFailed,
    MessageShown,
    NotRequested,
    Pinged,
    ReceiptAnnulled,
    ReceiptDone,
    RequestForgotten,
    RequestRefused,
    TillLost,
)
from kkm_sim.smartbox.receipt_identifier import QrLevel
from kkm_sim.till.amounts import roubles

log = logging.getLogger(__name__)

_ENDS: dict[str, type[SmartBoxEvent]] = {
    "ping": Pinged,
    "message": MessageShown,
    "annul": ReceiptAnnulled,
    "sell": ReceiptDone,
}
"""The event that ends an action well."""

_FAILURES = (TillLost, ExchangeFailed, NotRequested, RequestRefused, RequestForgotten, CodeRefused)
"""Events that end an action badly; `serve` goes on."""

_ANNUL = "`kkm-sim smartbox … annul`"

_HALF_SCANNED = "a second code is missing"

ASK_INTERVAL = SECOND
"""How often the till is asked what became of the receipt, once there is nothing else to wait for."""


def smartbox(args: argparse.Namespace) -> int:
    """Plays one action, or serves. Returns 0, or 1 where the till refused or did not answer."""
    choose_line(args)
    if args.action == "message" and args.code not in set(ShownMessage):
        raise UserMistake(f"message {args.code}: there are 1 SCAn EAN, 2 SCAn PdF and 3 ПОВtОР")
    if args.json and isinstance(sys.stdout, io.TextIOWrapper):
        # Whatever the terminal speaks. What is no text, a scanner's say, is escaped as JSON does it.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    ask_for_turns(SHORT_NS)
    clock, settings = MonotonicClock(), settings_of(args.set)
    line = open_till(args, settings, clock)
    if isinstance(line, str):
        complain(f"kkm-sim smartbox: {line}")
        return 1
    box = SmartBox(
        args.address,
        settings,
        baud=args.baud,
        paced=args.pace != "off",
        now=clock.now(),
        link=line.link,
        utm=Utm(delay_s=args.utm_delay, down=args.utm == "down", refuses=args.utm == "refuses"),
        qr_level=cast(QrLevel, args.qr_level),
        beer_eans=frozenset(args.beer),
        trace=log.isEnabledFor(logging.DEBUG),
    )
    # The till, or the hardware, gives bytes their time; the gap is kept by the engine.
    pump = Pump(box, line.port, pace="off", clock=clock)
    conversation = _Conversation(box, pump, line, args)
    pump.on_step.append(conversation.step)
    until_told(conversation.interrupt)
    pump.submit(conversation.begin)
    if args.action == "serve":
        threading.Thread(target=conversation.listen, daemon=True).start()
    pump.run()
    return conversation.result


_FUNCTIONS = {
    "ping": Function.PING,
    "sell": Function.SALE,
    "message": Function.SHOW_MESSAGE,
    "annul": Function.ANNUL_RECEIPT,
}


class _Conversation:
    """Tells what happens, line by line, and knows when it is over. Lives in the pump's thread but for `listen`."""

    def __init__(self, box: SmartBox, pump: Pump, line: LineToTill, args: argparse.Namespace) -> None:
        self.result = 0
        self._box = box
        self._pump = pump
        self._line = line
        self._args = args
        self._orders = Orders(box, line.cable, quit_=pump.stop, explain=self._explain)
        self._codes: deque[str] = deque(args.codes if args.action == "sell" else ())
        self._input_ended = False
        self._ask_at = self._scan_from = pump.clock.now()
        self._over = False
        self._end = Instant(pump.clock.now() + args.timeout * SECOND)

    def step(self, now: Instant) -> None:
        """After each step of the line."""
        while not self._over and (event := self._box.next_event()) is not None:
            self._tell(event)
        if not self._over:
            self._go_on(now)
        # At once: far from the till the next step may be seconds away.
        if self._over and not self._box.speaks:  # the till has its ACK
            self._pump.stop()

    def _go_on(self, now: Instant) -> None:
        if self._codes and now >= self._scan_from and not self._box.busy and self._box.open_sale is None:
            self._box.scan(self._codes.popleft(), now)
        if self._input_ended and not self._box.busy and self._box.open_sale is None:
            self._end_of_input(now)
        if not self._over and now >= self._end and (self._args.action != "serve" or self._input_ended):
            unfinished = f"not finished within {self._args.timeout} s: {self._unfinished}"
            self._give_up(self._line.lost if self._box.silent else unfinished)

    def _end_of_input(self, now: Instant) -> None:
        """No code is scanned any more, and nothing is under way: it is over as soon as the receipt is."""
        if not self._box.basket.empty:
            # Of a receipt that was annulled at the till nobody tells unless asked.
            if now >= self._ask_at:
                self._ask_at = Instant(now + ASK_INTERVAL)
                self._box.ask(now)
        elif self._box.idle:
            self._conclude()
        else:
            self._give_up(_HALF_SCANNED)

    @property
    def _unfinished(self) -> str:
        """What the end would have needed."""
        if self._box.open_sale is not None:
            return f"the operator has not sold {self._box.open_sale}"
        if not self._box.basket.empty:
            return "the receipt is not closed, it is open at the till"
        return _HALF_SCANNED if not self._box.busy else "the till does not let it"

    def begin(self, now: Instant) -> None:
        """What the command line asked for."""
        match self._args.action:
            case "ping":
                self._box.ping(now)
            case "message":
                self._box.message(ShownMessage(self._args.code), now)
            case "annul":
                self._box.annul(now)
            case "sell":
                self._box.ping(now)  # what is open at the till already?

    def _tell(self, event: SmartBoxEvent) -> None:
        if isinstance(event, PacketSeen):
            log.debug("%s %s  %s", "<" if event.packet.direction else ">", event.packet, event.raw.hex(" "))
            return
        args = self._args
        if isinstance(event, Pinged) and args.action == "sell":
            self._look_at(event.status)
            # The sale begins with a PING of its own: lines that hold bytes up must not bring them too near.
            self._scan_from = Instant(self._pump.clock.now() + PING_INTERVAL)
            return
        if args.json:
            say(event_json(event))
        if args.action == "serve":
            self._tell_sentence(event)
        elif isinstance(event, TillLost):
            self._give_up(self._line.lost)
        elif isinstance(event, _FAILURES) and self._is_mine(event):
            self._give_up(str(event))
        elif isinstance(event, CloseRefused) and args.action == "sell":
            # Its UTM will say nothing else: only `serve` can be told to have another.
            self._give_up(f"{event}; it stays open at the till: {_ANNUL} annuls it")
        else:
            self._tell_sentence(event)
            if isinstance(event, _ENDS[args.action]):
                self._conclude()

    def _look_at(self, status: PingAnswer) -> None:
        """What was sold through another program is in that one's basket: this one could not close the receipt."""
        if status.alcohol:
            self._give_up(
                f"receipt {status.receipt_number} is open at the till, {roubles(status.total)} with "
                f"{status.alcohol} {'bottle' if status.alcohol == 1 else 'bottles'} of another program's: close it "
                f"with that program, or annul it, {_ANNUL}"
            )

    def _tell_sentence(self, event: SmartBoxEvent) -> None:
        if not self._args.json:  # its object has it
            say(str(event))

    def _is_mine(self, event: SmartBoxEvent) -> bool:
        """Whether a failure is of this command; the till may still have had an answer for the one before."""
        return getattr(event, "function", None) in (None, Function.PING, _FUNCTIONS[self._args.action])

    def _give_up(self, reason: str) -> None:
        complain(f"kkm-sim smartbox: {reason}")
        self.result = 1
        self._conclude()

    def _conclude(self) -> None:
        """Nothing more is told: what follows the end follows from it."""
        self._over = True

    def interrupt(self) -> None:
        """Ctrl-C or SIGTERM: the end of serving, a failure of anything else."""
        if self._args.action != "serve":
            self.result = 130
        self._pump.stop()

    def listen(self) -> None:
        """Takes commands and codes from stdin, in a thread of its own."""
        try:
            with contextlib.suppress(OSError):  # a terminal that is gone says no more
                for line in stdin_lines():
                    self._pump.call(functools.partial(self._orders.obey, line))
            self._pump.call(self._finish)
        except PumpStopped:
            pass

    def _explain(self) -> None:
        say(said_json("usage", USAGE) if self._args.json else USAGE)

    def _finish(self, now: Instant) -> None:
        self._input_ended = True
        self._end = Instant(now + self._args.timeout * SECOND)

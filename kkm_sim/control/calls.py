"""The calls under /v1, one function each."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET
from starlette.responses import Response

from kkm_sim.clock import Instant
from kkm_sim.control.access import Access
from kkm_sim.control.entries import finding_entry, packet_entry, tape_entry
from kkm_sim.control.files import INDICATOR_FILES, TAPE_FILES, indicator_file, tape_file
from kkm_sim.control.fitting import DoesNotFit
from kkm_sim.control.models import (
    A_DATE,
    FIRST_YEAR,
    LAST_YEAR,
    Answer,
    ClockChange,
    FindingsView,
    IndicatorView,
    Keys,
    OfIndicator,
    OfOption,
    OfTape,
    OfTill,
    OfWire,
    OptionValue,
    PaperRoll,
    PowerSwitch,
    Snapshot,
    TapeView,
    WireView,
)
from kkm_sim.control.problems import ProblemError
from kkm_sim.control.routing import Router
from kkm_sim.control.snapshot import indicator_view, snapshot, view
from kkm_sim.problems import ProblemCode
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.till.keyboard import ALIASES, Key, UnknownKey, parse_keys
from kkm_sim.till.machine import BadOptionValue, ReceiptOpen, RequestOpen, UnknownOption

MAX_KEYS = 1000
"""Keys of one call: they are pressed in one step of the line, which must not stand still for long."""

router = Router()


@router.call("GET", "/v1/till")
async def get_till(access: Access, asked: OfTill) -> Snapshot:
    """The till as it is now."""
    return await _change(access, asked, lambda chosen, now: None)


@router.call("POST", "/v1/keys")
async def press_keys(access: Access, asked: OfTill, body: Keys) -> Snapshot:
    """Presses keys in order, at one moment. None is pressed when one of them is unknown."""
    keys = _parse(body)

    def press(chosen: SimulatedTill, now: Instant) -> None:
        for key in keys:
            # Looked up each time: keys can change option 30.
            access.simulator.press(key, now, chosen.link.address)
            access.events.key_pressed(chosen, key, now)

    return await _change(access, asked, press)


@router.call("GET", "/v1/indicator", answer=IndicatorView, responses=INDICATOR_FILES)
async def get_indicator(access: Access, asked: OfIndicator) -> Response | IndicatorView:
    """The operator's indicator: its text and cells, or a picture of it with lit and unlit segments."""
    indicator = await access.on_line(lambda now: access.till(asked.address).till.indicator)
    if asked.format == "json":
        return indicator_view(indicator)
    return await asyncio.to_thread(indicator_file, indicator)


@router.call("GET", "/v1/tape", answer=TapeView, responses=TAPE_FILES)
async def get_tape(access: Access, asked: OfTape) -> Response:
    """The tape: its entries, text of 24 characters a line, or a picture of the paper, torn off after each document.

    A picture is 464 dots wide, at 8 dots a millimetre, and as long as its tape; `since` keeps it short.
    """
    entries = await access.on_line(lambda now: access.till(asked.address).till.tape.since(asked.since))
    if asked.format == "json":
        return _listed("entries", (tape_entry(n, entry) for n, entry in entries))
    return await asyncio.to_thread(tape_file, asked.format, [entry for _, entry in entries])


@router.call("GET", "/v1/findings", answer=FindingsView)
async def get_findings(access: Access, asked: OfTill) -> Response:
    """What the master does against the document, on the whole line."""
    findings = await _of_line(access, asked, lambda: access.simulator.findings.since())
    return _listed("findings", (finding_entry(n, finding) for n, finding in findings))


@router.call("DELETE", "/v1/findings", status=204)
async def delete_findings(access: Access, asked: OfTill) -> None:
    """Forgets the findings; their numbers go on."""
    await _of_line(access, asked, lambda: access.simulator.findings.clear())


@router.call("GET", "/v1/wire", answer=WireView)
async def get_wire(access: Access, asked: OfWire) -> Response:
    """The packets on the line, both directions, decoded."""
    packets = await _of_line(access, asked, lambda: access.simulator.wire.since(asked.since))
    order = access.simulator.tills[0].settings.datetime_order
    return _listed("packets", (packet_entry(n, seen, order) for n, seen in packets))


@router.call("GET", "/v1/options/{n}")
async def get_option(access: Access, asked: OfOption) -> OptionValue:
    """What an option holds."""
    options = await access.on_line(lambda now: dict(access.till(asked.address).till.options))
    if asked.n not in options:
        raise _unknown_option(asked.n)
    return OptionValue(value=options[asked.n])


@router.call("PUT", "/v1/options/{n}", problems=[409])
async def put_option(access: Access, asked: OfOption, body: OptionValue) -> OptionValue:
    """Sets an option; 29 and 30 act from the next packet."""

    n = asked.n

    def put(now: Instant) -> None:
        chosen = access.till(asked.address)
        if n == 30 and any(other.link.address == body.value for other in access.simulator.tills if other is not chosen):
            raise ProblemError(422, ProblemCode.ADDRESS_TAKEN, address=body.value)
        access.simulator.set_option(n, body.value, now, chosen.link.address)

    try:
        await access.on_line(put)
    except UnknownOption:
        raise _unknown_option(n) from None
    except BadOptionValue:
        raise ProblemError(422, ProblemCode.BAD_OPTION_VALUE, option=n, value=body.value) from None
    except ReceiptOpen:
        raise ProblemError(409, ProblemCode.RECEIPT_OPEN, option=n) from None
    except RequestOpen:
        raise ProblemError(409, ProblemCode.REQUEST_OPEN, option=n) from None
    return body


@router.call("POST", "/v1/power")
async def switch_power(access: Access, asked: OfTill, body: PowerSwitch) -> Snapshot:
    """Switches the mains on or off, at any moment."""
    return await _change(access, asked, lambda chosen, now: access.simulator.power(body.on, now, chosen.link.address))


@router.call("POST", "/v1/paper")
async def put_paper(access: Access, asked: OfTill, body: PaperRoll) -> Snapshot:
    """Puts paper in or lets it run out."""
    return await _change(
        access, asked, lambda chosen, now: access.simulator.paper(body.present, now, chosen.link.address)
    )


@router.call("POST", "/v1/clock")
async def set_clock(access: Access, asked: OfTill, body: ClockChange) -> Snapshot:
    """Sets the till's date, or puts its clock on; timeouts and printing do not notice."""
    date, advance_s = body.now, body.advance_s
    if (date is UNSET) is (advance_s is UNSET):
        raise DoesNotFit(["the body should have exactly one of now and advance_s"])
    sent = None if date is UNSET else _local(date)

    def change(chosen: SimulatedTill, now: Instant) -> None:
        wall = sent
        if wall is None:
            try:
                wall = chosen.till.wall(now) + timedelta(seconds=advance_s or 0)
            except OverflowError:
                raise _too_late() from None
            if wall.year > LAST_YEAR:
                raise _too_late()
        access.simulator.set_clock(wall, now, chosen.link.address)

    return await _change(access, asked, change)


async def _change(access: Access, asked: OfTill, change: Callable[[SimulatedTill, Instant], None]) -> Snapshot:
    """Does something to a till and tells how it is after that."""

    def do(now: Instant) -> Any:
        chosen = access.till(asked.address)
        change(chosen, now)
        return view(chosen, now)

    return snapshot(await access.on_line(do))


async def _of_line(access: Access, asked: OfTill, ask: Callable[[], Any]) -> Any:
    """Asks something of the whole line; the till must be there all the same."""

    def do(now: Instant) -> Any:
        access.till(asked.address)
        return ask()

    return await access.on_line(do)


def _listed(name: str, entries: Iterable[Answer]) -> Response:
    """`{name: entries}`. Made one by one: a single long call into C would keep the line's thread waiting."""
    listed = b",".join(msgspec.json.encode(entry) for entry in entries)
    return Response(b'{"%b":[%b]}' % (name.encode(), listed), media_type="application/json")


def _parse(body: Keys) -> list[Key]:
    try:
        words = [body.keys] if isinstance(body.keys, str) else body.keys
        keys = [key for word in words for key in parse_keys(word)]
    except UnknownKey as unknown:
        names = " ".join(key.value for key in Key)
        latin = " ".join(ALIASES)
        raise ProblemError(422, ProblemCode.UNKNOWN_KEY, key=unknown.word, keys=names, latin=latin) from None
    if len(keys) > MAX_KEYS:
        raise ProblemError(422, ProblemCode.TOO_MANY_KEYS, keys=len(keys), most=MAX_KEYS)
    return keys


def _local(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise DoesNotFit([f'field "now" should {A_DATE}']) from None
    if moment.tzinfo is not None:
        raise DoesNotFit(['field "now" should have no zone: the till knows only its local time'])
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        raise DoesNotFit([f'field "now" should be of the years {years}: the till has no others'])
    return moment


def _unknown_option(n: int) -> ProblemError:
    return ProblemError(404, ProblemCode.NO_SUCH_OPTION, option=n)


def _too_late() -> ProblemError:
    return ProblemError(422, ProblemCode.CLOCK_ENDS, year=LAST_YEAR)

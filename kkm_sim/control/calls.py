"""The calls under /v1, one function each."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool

from kkm_sim.clock import Instant
from kkm_sim.control.access import Access, FromApp
from kkm_sim.control.entries import finding_entry, packet_entry, tape_entry
from kkm_sim.control.files import INDICATOR_FILES, TAPE_FILES, indicator_file, tape_file
from kkm_sim.control.models import (
    LAST_YEAR,
    Answer,
    ClockChange,
    FindingsView,
    IndicatorView,
    Keys,
    OptionValue,
    PaperRoll,
    PowerSwitch,
    Snapshot,
    TapeView,
    WireView,
)
from kkm_sim.control.problems import ProblemError, documented
from kkm_sim.control.snapshot import indicator_view, snapshot, view
from kkm_sim.problems import ProblemCode
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.till.keyboard import ALIASES, Key, UnknownKey, parse_keys
from kkm_sim.till.machine import BadOptionValue, ReceiptOpen, UnknownOption

MAX_KEYS = 1000
"""Keys of one call: they are pressed in one step of the line, which must not stand still for long."""

Till = Annotated[int | None, Query(description="Address of the till; without it the first one on the line.")]
Since = Annotated[int, Query(ge=0, description="Only entries with a greater number.")]

router = APIRouter(prefix="/v1")


@router.get("/till", responses=documented(404, 422))
async def get_till(access: FromApp, till: Till = None) -> Snapshot:
    """The till as it is now."""
    return await _change(access, till, lambda chosen, now: None)


@router.post("/keys", responses=documented(400, 404, 415, 422))
async def press_keys(body: Keys, access: FromApp, till: Till = None) -> Snapshot:
    """Presses keys in order, at one moment. None is pressed when one of them is unknown."""
    keys = _parse(body)

    def press(chosen: SimulatedTill, now: Instant) -> None:
        for key in keys:
            # Looked up each time: keys can change option 30.
            access.simulator.press(key, now, chosen.link.address)
            access.events.key_pressed(chosen, key, now)

    return await _change(access, till, press)


@router.get("/indicator", response_model=IndicatorView, responses={**INDICATOR_FILES, **documented(404, 422)})
async def get_indicator(
    access: FromApp,
    output: Annotated[Literal["json", "svg"], Query(alias="format")] = "json",
    till: Till = None,
) -> Response | IndicatorView:
    """The operator's indicator: its text and cells, or a picture of it with lit and unlit segments."""
    indicator = await access.on_line(lambda now: access.till(till).till.indicator)
    return indicator_view(indicator) if output == "json" else indicator_file(indicator)


@router.get("/tape", response_model=TapeView, responses={**TAPE_FILES, **documented(404, 422)})
async def get_tape(
    access: FromApp,
    output: Annotated[Literal["json", "text", "png", "svg"], Query(alias="format")] = "json",
    since: Since = 0,
    till: Till = None,
) -> Response:
    """The tape: its entries, text of 24 characters a line, or a picture of the paper, torn off after each document.

    A picture is 464 dots wide, at 8 dots a millimetre, and as long as its tape; `since` keeps it short.
    """
    entries = await access.on_line(lambda now: access.till(till).till.tape.since(since))
    if output == "json":
        return _listed("entries", (tape_entry(n, entry) for n, entry in entries))
    return await run_in_threadpool(tape_file, output, [entry for _, entry in entries])


@router.get("/findings", response_model=FindingsView, responses=documented(404, 422))
async def get_findings(access: FromApp, till: Till = None) -> Response:
    """What the master does against the document, on the whole line."""
    findings = await _of_line(access, till, lambda: access.simulator.findings.since())
    return _listed("findings", (finding_entry(n, finding) for n, finding in findings))


@router.delete("/findings", status_code=204, response_class=Response, responses=documented(404, 422))
async def delete_findings(access: FromApp, till: Till = None) -> None:
    """Forgets the findings; their numbers go on."""
    await _of_line(access, till, lambda: access.simulator.findings.clear())


@router.get("/wire", response_model=WireView, responses=documented(404, 422))
async def get_wire(access: FromApp, since: Since = 0, till: Till = None) -> Response:
    """The packets on the line, both directions, decoded."""
    packets = await _of_line(access, till, lambda: access.simulator.wire.since(since))
    order = access.simulator.tills[0].settings.datetime_order
    return _listed("packets", (packet_entry(n, seen, order) for n, seen in packets))


@router.get("/options/{n}", responses=documented(404, 422))
async def get_option(n: int, access: FromApp, till: Till = None) -> OptionValue:
    """What an option holds."""
    options = await access.on_line(lambda now: dict(access.till(till).till.options))
    if n not in options:
        raise _unknown_option(n)
    return OptionValue(value=options[n])


@router.put("/options/{n}", responses=documented(400, 404, 409, 415, 422))
async def put_option(n: int, body: OptionValue, access: FromApp, till: Till = None) -> OptionValue:
    """Sets an option; 29 and 30 act from the next packet."""

    def put(now: Instant) -> None:
        chosen = access.till(till)
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
    return body


@router.post("/power", responses=documented(400, 404, 415, 422))
async def switch_power(body: PowerSwitch, access: FromApp, till: Till = None) -> Snapshot:
    """Switches the mains on or off, at any moment."""
    return await _change(access, till, lambda chosen, now: access.simulator.power(body.on, now, chosen.link.address))


@router.post("/paper", responses=documented(400, 404, 415, 422))
async def put_paper(body: PaperRoll, access: FromApp, till: Till = None) -> Snapshot:
    """Puts paper in or lets it run out."""
    return await _change(
        access, till, lambda chosen, now: access.simulator.paper(body.present, now, chosen.link.address)
    )


@router.post("/clock", responses=documented(400, 404, 415, 422))
async def set_clock(body: ClockChange, access: FromApp, till: Till = None) -> Snapshot:
    """Sets the till's date, or puts its clock on; timeouts and printing do not notice."""

    def change(chosen: SimulatedTill, now: Instant) -> None:
        wall = body.now
        if wall is None:
            try:
                wall = chosen.till.wall(now) + timedelta(seconds=body.advance_s or 0)
            except OverflowError:
                raise _too_late() from None
            if wall.year > LAST_YEAR:
                raise _too_late()
        access.simulator.set_clock(wall, now, chosen.link.address)

    return await _change(access, till, change)


async def _change(access: Access, address: int | None, change: Callable[[SimulatedTill, Instant], None]) -> Snapshot:
    """Does something to a till and tells how it is after that."""

    def do(now: Instant) -> Any:
        chosen = access.till(address)
        change(chosen, now)
        return view(chosen, now)

    return snapshot(await access.on_line(do))


async def _of_line(access: Access, address: int | None, ask: Callable[[], Any]) -> Any:
    """Asks something of the whole line; the till must be there all the same."""

    def do(now: Instant) -> Any:
        access.till(address)
        return ask()

    return await access.on_line(do)


def _listed(name: str, entries: Iterable[Answer]) -> Response:
    """`{name: entries}`. Made one by one: a single long call into pydantic would keep the line's thread waiting."""
    listed = ",".join(entry.model_dump_json() for entry in entries)
    return Response(f'{{"{name}":[{listed}]}}', media_type="application/json")


def _parse(body: Keys) -> list[Key]:
    try:
        keys = [key for words in body.keys for key in parse_keys(words)]
    except UnknownKey as unknown:
        names = " ".join(key.value for key in Key)
        latin = " ".join(ALIASES)
        raise ProblemError(422, ProblemCode.UNKNOWN_KEY, key=unknown.word, keys=names, latin=latin) from None
    if len(keys) > MAX_KEYS:
        raise ProblemError(422, ProblemCode.TOO_MANY_KEYS, keys=len(keys), most=MAX_KEYS)
    return keys


def _unknown_option(n: int) -> ProblemError:
    return ProblemError(404, ProblemCode.NO_SUCH_OPTION, option=n)


def _too_late() -> ProblemError:
    return ProblemError(422, ProblemCode.CLOCK_ENDS, year=LAST_YEAR)

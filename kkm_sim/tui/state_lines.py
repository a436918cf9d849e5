"""The till's state in lines: its name, what RDY would hear, the flags of PING, the receipt so far."""

from kkm_sim.availability import Availability
from kkm_sim.control.models import OperationView, ReceiptView, Snapshot
from kkm_sim.till.amounts import PIECE, pieces, roubles
from kkm_sim.till.chart import AVAILABILITY, TillState
from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.packet_sentences import meaning_of


def availability(snapshot: Snapshot) -> Availability:
    """What the till lets its link say, as far as a snapshot tells."""
    by_state = AVAILABILITY[TillState(snapshot.state)]
    return Availability.BUSY if by_state is Availability.READY and snapshot.printing else by_state


def headline(snapshot: Snapshot, words: Words) -> str:
    """The state and what RDY would hear, in one line."""
    state = words.states[snapshot.state]
    return f"{state} · {words.rdy}: {words.rdy_hears[availability(snapshot).value]}"


def flags(snapshot: Snapshot) -> tuple[bool, bool, bool, bool]:
    """Bits 0 to 3 of PING's mode flags (document: «5. PING»)."""
    operations = snapshot.receipt.operations if snapshot.receipt else []
    return (
        snapshot.state not in ("off", "menu"),
        snapshot.options.get("27") == 1,
        any(operation.code_type is not None for operation in operations),
        snapshot.request,
    )


def state_lines(snapshot: Snapshot, words: Words, width: int) -> list[str]:
    """Everything about the till but its indicator and its tape; the newest operations last."""
    marks = "  ".join(
        f"{'●' if is_set else '○'} {name}" for is_set, name in zip(flags(snapshot), words.flags, strict=True)
    )
    options = " ".join(f"{n}={value}" for n, value in snapshot.options.items())
    lines = [words.states[snapshot.state]]
    if snapshot.error is not None:
        text = meaning_of(snapshot.error.code, words)
        lines.append(words.error.format(code=snapshot.error.code, text=text))
    lines += [
        f"{words.rdy}: {words.rdy_hears[availability(snapshot).value]}",
        *_folded(f"{words.ping_flags}:  {marks}", width),
        f"{words.shift.format(shift=snapshot.shift, address=snapshot.address)}, {_drawer(snapshot, words)}",
        f"{words.options.format(options=options)}, {snapshot.clock.replace('T', ' ')}",
    ]
    if snapshot.receipt is None:
        return [*lines, words.no_receipt]
    return [*lines, *_receipt(snapshot.receipt, words, width)]


def _drawer(snapshot: Snapshot, words: Words) -> str:
    drawer = words.drawer.format(cash=roubles(snapshot.cash))
    return drawer if snapshot.paper else f"{drawer} · {words.no_paper}"


def _receipt(receipt: ReceiptView, words: Words, width: int) -> list[str]:
    lines = [words.receipt_kinds[receipt.kind].format(number=receipt.number)]
    lines += [_row(_named(operation, words), roubles(operation.sum), width) for operation in receipt.operations]
    for name, amount in ((words.discounts, receipt.discounts), (words.markups, receipt.markups)):
        if amount:
            lines.append(_row(name, roubles(amount), width))
    return [*lines, _row(words.total, roubles(receipt.total), width)]


def _named(operation: OperationView, words: Words) -> str:
    kind = words.kinds[operation.kind]
    much = "" if operation.quantity == PIECE else f" {pieces(operation.quantity)} × {roubles(operation.price)}"
    code = "" if operation.code_type is None else f" [{words.code_types[operation.code_type]}]"
    struck = f", {words.annulled}" if operation.annulled else ""
    return f"{operation.number} {kind}{operation.name or 'ТОВАР'}{code}{much}{struck}"


def _row(name: str, amount: str, width: int) -> str:
    room = max(width - len(amount) - 1, 1)
    return f"{name[:room].ljust(room)} {amount}"


def _folded(text: str, width: int) -> list[str]:
    """The words of a line, two blanks between, on as many lines as it takes."""
    lines = [""]
    for part in text.split("  "):
        longer = f"{lines[-1]}  {part}" if lines[-1] else part
        if len(longer) > width and lines[-1]:
            lines.append(part)
        else:
            lines[-1] = longer
    return lines

from textual.pilot import Pilot

from kkm_sim.tui.catalogue import RUSSIAN
from kkm_sim.tui.widgets.tape import Tape
from tests.render.matrix import decode_qr, modules_of
from tests.tui.support import LINK, a_receipt, picture, settled, text
from tests.tui.widgets.screens import alone, rows_of


def test_a_qr_code_is_read_off_the_tape() -> None:
    tape = Tape(RUSSIAN)

    async def look(pilot: Pilot[None]) -> None:
        tape.show([picture(1)])
        await settled(pilot)
        rows = [row.ljust(60) for row in rows_of(tape)[:25]]
        assert decode_qr(modules_of(rows)) == LINK
        (segment, *_) = tape.render_line(3)
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.bgcolor is not None
        assert segment.style.color.get_truecolor() == (0, 0, 0)
        assert segment.style.bgcolor.get_truecolor() == (255, 255, 255)

    alone(tape, look, size=(60, 40))


def test_it_is_drawn_anew_for_another_width() -> None:
    tape = Tape(RUSSIAN)

    async def look(pilot: Pilot[None]) -> None:
        tape.show(a_receipt())
        await pilot.resize_terminal(30, 30)
        await settled(pilot)
        assert any("[QR 41×41: Q]" in row for row in rows_of(tape))

    alone(tape, look, size=(60, 40))


def test_another_tills_tape_with_the_same_numbers() -> None:
    tape = Tape(RUSSIAN)

    async def look(pilot: Pilot[None]) -> None:
        tape.show([text(1, "ИТОГ")])
        tape.show([text(1, "СДАЧА")])
        await settled(pilot)
        assert [row.strip() for row in rows_of(tape) if row] == ["СДАЧА"]

    alone(tape, look)


def test_a_new_line_is_shown() -> None:
    tape = Tape(RUSSIAN)
    entries = [text(1, "ИТОГ")]

    async def look(pilot: Pilot[None]) -> None:
        tape.show(entries)
        entries.append(text(2, "СДАЧА"))
        tape.show(entries)
        await settled(pilot)
        assert [row.strip() for row in rows_of(tape) if row] == ["ИТОГ", "СДАЧА"]

    alone(tape, look)

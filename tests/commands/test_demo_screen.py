import os
import signal
from pathlib import Path

from kkm_sim.tui.demo.bottles import bottle
from tests.commands.program import is_alive, posix
from tests.commands.terminal import Terminal, needs_tmux, picture_on
from tests.processes import children_of, needs_proc
from tests.render.matrix import decode_qr, modules_of
from tests.waiting import eventually


def children(pid: int) -> dict[str, int]:
    """The processes that a demo has started: `run` and `smartbox`, by their commands."""
    return {child.words.partition("kkm_sim ")[2].split()[0]: child.pid for child in children_of(pid)}


@posix
@needs_tmux
def test_every_flow_of_the_document_by_hand(tmp_path: Path, terminals: list[Terminal]) -> None:
    terminal = Terminal(f"kkm-demo-{os.getpid()}", "demo", "--pace", "off", size=(120, 40))
    terminals.append(terminal)
    terminal.waits_for("касса отвечает")
    terminal.press("?")
    terminal.waits_for("1/10 Бутылка: E (У)")
    terminal.press("e")
    terminal.waits_for("1/10 Бутылка: D (В)")
    terminal.press("в")
    terminal.waits_for("1/10 Бутылка: цена")
    terminal.press(*"350.90p")
    terminal.waits_for("1/10 Бутылка: 5 0 0")
    terminal.press(*"500", "Enter")
    terminal.waits_for("2/10 Её код")
    told = " ".join(terminal.screen().split())
    assert "чек 1 завершён" in told
    terminal.press("q")
    assert decode_qr(modules_of(eventually(lambda: picture_on(terminal.screen(), 120)))).startswith(
        "http://check.egais.ru?id="
    )

    terminal.press("x")
    terminal.waits_for("3/10 Отказ: U (Г)")
    terminal.press("u")
    terminal.waits_for("УТМ отказывает")
    terminal.press("e", "d")
    terminal.waits_for("3/10 Отказ: цена")
    terminal.press(*"100p")
    terminal.waits_for("чек 2")
    terminal.press("Enter")
    terminal.waits_for("ОtКАЗАНО")
    terminal.press("u", "u")
    terminal.waits_for("4/10 Медленный УТМ: Enter")
    terminal.press("Enter")
    terminal.waits_for("чек 2 у УТМ, 5 с")
    terminal.waits_for("5/10 Аннулирование")

    terminal.press("u", "e", "d")
    terminal.waits_for("5/10 Аннулирование: цена")
    terminal.press(*"100p")
    terminal.waits_for("5/10 Аннулирование: A (АН)")
    terminal.press("a")
    terminal.waits_for("5/10 Аннулирование: P (ПИ)")
    terminal.press("p")
    terminal.waits_for("5/10 Аннулирование: R (К)")
    terminal.press("r")
    terminal.waits_for("6/10 Весь чек: A (АН)")
    terminal.press("a")
    terminal.waits_for("6/10 Весь чек: Enter")
    terminal.press("Enter")
    terminal.waits_for("7/10 Пиво: L (Д)")
    terminal.press("l")
    terminal.waits_for("7/10 Пиво: цена")
    terminal.press(*"99p", "Enter")
    terminal.waits_for("8/10 Без кабеля: W (Ц)")
    terminal.press("w")
    terminal.waits_for("9/10 Снова с кабелем: W (Ц)")
    terminal.press("w")
    terminal.waits_for("10/10 Конец")

    # What the tour leaves to the guest: a return, the same bottle twice, a receipt that the SmartBox annuls.
    terminal.press("v")
    terminal.waits_for("начат возврат")
    terminal.press("e", "d")
    terminal.waits_for("● запрос открыт")
    terminal.press(*"100p")
    terminal.waits_for("возвращено")
    terminal.press("Enter")
    terminal.waits_for("чек 5 завершён")
    terminal.press("e", "d")
    terminal.waits_for("● запрос открыт")
    terminal.press(*"100p")
    terminal.waits_for("чек 6, операция 1")
    terminal.press("r")
    terminal.waits_for("Err Alco")
    terminal.press("y")
    terminal.waits_for("АННУЛИРОВА")
    terminal.press("C-c")
    assert "Traceback" not in terminal.waits_for("LEFT WITH 0")


@needs_proc
@needs_tmux
def test_nothing_outlives_its_terminal_and_a_dead_smartbox_is_replaced(terminals: list[Terminal]) -> None:
    terminal = Terminal(f"kkm-demo-b-{os.getpid()}", "demo", "--pace", "off")
    terminals.append(terminal)
    terminal.waits_for("касса отвечает")
    (demo,) = [pid for pid in terminal.processes() if children(pid).keys() == {"run", "smartbox"}]
    first = children(demo)["smartbox"]
    os.kill(first, signal.SIGKILL)
    terminal.waits_for("SmartBox завершился")
    eventually(lambda: children(demo).get("smartbox", first) != first)
    terminal.press("e")
    terminal.waits_for(bottle(1).ean)
    processes = children(demo)
    terminal.close()
    eventually(lambda: not any(map(is_alive, processes.values())))

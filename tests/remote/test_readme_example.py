"""README's program for a till far away, as it stands there, at a server as README starts it."""

import re
import subprocess
import sys

from kkm_sim.till.chart import TillState
from tests.commands.program import ROOT, posix
from tests.remote.computers import Computer
from tests.remote.far_till import far_till
from tests.waiting import PATIENCE_S

README = (ROOT / "README.md").read_text(encoding="utf-8")


@posix
def test_it_sells_a_bottle() -> None:
    (text,) = (block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "connect(" in block)
    assert text.count('"localhost"') == 1
    with far_till(Computer()) as till:
        program = subprocess.Popen(
            [sys.executable, "-c", text.replace('"localhost"', f'"{till.address}"')],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        with program:
            try:
                till.waits_for_state(TillState.REQUEST)
                till.press("1 5 0 ПИ")
                till.waits_for_state(TillState.OPEN)
                till.press("ИТ")
                said, _ = program.communicate(timeout=PATIENCE_S)
            finally:
                program.kill()
        assert (said, program.returncode) == ("1234567\n15000\n", 0)
        till.waits_for_state(TillState.IDLE)
        assert till.qr == "http://check.egais.ru?id=1"
        assert till.findings == []

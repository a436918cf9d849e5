import pytest

from kkm_sim.tui.catalogue import ENGLISH, RUSSIAN, Words
from kkm_sim.tui.keymap import with_cyrillic
from kkm_sim.tui.widgets.help import help_text


@pytest.mark.parametrize("words", [ENGLISH, RUSSIAN], ids=["en", "ru"])
def test_the_map_tells_every_key_and_has_room_on_80x24(words: Words) -> None:
    lines = help_text(words).splitlines()
    assert len(lines) <= 22
    assert max(map(len, lines)) <= 76
    for key, does in words.key_does.items():
        assert any(line.startswith(key.value) and line.endswith(does) for line in lines)
    for command, does in words.command_does.items():
        assert any(with_cyrillic(command.host.shown) in line and does in line for line in lines), command

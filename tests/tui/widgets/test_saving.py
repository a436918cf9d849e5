import re
from pathlib import Path

import pytest
from textual.events import Key as HostKey
from textual.widgets import Input

from tests.tui.conftest import LooksLike
from tests.tui.support import Screen, caught_up, look_at, settled

LARGE = (120, 40)


@pytest.mark.parametrize(("name", "form"), [("tape.png", "png"), ("лента.svg", "svg"), ("a b.txt", "text")])
def test_the_tape_is_saved_as_its_name_says(name: str, form: str, tmp_path: Path) -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        await screen.press("t")
        field = screen.face.screen.query_one(Input)
        assert re.fullmatch(r"kkm-tape-\d{8}-\d{6}\.png", field.value)
        field.value = str(tmp_path / name)
        await screen.press("enter")
        await screen.shows("Лента сохранена")
        assert (tmp_path / name).read_bytes() == form.encode()
        assert screen.told.keys == []

    look_at(look, size=LARGE)


def test_where_it_asks(looks_like: LooksLike) -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        await screen.press("t")
        screen.face.screen.query_one(Input).value = "tape.gif"
        looks_like("save-80x24", await screen.press("enter"))

    look_at(look)


def test_a_tape_that_is_not_to_be_saved() -> None:
    async def look(screen: Screen) -> None:
        before = await screen.tell(caught_up())
        await screen.press("е")
        assert await screen.press("escape") == before
        assert (screen.told.saved, screen.told.keys) == ([], [])

    look_at(look)


def test_a_name_that_cannot_be_saved_under_is_told_and_kept_to_be_mended(tmp_path: Path) -> None:
    (tmp_path / "tape.png").write_bytes(b"before")

    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        await screen.press("t")
        field = screen.face.screen.query_one(Input)
        for name, problem in (
            ("tape.png", "уже есть"),
            ("tape.gif", "Имя должно кончаться на одно из .png .svg .txt"),
            ("nowhere/tape.png", "Папки"),
            ("x" * 300 + ".png", "не сохраняется: слишком длинное имя"),
        ):
            field.value = str(tmp_path / name)
            assert problem in await screen.press("enter")
            assert field.value == str(tmp_path / name)

    look_at(look, size=LARGE)
    assert list(tmp_path.iterdir()) == [tmp_path / "tape.png"]
    assert (tmp_path / "tape.png").read_bytes() == b"before"


def test_a_tape_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        screen.told.refusal = "касса молчит"
        await screen.press("t")
        screen.face.screen.query_one(Input).value = str(tmp_path / "tape.svg")
        assert "не сохраняется: касса молчит" in " ".join((await screen.press("enter")).split())
        assert not (tmp_path / "tape.svg").exists()

    look_at(look, size=LARGE)


def test_a_home_that_nobody_has() -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        await screen.press("t")
        screen.face.screen.query_one(Input).value = "~nobody-of-that-name/tape.png"
        assert "не сохраняется: такого пользователя нет" in await screen.press("enter")

    look_at(look, size=LARGE)


@pytest.mark.parametrize("key", ["enter", "escape"])
def test_keys_that_come_quickly_leave_once(key: str, tmp_path: Path) -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        await screen.press("t")
        screen.face.screen.query_one(Input).value = str(tmp_path / "tape.PNG")
        for _ in range(3):
            screen.face.post_message(HostKey(key, None))
        await settled(screen.pilot)
        await screen.text()
        assert len(screen.face.screen_stack) == 1
        assert screen.told.saved == ["png"] * (key == "enter")

    look_at(look, size=LARGE)

"""Frame numbers: every convention, the wrap, and how `auto` finds the peer's (document: «Пакеты с данными»)."""

import pytest

from kkm_sim.link.numbers import FrameNumbers, following
from kkm_sim.settings import FrameNumbering


def sent(numbers: FrameNumbers, count: int) -> list[int]:
    """The numbers of so many frames, each acknowledged."""
    used = []
    for _ in range(count):
        used.append(numbers.use())
        numbers.acknowledged()
    return used


def test_7_is_followed_by_1() -> None:
    assert [following(number) for number in range(1, 8)] == [2, 3, 4, 5, 6, 7, 1]


@pytest.mark.parametrize(("convention", "sends", "expects"), [("from-1", 1, 1), ("from-2", 2, 2), ("literal", 2, 1)])
def test_each_convention_begins_where_it_says(convention: FrameNumbering, sends: int, expects: int) -> None:
    numbers = FrameNumbers(convention)
    assert numbers.use() == sends
    assert not numbers.take(3 - expects)
    assert numbers.take(expects)
    master = FrameNumbers(convention, master=True)
    assert master.use() == expects
    assert not master.take(3 - sends)
    assert master.take(sends)


@pytest.mark.parametrize("convention", ["from-1", "from-2", "literal", "auto"])
def test_after_7_comes_1_and_never_0(convention: FrameNumbering) -> None:
    numbers = FrameNumbers(convention)
    used = sent(numbers, 14)
    assert used[:7] == used[7:]
    assert sorted(used[:7]) == [1, 2, 3, 4, 5, 6, 7]
    for number in [following(numbers.expected + n - 1) for n in range(14)]:
        assert not numbers.take(0)
        assert numbers.take(number)


def test_a_repeat_has_the_same_number_and_a_repeated_frame_is_refused() -> None:
    numbers = FrameNumbers("from-1")
    assert [numbers.use(), numbers.use()] == [1, 1]
    assert numbers.take(1)
    assert not numbers.take(1)
    assert numbers.expected == 2


@pytest.mark.parametrize("convention", ["from-1", "from-2", "literal"])
def test_reset_begins_again(convention: FrameNumbering) -> None:
    numbers = FrameNumbers(convention)
    first, expected = numbers.use(), numbers.expected
    sent(numbers, 3)
    numbers.take(expected)
    numbers.reset()
    assert (numbers.use(), numbers.expected) == (first, expected)


def test_a_fixed_convention_does_not_give_way() -> None:
    numbers = FrameNumbers("from-2")
    assert numbers.use() == 2
    numbers.refused()
    numbers.reset()
    assert numbers.use() == 2


@pytest.mark.parametrize("first", [1, 2])
def test_auto_takes_1_or_2_first_and_goes_on_from_there(first: int) -> None:
    numbers = FrameNumbers("auto")
    assert not numbers.take(0)
    assert not numbers.take(3)
    assert numbers.take(first)
    assert not numbers.take(first)
    assert numbers.take(first + 1)


def test_auto_takes_1_or_2_again_after_a_reset() -> None:
    numbers = FrameNumbers("auto")
    assert numbers.take(1)
    numbers.reset()
    assert numbers.take(2)


def test_auto_sends_from_2_unless_the_peer_showed_otherwise() -> None:
    assert FrameNumbers("auto").use() == 2
    for first in (1, 2):
        numbers = FrameNumbers("auto")
        assert numbers.take(first)
        assert numbers.use() == first


def test_auto_does_not_follow_the_peer_once_its_own_number_worked() -> None:
    numbers = FrameNumbers("auto")
    assert sent(numbers, 1) == [2]
    numbers.reset()
    assert numbers.take(1)
    assert numbers.use() == 2


def test_auto_treats_each_direction_apart() -> None:
    numbers = FrameNumbers("auto")
    assert numbers.use() == 2
    assert numbers.take(1)
    assert numbers.use() == 2


@pytest.mark.parametrize("taken", [None, 1, 2])
def test_a_first_frame_answered_rej_goes_under_the_other_number(taken: int | None) -> None:
    numbers = FrameNumbers("auto")
    if taken:
        numbers.take(taken)
    first = numbers.use()
    numbers.refused()
    numbers.reset()
    assert numbers.use() == 3 - first
    numbers.acknowledged()
    numbers.reset()
    assert numbers.use() == 3 - first


def test_a_first_frame_answered_syn_goes_under_the_other_number() -> None:
    numbers = FrameNumbers("auto")
    assert numbers.use() == 2
    numbers.reset()
    assert numbers.use() == 1
    numbers.reset()
    assert numbers.use() == 2


def test_a_first_frame_that_power_cut_off_keeps_its_number() -> None:
    numbers = FrameNumbers("auto")
    assert numbers.use() == 2
    numbers.reset(answered=False)
    assert numbers.use() == 2


def test_a_later_frame_answered_rej_does_not_change_the_first_number() -> None:
    numbers = FrameNumbers("auto")
    assert sent(numbers, 1) == [2]
    assert numbers.use() == 3
    numbers.refused()
    numbers.reset()
    assert numbers.use() == 2


def test_a_reset_with_nothing_sent_changes_nothing() -> None:
    numbers = FrameNumbers("auto")
    numbers.reset()
    numbers.reset()
    assert numbers.use() == 2

"""Where something stands, as editors take it."""

from kkm_sim.scenario.format.position import Position


def test_it_is_told_as_editors_take_it() -> None:
    assert str(Position("a.kkm.yaml", 3, 5, "- keys: 1")) == "a.kkm.yaml:3:5"

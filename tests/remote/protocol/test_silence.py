import json

from kkm_sim.remote.protocol.silence import Silence


def test_a_reason_is_a_word_for_programs() -> None:
    assert json.dumps([*Silence]) == '["port_gone", "not_there", "silent", "forgotten"]'

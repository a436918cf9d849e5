from kkm_sim.messages.records import DonePacket, SaleAnswer
from kkm_sim.remote.master.master_news import Answered, Declined, Told, Unanswered, at_a_line, owed_to_next
from kkm_sim.remote.protocol.silence import Silence


def test_what_the_next_holder_must_hear() -> None:
    sold = SaleAnswer()
    assert owed_to_next(Answered(1, sold)) == Told(sold)
    assert owed_to_next(Told(DonePacket())) == Told(DonePacket())
    assert owed_to_next(Declined(1, 27)) is None
    assert owed_to_next(Unanswered(1, Silence.SILENT)) is None


def test_a_line_that_is_not_there_is_why_the_till_is_not() -> None:
    for gone, why in ((True, Silence.PORT_GONE), (False, Silence.NOT_THERE)):
        assert at_a_line(gone, Unanswered(1, Silence.NOT_THERE)) == Unanswered(1, why)
    for news in (Unanswered(1, Silence.SILENT), Declined(1, 27)):
        assert at_a_line(True, news) == news

"""The menu: reports, options and the password of the cash mode (till, sections 2 and 3)."""

from collections.abc import Mapping
from enum import Enum

from kkm_sim.messages.codes import ResultCode
from kkm_sim.settings import OPTIONS
from kkm_sim.till.indicator import Indicator, show
from kkm_sim.till.keyboard import Key
from kkm_sim.till.refusal import NotTaken, Refusal
from kkm_sim.value import Value

PASSWORD = "100000"


class Place(Enum):
    """Where in the menu the operator is."""

    CASH = "?"
    PASSWORD = "П?"
    X_REPORT = "ОБГ----"
    Z_REPORT = "ОСГ----"
    OPTIONS = "ПРОГ"
    OPTION_NUMBER = "number"
    OPTION_VALUE = "value"


class Choice(Enum):
    """What the operator has chosen to be done."""

    CASH_MODE = "cash mode"
    X_REPORT = "X report"
    Z_REPORT = "Z report"


class OptionChosen(Value):
    """A new value for an option; the menu has checked both."""

    number: int
    value: int


NEXT_BY_MODE = {
    Place.CASH: Place.X_REPORT,
    Place.X_REPORT: Place.Z_REPORT,
    Place.Z_REPORT: Place.OPTIONS,
    Place.OPTIONS: Place.CASH,
    Place.PASSWORD: Place.CASH,
    Place.OPTION_NUMBER: Place.OPTIONS,
    Place.OPTION_VALUE: Place.OPTIONS,
}
NEXT_BY_TOTAL = {Place.CASH: Place.PASSWORD, Place.OPTIONS: Place.OPTION_NUMBER}
REPORTS = {Place.X_REPORT: Choice.X_REPORT, Place.Z_REPORT: Choice.Z_REPORT}
TYPED_AT_MOST = {Place.PASSWORD: len(PASSWORD), Place.OPTION_NUMBER: 2, Place.OPTION_VALUE: 2}


class Menu:
    """The menu as the operator walks it [D-49]. `options` are the till's, read when a value is shown."""

    def __init__(self, options: Mapping[int, int]) -> None:
        self._options = options
        self._option = 0
        self._typed = ""
        self.place = Place.CASH

    @property
    def indicator(self) -> Indicator:
        match self.place:
            case Place.PASSWORD:
                return show(self.place.value + self._typed.ljust(len(PASSWORD), "_"))
            case Place.OPTION_NUMBER:
                return show(right=self._typed)
            case Place.OPTION_VALUE:
                return show(right=self._typed or str(self._options[self._option]))
            case _:
                return show(self.place.value)

    def press(self, key: Key) -> Choice | OptionChosen | None:
        """Takes a key; returns what is to be done. Raises Refusal."""
        if key.is_number:
            return self._type(key)
        if key is Key.TOTAL:
            return self._confirm()
        if key is Key.MODE:
            self._go(NEXT_BY_MODE[self.place])
        elif key is Key.CLEAR:
            self._clear()
        else:
            raise Refusal
        return None

    def _go(self, place: Place) -> None:
        self.place = place
        self._typed = ""

    def _type(self, key: Key) -> Choice | None:
        if key is Key.POINT:
            raise NotTaken
        if self.place is Place.CASH:
            self._go(Place.PASSWORD)  # the first digit asks for the password by itself
        if self.place not in TYPED_AT_MOST:
            raise Refusal
        typed = self._typed + key.value
        if len(typed) > TYPED_AT_MOST[self.place]:
            raise NotTaken
        self._typed = typed
        if self.place is not Place.PASSWORD or len(typed) < len(PASSWORD):
            return None
        self._go(Place.CASH)
        if typed != PASSWORD:
            raise Refusal(ResultCode.WRONG_PASSWORD)
        return Choice.CASH_MODE

    def _clear(self) -> None:
        if self._typed and self.place is not Place.PASSWORD:
            self._typed = ""
        elif self.place in TYPED_AT_MOST:
            self._go(NEXT_BY_MODE[self.place])

    def _confirm(self) -> Choice | OptionChosen | None:
        if self.place in REPORTS:
            return REPORTS[self.place]
        if self.place in NEXT_BY_TOTAL:
            self._go(NEXT_BY_TOTAL[self.place])
            return None
        typed, self._typed = self._typed, ""
        if self.place is Place.OPTION_NUMBER and typed and int(typed) in OPTIONS:
            self._option = int(typed)
            self._go(Place.OPTION_VALUE)
            return None
        if self.place is not Place.OPTION_VALUE:
            raise Refusal
        if typed and int(typed) not in OPTIONS[self._option]:
            raise Refusal(ResultCode.BAD_FORMAT)
        self._go(Place.OPTION_NUMBER)
        return OptionChosen(self._option, int(typed)) if typed else None

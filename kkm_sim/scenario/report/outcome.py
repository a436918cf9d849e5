"""What came of a scenario, for reports of every kind: the terminal, JUnit, pytest, `--update`."""

from dataclasses import dataclass, field

from kkm_sim.scenario.format.position import Position


@dataclass(frozen=True, slots=True)
class Failure:
    """The step that failed.

    `path`: the steps around it, outermost first: `round 3 of 500`, `include sell.steps.yaml`. `packets`: the last on
    the line, decoded, a line each.
    """

    at: Position
    number: str
    verb: str
    expected: str
    seen: str
    path: tuple[str, ...] = ()
    packets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """What `--update` writes: the value of a step's verb as it was seen, plain data for YAML."""

    at: Position
    verb: str
    value: object


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario, played. `time`: how long it took on the till's clock, ns."""

    file: str
    title: str
    steps: int
    time: int
    failure: Failure | None = None
    findings: int = 0
    receipts: int = 0
    updates: tuple[Update, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether every step did what it should."""
        return self.failure is None


class StepFailed(Exception):
    """A step did not come about; carries the failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.at}: {failure.expected}; {failure.seen}")
        self.failure = failure

"""A scenario's file: what is set up, who the master is, and the steps; a file of steps for others to include."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StrictBool

from kkm_sim.scenario.format.field_types import FreeText, Name, Value
from kkm_sim.scenario.format.fields import Moment
from kkm_sim.scenario.format.steps import AnyStep

MasterKind = Literal["smartbox", "wire", "outside"]


class SmartBoxSetup(BaseModel):
    """The reference SmartBox's own ways."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    beer: list[FreeText] = Field(default=[], description="EANs that are beer")
    qr_level: Literal["L", "M", "Q", "H"] = "M"


class Fragment(BaseModel):
    """A file `*.steps.yaml`: steps for others to include, with defaults for its variables."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    variables: dict[Name, Value] = {}
    steps: list[AnyStep] = Field(min_length=1)


class Scenario(BaseModel):
    """A file `*.kkm.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: FreeText = Field(min_length=1, description="what it shows, in a sentence")
    about: FreeText = Field(default="", description="more about it: the place in the document")
    master: MasterKind = Field(default="smartbox", description="who is at the other end of the line")
    settings: dict[str, Any] = Field(default={}, description="settings of the till that are not the default")
    tills: list[dict[str, Any]] = Field(default=[], description="several tills: the settings of each, over `settings`")
    start: Literal["cash", "menu", "off"] = "cash"
    clock: Moment = datetime(2016, 7, 1, 12, 0, 0)
    paced: StrictBool = Field(default=True, description="bytes take their time and gaps are kept")
    smartbox: SmartBoxSetup = Field(default_factory=SmartBoxSetup)
    variables: dict[Name, Value] = {}
    steps: list[AnyStep] = Field(min_length=1)

    _file: str = PrivateAttr(default="")

    @property
    def file(self) -> str:
        """Where it was read from; the loader knows."""
        return self._file

    def read_from(self, file: str) -> None:
        """Tells where it was read from."""
        self._file = file

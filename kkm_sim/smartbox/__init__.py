"""The reference SmartBox: basket, scans, prompts, duplicate PDF codes, and a stand-in for the UTM."""

from kkm_sim.smartbox.events import SmartBoxEvent
from kkm_sim.smartbox.smartbox import SmartBox
from kkm_sim.smartbox.utm import Utm

__all__ = ["SmartBox", "SmartBoxEvent", "Utm"]

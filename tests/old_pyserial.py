"""What pyserial 3.5 does that Python has deprecated since: its RFC 2217 client names its thread the old way
(pyserial #734)."""

import pytest

old_pyserial = pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\) is deprecated:DeprecationWarning")

"""For all tests. Hypothesis: no deadline on slow machines, and the same examples on every CI run."""

import os

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """`-n auto`: two more than there are cores, for so many tests wait for other processes."""
    return (os.cpu_count() or 1) + 2

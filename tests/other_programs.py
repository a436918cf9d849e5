"""Programs of others that some tests need: those tests are skipped without them, or fail where they must be there."""

import os
import shutil
from typing import NoReturn

import pytest


def without(program: str, why: str) -> NoReturn:
    """Skips the test, or fails it where KKM_SIM_NEED_<PROGRAM>=1 says that it is there: nobody reads of skips."""
    needed = f"KKM_SIM_NEED_{program.upper()}"
    if os.environ.get(needed) == "1":
        pytest.fail(f"{needed}=1, and {why}", pytrace=False)
    pytest.skip(why)


def found(program: str) -> str:
    """Where it is; does without the test where there is none."""
    path = shutil.which(program)
    if path is None:
        without(program, f"no {program} on the PATH")
    return path

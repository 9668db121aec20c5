"""Annotated types and shapes checked at run time, Hypothesis profiles, and NumPy errors raised (underflow excepted)."""

import os

import numpy as np
import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

install_import_hook(["models", "theorems"], "typecheck.checked")
settings.register_profile("dev", max_examples=25, deadline=None, database=None)
settings.register_profile("ci", max_examples=25, deadline=None, database=None, derandomize=True)
settings.register_profile("deep", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def _numpy_errors_raised():
    with np.errstate(all="raise", under="ignore"):
        yield

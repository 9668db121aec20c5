"""The handwritten digits that scikit-learn brings along: 1797 images of 8 by 8 pixels, ten classes."""

from functools import cache

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from models.data import unit


@cache
def unit_digits() -> tuple[Float[ndarray, "1797 64"], Int[ndarray, " 1797"]]:
    """Images as unit vectors after the mean image was taken away, and the digits that they show."""
    from sklearn.datasets import load_digits  # takes a second to import, which only this data should cost

    images, labels = load_digits(return_X_y=True)
    images = np.asarray(images, dtype=np.float64)
    return unit(images - images.mean(axis=0)), np.asarray(labels, dtype=np.int64)

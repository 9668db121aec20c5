"""The three drivers answer alike, and a tape repeats what was recorded."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import find, settings
from hypothesis import strategies as st
from numpy.random import default_rng

from theorems.checker.draws import Draws, Recorder, Seeded, Tape
from theorems.checker.shrink import Drawn

REQUESTS: dict[str, Callable[[Draws], np.ndarray]] = {
    "normal": lambda draws: draws.normal(2, 3),
    "one normal": lambda draws: draws.normal(),
    "no normal": lambda draws: draws.normal(0),
    "uniform": lambda draws: draws.uniform(-1.0, 3.0, 2),
    "uniform on a point": lambda draws: draws.uniform(2.0, 2.0, 2),
    "integers": lambda draws: draws.integers(-2, 3, 4),
    "positive integers": lambda draws: draws.integers(5, 9, 4),
    "signs": lambda draws: draws.signs(3),
    "permutation": lambda draws: draws.permutation(4),
}
RANGES = {"uniform": (-1.0, 3.0), "uniform on a point": (2.0, 2.0), "integers": (-2, 3), "positive integers": (5, 9), "signs": (-1, 1)}


def seeded(request: Callable, trials: int = 200) -> np.ndarray:
    return request(Seeded(default_rng(0), trials))


def taped(request: Callable, trials: int = 200) -> np.ndarray:
    return request(Tape(default_rng(0).normal(0.0, 3.0, (trials, 12))))


def shrunk(request: Callable) -> np.ndarray:
    """The simplest answer of Hypothesis."""
    answered = st.composite(lambda draw: request(Drawn(draw)))()
    return find(answered, lambda _: True, settings=settings(database=None, derandomize=True))


@pytest.mark.parametrize("kind", REQUESTS)
def test_the_drivers_answer_with_one_shape_and_type(kind):
    by_seed, by_tape, by_hypothesis = seeded(REQUESTS[kind], 1), taped(REQUESTS[kind], 1), shrunk(REQUESTS[kind])
    shapes, types = ({getattr(a, name) for a in (by_seed, by_tape, by_hypothesis)} for name in ("shape", "dtype"))
    assert len(shapes) == 1, f"{kind}: the drivers answer with the shapes {shapes}"
    assert len(types) == 1, f"{kind}: the drivers answer with the types {types}"


@pytest.mark.parametrize("kind", RANGES)
@pytest.mark.parametrize("driver", [seeded, taped, shrunk])
def test_answers_lie_in_the_range_asked_for(driver, kind):
    answer, (low, high) = driver(REQUESTS[kind]), RANGES[kind]
    assert answer.min() >= low, f"{driver.__name__} answers {kind} with {answer.min()}, below {low}"
    assert answer.max() <= high, f"{driver.__name__} answers {kind} with {answer.max()}, above {high}"


@pytest.mark.parametrize("kind", ["integers", "positive integers", "signs"])
@pytest.mark.parametrize("driver", [seeded, taped])
def test_integers_reach_both_ends(driver, kind):
    answer = driver(REQUESTS[kind])
    reached = (answer.min(), answer.max())
    assert reached == RANGES[kind], f"{driver.__name__} reaches {reached} only, asked for {RANGES[kind]}"


@pytest.mark.parametrize("driver", [seeded, taped, shrunk])
def test_a_permutation_holds_every_index_once(driver):
    orders = np.sort(driver(REQUESTS["permutation"]), axis=1)
    assert (orders == np.arange(4)).all(), f"{driver.__name__} gives an order that is none: {orders[0]}"


@pytest.mark.parametrize("driver", [seeded, shrunk])
def test_signs_are_never_zero(driver):
    answer = driver(REQUESTS["signs"])
    assert (np.abs(answer) == 1.0).all(), f"{driver.__name__} answers signs with {answer[0]}"


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_tape_repeats_the_recorded_answer(kind):
    recorder = Recorder(Seeded(default_rng(1), 300))
    drawn = REQUESTS[kind](recorder)
    repeated = REQUESTS[kind](Tape(recorder.tape()))
    np.testing.assert_allclose(repeated, drawn, rtol=1e-12, atol=1e-12, err_msg=f"{kind}: the tape repeats something else")


def test_a_tape_repeats_many_answers_in_their_order():
    recorder = Recorder(Seeded(default_rng(2), 5))
    drawn = [request(recorder) for request in REQUESTS.values()]
    tape = Tape(recorder.tape())
    for kind, first in zip(REQUESTS, drawn, strict=True):
        np.testing.assert_allclose(REQUESTS[kind](tape), first, rtol=1e-12, atol=1e-12, err_msg=f"{kind} is not repeated in its turn")


def test_what_was_recorded_is_what_was_drawn():
    plain, recorded = Seeded(default_rng(3), 4).normal(2), Recorder(Seeded(default_rng(3), 4)).normal(2)
    assert (plain == recorded).all(), "recording changed the draw"


def test_an_outrun_tape_says_how_long_it_is():
    with pytest.raises(IndexError, match="the tape holds 3 numbers, 4 were asked for"):
        Tape(np.zeros((2, 3))).normal(4)


def test_a_tape_reads_from_far_to_far():
    ends = Tape(np.array([[-8.0], [8.0]])).integers(1, 6)
    assert ends.tolist() == [1, 6], f"the ends of the tape read {ends.tolist()}, but should read 1 and 6"

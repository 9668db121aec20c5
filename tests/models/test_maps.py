"""The sine map against a torch twin: autograd is the independent oracle of its Jacobian, sampling of its constants."""

from dataclasses import fields

import numpy as np
import pytest
import torch

from models.maps import SineMap
from models.matrices import euclidean, spectral_norm

RNG = np.random.default_rng(11)
TRIALS, N, M, P, Q = 6, 5, 3, 4, 2


def sine_map(omega: float = 3.0) -> SineMap:
    U = np.linalg.qr(RNG.normal(size=(TRIALS, N, M)))[0]
    A, Mix, B = (RNG.normal(size=(TRIALS, *shape)) for shape in ((M, P), (M, Q), (Q, P)))
    phase, offset = RNG.normal(size=(TRIALS, Q)), RNG.normal(size=(TRIALS, N))
    return SineMap(U=U, A=3 * A, M=0.1 * Mix, B=B, omega=np.full(TRIALS, omega), phase=phase, offset=offset)


class TorchTwin(torch.nn.Module):
    """The same map as a module, one trial, written from the formula and not from our code."""

    def __init__(self, f: SineMap, trial: int) -> None:
        super().__init__()
        for field in fields(f):
            self.register_buffer(field.name, torch.tensor(getattr(f, field.name)[trial], dtype=torch.float64))

    def forward(self, theta: torch.Tensor) -> torch.Tensor:
        U, A, M, B, omega, phase, offset = (self.get_buffer(name) for name in ("U", "A", "M", "B", "omega", "phase", "offset"))
        return offset + U @ (A @ theta + M @ torch.sin(omega * (B @ theta) + phase))


def test_value_is_the_torch_twins():
    f, theta = sine_map(), RNG.normal(size=(TRIALS, P))
    twins = [TorchTwin(f, trial)(torch.tensor(theta[trial])).numpy() for trial in range(TRIALS)]
    assert f.value(theta) == pytest.approx(np.array(twins), rel=1e-13, abs=1e-13)


def test_jacobian_is_autograds():
    f, theta = sine_map(), RNG.normal(size=(TRIALS, P))
    twins = [torch.func.jacrev(TorchTwin(f, trial))(torch.tensor(theta[trial])).numpy() for trial in range(TRIALS)]
    assert f.jacobian(theta) == pytest.approx(np.array(twins), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("distance", [0.0, 1e-9, 1.0, 30.0])
def test_average_jacobian_maps_the_step_to_the_change_of_value(distance):
    f, a = sine_map(), RNG.normal(size=(TRIALS, P))
    b = a + distance * RNG.normal(size=(TRIALS, P))
    moved = np.einsum("tij,tj->ti", f.average_jacobian(a, b), b - a)
    assert moved == pytest.approx(f.value(b) - f.value(a), rel=1e-10, abs=1e-12)


def test_average_jacobian_at_one_point_is_the_jacobian_there():
    f, a = sine_map(), RNG.normal(size=(TRIALS, P))
    assert f.average_jacobian(a, a) == pytest.approx(f.jacobian(a), rel=1e-14, abs=1e-14)


def test_constants_bound_the_jacobian_everywhere_sampled():
    f = sine_map()
    for _ in range(200):
        one, other = 10 * RNG.normal(size=(2, TRIALS, P))
        singular = np.linalg.svd(np.swapaxes(f.U, 1, 2) @ f.jacobian(one), compute_uv=False)
        assert (singular[:, 0] <= f.beta + 1e-12).all()
        assert (singular[:, -1] >= f.alpha - 1e-12).all()
        assert (spectral_norm(f.jacobian(one) - f.jacobian(other)) <= f.lipschitz * euclidean(one - other) + 1e-12).all()


def test_a_map_without_sines_has_lipschitz_constant_0():
    assert sine_map(omega=0.0).lipschitz.tolist() == [0.0] * TRIALS

r"""Gaussian integrals in ball arithmetic: enclosures of $E f(g)$, g standard normal, for functions analytic near the real line."""

from collections.abc import Callable, Mapping
from functools import cache

from flint import acb, arb, ctx

from models.activations import BENT, ERF, IDENTITY, SIGMOID, SINMIX, SOFTPLUS, TANH, Activation

Analytic = Callable[[acb, bool], acb]  # (z, whether the value must be that of an analytic function on all of the ball z)
PRECISION = 80  # bits
FAR = 16  # the density beyond is less than 1e-56

VALUES: Mapping[str, Analytic] = {
    IDENTITY.name: lambda z, _: z,
    SINMIX.name: lambda z, _: (5 * z - z.cos()) / 6,
    SOFTPLUS.name: lambda z, analytic: (1 + z.exp()).log(analytic=analytic),
    TANH.name: lambda z, _: 1 - 2 / (1 + (2 * z).exp()),
    ERF.name: lambda z, _: acb(arb.pi() / 2).sqrt() * (z / acb(2).sqrt()).erf(),
    SIGMOID.name: lambda z, _: 1 / (1 + (-z).exp()),
    BENT.name: lambda z, _: 1 - z.cos(),
}


def variance(activation: Activation, r: float) -> tuple[float, float]:
    r"""An enclosure of $\mathrm{Var}\,\varphi(rg)$, from the first two moments of $\varphi(rg) - \varphi(0)$."""
    with ctx.workprec(PRECISION):
        first, second = moments(activation, r)
        return _ends(second - first**2)


def mean(activation: Activation, r: float) -> tuple[float, float]:
    r"""An enclosure of $E\varphi(rg)$."""
    with ctx.workprec(PRECISION):
        return _ends(moments(activation, r)[0] + VALUES[activation.name](acb(0), False).real)


@cache
def moments(activation: Activation, r: float) -> tuple[arb, arb]:
    r"""$E(\varphi(rg) - \varphi(0))$ and $E(\varphi(rg) - \varphi(0))^2$.

    What lies beyond ``FAR`` is bounded through $|\varphi(rz) - \varphi(0)| \le \sup|\varphi'|\,r|z|$.
    """
    with ctx.workprec(PRECISION):
        value, slope = VALUES[activation.name], arb(activation.slope_bound) * arb(r)
        shifted: Analytic = lambda z, analytic: value(r * z, analytic) - value(acb(0), False)  # noqa: E731
        first = _inside(shifted) + _around_zero(slope * 2 * _density(FAR))
        beyond = slope**2 * (2 * FAR * _density(FAR) + 2 * _density(FAR) / FAR)
        return first, _inside(lambda z, analytic: shifted(z, analytic) ** 2) + _around_zero(beyond)


def _inside(f: Analytic) -> arb:
    """``E f(g)`` over ``|g| <= FAR``."""
    weighted: Analytic = lambda z, analytic: f(z, analytic) * (-z * z / 2).exp()  # noqa: E731
    parts = [acb.integral(weighted, end, end + 1) for end in range(-FAR, FAR)]
    return sum((part.real for part in parts), arb(0)) / (2 * arb.pi()).sqrt()


def _density(z: float) -> arb:
    return (-(arb(z) ** 2) / 2).exp() / (2 * arb.pi()).sqrt()


def _around_zero(radius: arb) -> arb:
    return arb(0, radius.abs_upper())


def _ends(number: arb) -> tuple[float, float]:
    """Floats outside the ball."""
    low, high = float(number.lower()), float(number.upper())
    return low - abs(low) * 2.0**-52, high + abs(high) * 2.0**-52

r"""The parameters that the proof of Theorem D.1 chooses for one bootstrapping round, in ball arithmetic.

With $c_0 = 1/10$, $c_s = c_0c_{s-1}$, $P = (4/c_0)^{c_{s-1}}$ and $\epsilon_s = P^2\epsilon_{s-1}$:
$$b_x = \sqrt{2\log(30d^2/\rho)}, \quad B = b_x^2\bigl(\delta^2 + b_x^2(\epsilon_s^2 + r)^2\bigr), \quad
  \frac{c_s^2}{8\eta B} \ge \log\frac{10rT^2}\rho, \quad T = \Bigl\lceil\frac{\log(4/c_0)}\eta\Bigr\rceil .$$
The largest step size is the one with equality, up to a relative 1e-12 and to one step of T.
"""

import math
from dataclasses import dataclass

from flint import arb, ctx, fmpq

from theorems.checker.choose import Choose
from theorems.checker.claims import Clause, at_most
from theorems.label_noise._parameter_chain import ends

ONE, C0 = fmpq(1), fmpq(1, 10)
SMALLER = 1 - 1e-12
BITS = 500  # η is as small as 10^-60, and 1 + η and powers of it are compared


@dataclass(frozen=True)
class Given:
    r"""What a round is given.

    c:        $c_{s-1}$, at most $c_0$
    epsilon:  $\epsilon_{s-1}$, at most $c_{s-1}$
    share:    the step size in multiples of the largest
    """

    d: int
    r: int
    rho: fmpq
    delta: fmpq
    c: fmpq
    epsilon: fmpq
    share: fmpq = ONE


@dataclass(frozen=True)
class Round:
    r"""``horizon`` is $\log(4/c_0)/\eta$, ``T`` the number of steps, ``crossing`` is $C_xb_x^2$ at its largest."""

    P: arb
    bx: arb
    epsilon: arb
    B: arb
    eta: arb
    horizon: arb
    T: int
    crossing: arb


def given(choose: Choose, most: fmpq = C0) -> Given:
    """From d = 1 to r = d = 10^9, without noise or with any, errors down to 10^-13; ``most`` bounds c_{s-1}."""
    d = choose.integer("d", 1, 10**9)
    r = choose.integer("r", 1, d)
    c = most * exactly(choose.real("c_{s-1}/c₀", 1e-12, 1.0))
    delta = exactly(choose.real("δ", 1e-3, 1e12)) * int(choose.option("noisy", (0, 1)))
    epsilon = c * exactly(choose.real("ε_{s-1}/c_{s-1}", 1e-9, 1.0))
    return Given(d, r, exactly(choose.real("ρ", 1e-9, 0.99)), delta, c, epsilon, exactly(choose.real("η/max η", 1e-6, 1.0)))


def exactly(number: float) -> fmpq:
    """The rational number that a float is."""
    return fmpq(*number.as_integer_ratio())


def log_ratio() -> arb:
    """log(4/c₀)"""
    return (arb(4) / arb(C0)).log()


def sup_norm(d: int, rho: fmpq) -> arb:
    r"""$b_x$"""
    return (2 * (30 * arb(d) ** 2 / arb(rho)).log()).sqrt()


def spread(x: Given, bx: arb, epsilon: arb) -> arb:
    """B, with ε_s."""
    return bx**2 * (arb(x.delta) ** 2 + bx**2 * (epsilon**2 + x.r) ** 2)


def union(x: Given, T: arb) -> arb:
    """log(10rT²/ρ)"""
    return (10 * x.r * T**2 / arb(x.rho)).log()


def largest_step_size(x: Given, B: arb) -> arb:
    """Each pass lowers the error of log η by a factor log(10rT²/ρ)/2, which is more than 10."""
    room = arb(C0 * x.c) ** 2 / (8 * B)
    eta = room
    for _ in range(40):
        eta = middle(room / union(x, log_ratio() / eta + 1))
    return middle(eta * SMALLER * arb(x.share))


def middle(ball: arb) -> arb:
    """The number in the middle of a ball, so that radii do not add up."""
    return arb(ball.mid())


def parameters(x: Given, longer: float = 1.0, growth: int = 2, lasting: float = 1.0) -> Round:
    """For controls: ``longer`` multiplies the step size, ``growth`` is the power of P in ε_s, ``lasting`` multiplies T."""
    with ctx.workprec(BITS):
        P, bx = arb(40) ** arb(x.c), sup_norm(x.d, x.rho)
        epsilon = P**growth * arb(x.epsilon)
        B = spread(x, bx, epsilon)
        eta = longer * largest_step_size(x, B)
        horizon = log_ratio() / eta
        T = whole(lasting * horizon)
        crossing = arb(C0 * x.c) / (20 * (epsilon**2 + 4 * arb(x.c) * x.r))
        return Round(P, bx, epsilon, B, eta, horizon, T, crossing)


def whole(ball: arb) -> int:
    """The middle of a ball, rounded up."""
    number = ball.mid().ceil().unique_fmpz()
    assert number is not None, f"{ball} is too large for the working precision"
    return int(number)


def below(name: str, left: arb, right: arb) -> Clause:
    """``left <= right`` on enclosures in float64."""
    return at_most(name, ends(left), ends(right))


def decades(number: fmpq) -> int:
    r"""$\lceil\log_{10}(1/\epsilon)\rceil$ in whole numbers: the least n with $10^{-n} \le \epsilon$."""
    n = max(math.ceil(-math.log10(float(number))) - 2, 0)
    while fmpq(1, 10**n) > number:
        n += 1
    return n

r"""A nonlinear map into a subspace whose Jacobian is known in closed form, with constants valid on all of parameter space.

$$f(\theta) = f_{\mathrm{off}} + U g(\theta), \qquad g(\theta) = A\theta + M \sin(\omega B\theta + \phi),$$

with orthonormal columns U, the sine taken entrywise. Its Jacobian
$U (A + \omega M \,\mathrm{diag}(\cos(\omega B\theta + \phi)) B)$ has its range in that of U everywhere; M = 0 is the linear map.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from models.matrices import apply, euclidean, spectral_norm


@dataclass(frozen=True)
class SineMap:
    r"""The map $f(\theta) = f_{\mathrm{off}} + U (A\theta + M\sin(\omega B\theta + \phi))$, one per trial.

    U:       orthonormal columns, m <= n
    A:       slope of the linear part
    M, B:    how the sines leave and enter
    omega:   $\omega \ge 0$, the frequency of the sines; M = 0 or omega = 0 make the map affine
    phase:   $\phi$
    offset:  $f_{\mathrm{off}}$
    """

    U: Float[ndarray, "trials n m"]
    A: Float[ndarray, "trials m p"]
    M: Float[ndarray, "trials m q"]
    B: Float[ndarray, "trials q p"]
    omega: Float[ndarray, " trials"]
    phase: Float[ndarray, "trials q"]
    offset: Float[ndarray, "trials n"]

    def value(self, theta: Float[ndarray, "trials p"]) -> Float[ndarray, "trials n"]:
        r"""$f(\theta)$"""
        inner = apply(self.A, theta) + apply(self.M, np.sin(self.angles(theta)))
        return self.offset + apply(self.U, inner)

    def jacobian(self, theta: Float[ndarray, "trials p"]) -> Float[ndarray, "trials n p"]:
        r"""$J(\theta) = U (A + \omega M \,\mathrm{diag}(\cos(\omega B\theta + \phi)) B)$"""
        return self._jacobian_at(np.cos(self.angles(theta)))

    def average_jacobian(self, a: Float[ndarray, "trials p"], b: Float[ndarray, "trials p"]) -> Float[ndarray, "trials n p"]:
        r"""$J(b, a) = \int_0^1 J(a + t(b - a))\,dt$, symmetric in its ends.

        The average of the cosine from u to v is $(\sin v - \sin u)/(v - u)$, computed as
        $\cos\frac{u+v}{2} \cdot \sin(h)/h$ with $h = \frac{v-u}{2}$, which loses no digits where u and v are close or equal.
        """
        middle = self.angles((a + b) / 2)
        half = self.omega[:, np.newaxis] * apply(self.B, b - a) / 2
        return self._jacobian_at(np.cos(middle) * np.sinc(half / np.pi))

    def angles(self, theta: Float[ndarray, "trials p"]) -> Float[ndarray, "trials q"]:
        r"""$\omega B\theta + \phi$, the arguments of the sines."""
        return self.omega[:, np.newaxis] * apply(self.B, theta) + self.phase

    @property
    def bending(self) -> Float[ndarray, " trials"]:
        r"""$\omega\min(\lVert M\rVert\lVert B\rVert, \lVert\,|M|\,|B|\,\rVert)$, the most that the sines add to a slope.

        It bounds $\omega\lVert M \,\mathrm{diag}(c) B\rVert$ over $|c_i| \le 1$; the second bound, of the entrywise
        absolute values, is attained where M and B are diagonal.
        """
        product = spectral_norm(self.M) * spectral_norm(self.B)
        return self.omega * np.minimum(product, spectral_norm(np.abs(self.M) @ np.abs(self.B)))

    @property
    def alpha(self) -> Float[ndarray, " trials"]:
        r"""$\alpha = \sigma_{\min}(A) - \mathrm{bending} \le \lVert J(\theta)^T v\rVert$ for all $\theta$ and unit v in range(U).

        $\sigma_{\min}(A)$ is the least of the m singular values of $A^T$ on $\mathbb{R}^m$, hence 0 where m > p; nothing is
        certified where the difference is not positive.
        """
        m, p = self.A.shape[1:]
        least = np.linalg.svd(self.A, compute_uv=False)[:, -1] if m <= p else np.zeros(len(self.A))
        return least - self.bending

    @property
    def beta(self) -> Float[ndarray, " trials"]:
        r"""$\beta = \lVert A\rVert + \mathrm{bending} \ge \lVert J(\theta)\rVert$ for all $\theta$."""
        return spectral_norm(self.A) + self.bending

    @property
    def lipschitz(self) -> Float[ndarray, " trials"]:
        r"""$L \ge \lVert J(\theta_2) - J(\theta_1)\rVert / \lVert\theta_2 - \theta_1\rVert_2$ for all $\theta_1, \theta_2$.

        $L = \omega\,\mathrm{bending}\cdot\max_i\lVert B_i\rVert$ over the rows of B, as a cosine moves by at most
        $\omega\lVert B_i\rVert\lVert\theta_2 - \theta_1\rVert$; at most $\omega^2\lVert M\rVert\lVert B\rVert^2$.
        """
        return self.omega * self.bending * np.max(euclidean(self.B), axis=-1)

    def _jacobian_at(self, cosines: Float[ndarray, "trials q"]) -> Float[ndarray, "trials n p"]:
        bent = (self.M * cosines[:, np.newaxis, :]) @ self.B
        return self.U @ (self.A + self.omega[:, np.newaxis, np.newaxis] * bent)

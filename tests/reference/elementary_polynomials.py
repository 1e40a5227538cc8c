#!/usr/bin/env python3
"""The polynomials of src/tensor/elementary.hpp: nearly those of the least largest error (Debian's python3-mpmath).

Lawson's iteration weights a least-squares fit by its own errors until these are about equally large at all peaks. The
coefficients are rounded to float one by one, the lowest first, and those above it fitted anew.
"""

import mpmath
import numpy as np

NODES = 400
ITERATIONS = 300


def fit(values, weights, x, powers):
    terms = np.stack([x**power for power in powers], axis=1) * weights[:, None]
    importance = np.full(NODES, 1 / NODES)
    best, least = None, np.inf
    for _ in range(ITERATIONS):
        root = np.sqrt(importance)
        coefficients = np.linalg.lstsq(terms * root[:, None], values * weights * root, rcond=None)[0]
        errors = np.abs(terms @ coefficients - values * weights)
        if errors.max() < least:
            best, least = coefficients, errors.max()
        importance *= errors
        importance /= importance.sum()
    return best


def polynomial(name, function, weight, count, low, high):
    """`count` coefficients for x in [low, high]; the error times weight(x) is to be small."""
    x = (low + high) / 2 - (high - low) / 2 * np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
    rest = np.array([float(function(mpmath.mpf(value))) for value in x])
    coefficients = []
    for power in range(count):
        coefficient = np.float32(fit(rest, weight(x), x, range(power, count))[0])
        coefficients.append(f"{coefficient:.9g}")
        rest -= float(coefficient) * x**power
    error = np.abs(rest * weight(x)).max()
    print(f"{name}, error {error * 2**24:.3f} / 2^24, from the highest power:", ", ".join(reversed(coefficients)))


mpmath.mp.dps = 40
half_log2 = float(mpmath.log(2)) / 2 * 1.0005
# exp(r) = 1 + r + r^2 p(r)
polynomial("exp", lambda r: (mpmath.expm1(r) - r) / r**2, lambda r: r**2, 5, -half_log2, half_log2)
# tanh(x) = x + x z p(z), z = x^2, x to 0.265625; the error is relative
polynomial(
    "tanh", lambda z: (mpmath.tanh(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1) / z, lambda z: z, 3, 0, 0.265625**2
)
# log(1 + f) = f - f^2 / 2 + f^3 p(f), the error relative to f
polynomial(
    "log", lambda f: (mpmath.log1p(f) - f + f**2 / 2) / f**3, lambda f: f**2, 9, np.sqrt(0.5) - 1, np.sqrt(2) - 1
)
# x / tanh(x) = 1 + z p(z), z = x^2, x to 0.2035; the error of exp(2 x), relative
polynomial(
    "coth",
    lambda z: (mpmath.sqrt(z) / mpmath.tanh(mpmath.sqrt(z)) - 1) / z,
    lambda z: 2 * z * np.sqrt(z),
    2,
    1e-9,
    0.2035**2,
)
# expm1(r) = r + r^2 p(r), the error relative
polynomial("expm1", lambda r: (mpmath.expm1(r) - r) / r**2, lambda r: r**2 / np.expm1(r), 6, -0.5, 0.5)
# erf(x) = x + x p(z), z = x^2, x to 0.922, where it is 0.87 x; the error is relative
polynomial(
    "erf",
    lambda z: mpmath.erf(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1,
    lambda z: np.full_like(z, 1 / 0.87),
    6,
    1e-9,
    0.922**2,
)
# erf(x) = 1 - exp(x p(x)), x from 0.921 to 4; the error relative
polynomial(
    "log of 1 - erf",
    lambda x: mpmath.log(mpmath.erfc(x)) / x,
    lambda x: x * np.array([float(mpmath.erfc(value) / mpmath.erf(value)) for value in x]),
    7,
    0.921,
    4,
)

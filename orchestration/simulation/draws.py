"""Reproducible random draws: numbers that depend on a seed, a name and an index only.

Building 17 draws the same numbers in every month, so no earlier month has to be stored. Add a kind
of draw here when several modules need it; what a draw means is decided by its caller.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
_MANTISSA = 2.0**-53


class Draws:
    """A family of streams for one seed and one place, such as a district.

    Every method takes the name of the stream and an array of indices, and returns an array of
    the same length.
    """

    def __init__(self, seed: int, place: str) -> None:
        self._seed = seed
        self._place = place

    def _hashes(self, name: str, index: Ints) -> NDArray[np.uint64]:
        """Return 64 mixed bits an index (splitmix64)."""
        text = f"{self._seed}/{self._place}/{name}".encode()
        start = np.frombuffer(hashlib.blake2b(text, digest_size=8).digest(), np.uint64)
        bits = index.astype(np.uint64) * _GOLDEN + start
        bits ^= bits >> _SHIFTS[0]
        bits *= _MIX[0]
        bits ^= bits >> _SHIFTS[1]
        bits *= _MIX[1]
        bits ^= bits >> _SHIFTS[2]
        return bits

    def uniform(self, name: str, index: Ints) -> Floats:
        """Return numbers in [0, 1)."""
        return (self._hashes(name, index) >> np.uint64(11)).astype(np.float64) * _MANTISSA

    def below(self, name: str, index: Ints, limits: Ints | int) -> Ints:
        """Return whole numbers from 0 up to, not including, ``limits``."""
        return (self.uniform(name, index) * limits).astype(np.int64)

    def pick(self, name: str, index: Ints, weights: Sequence[float] | Floats) -> Ints:
        """Return positions in ``weights``, each as often as its weight says."""
        steps = np.cumsum(np.asarray(weights, np.float64))
        return np.searchsorted(steps / steps[-1], self.uniform(name, index), side="right")

    def normal(self, name: str, index: Ints) -> Floats:
        """Return standard normal numbers."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(name + "/radius", index)))
        angle: Floats = np.cos(2.0 * np.pi * self.uniform(name + "/angle", index))
        return radius * angle

    def order(self, name: str, count: int) -> Ints:
        """Return the numbers from 0 to ``count`` - 1, shuffled."""
        return np.argsort(self._hashes(name, np.arange(count)), kind="stable")

#!/usr/bin/env python3
"""Known answers for tests/unit/random_test.cpp, from NumPy's Philox4x64-10 (Debian's python3-numpy)."""

import numpy as np

SEED, PURPOSE, FIRST, SECOND = 0x0123456789ABCDEF, 2, 7, 0xFEDCBA9876543210


def words(seed, purpose, first, second, count):
    """The words of the blocks with counters (0, first, second, 0), (1, first, second, 0), ..."""
    # NumPy counts on before it makes a block, so it starts one below.
    counter = ((second << 128 | first << 64) - 1) % (1 << 256)
    return [int(word) for word in np.random.Philox(key=seed | purpose << 64, counter=counter).random_raw(count)]


def permutation(count, source):
    order = list(range(count))
    for i, word in zip(range(count, 1, -1), source):
        j = word * i >> 64
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


sequence = words(SEED, PURPOSE, FIRST, SECOND, 10)
print("key and counter zero:", [f"{word:#018x}" for word in words(0, 0, 0, 0, 4)])
print("the sequence:", [f"{word:#018x}" for word in sequence])
print("uniform, times 2^24:", [word >> 40 for word in sequence[:4]])
print("below 1000:", [word * 1000 >> 64 for word in sequence[:4]])
print("order of 10:", permutation(10, sequence))

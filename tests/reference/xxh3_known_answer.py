#!/usr/bin/env python3
"""The known answer of tests/unit/digest_test.cpp: XXH3, 64 bits, of 1000 floats (Debian's python3-xxhash)."""

import struct

import xxhash

values = [0.25 * i - 7 for i in range(1000)]
print(xxhash.xxh3_64_hexdigest(struct.pack("<1000f", *values)))
print("of nothing:", xxhash.xxh3_64_hexdigest(b""))

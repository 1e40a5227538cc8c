// Functions whose loops are compiled once for each width of vector registers.
#pragma once

/// Before the definition of a function: the program chooses among its versions when it starts. All give the same bits,
/// since each element's arithmetic is that of the source (-ffp-contract=off). Sanitizers start too late for the choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(LOCKSTEP_SANITIZED)
#define LOCKSTEP_VECTORIZED __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define LOCKSTEP_VECTORIZED
#endif

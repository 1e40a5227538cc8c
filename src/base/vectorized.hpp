// Functions whose loops are compiled once for each width of vector registers.
#pragma once

/// Before the definition of a function: the program chooses among its versions when it starts. All give the same bits,
/// since each element's arithmetic is that of the source (-ffp-contract=off). Sanitizers start too late for the choice.
/// LOCKSTEP_FUSED is for loops of fused multiply-adds: without such an instruction the C library computes the same
/// bits, slowly.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(LOCKSTEP_SANITIZED)
#define LOCKSTEP_VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))
#define LOCKSTEP_FUSED __attribute__((target_clones("avx512f", "fma", "default")))
#else
#define LOCKSTEP_VECTORIZED
#define LOCKSTEP_FUSED
#endif

/// Before the definition of a function that is to be compiled into each version of a vectorized one.
#define LOCKSTEP_INLINE [[gnu::always_inline]] inline

/// The same of a lambda, after its parameters.
#define LOCKSTEP_INLINED __attribute__((always_inline))

/// Before a loop whose iterations do not depend on each other: arrays are the same, or do not overlap.
#if defined(__GNUC__) && !defined(__clang__)
#define LOCKSTEP_INDEPENDENT _Pragma("GCC ivdep")
#else
#define LOCKSTEP_INDEPENDENT
#endif

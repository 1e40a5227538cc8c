#include "tensor/pairs.hpp"

#include "base/vectorized.hpp"
#include "tensor/avx512.hpp"

namespace lockstep {

namespace {

/// Pairs are neighbours in a row, `to` has those of `count` numbers.
LOCKSTEP_VECTORIZED void pair_row(const float* from, Pair* to, std::size_t count) {
  for (std::size_t p = 0; p < count / 2; ++p) to[p] = make_pair(from[2 * p], from[2 * p + 1]);
  if (count % 2 != 0) to[count / 2] = make_pair(from[count - 1], 0);
}

LOCKSTEP_VECTORIZED void pair_two_rows(const float* first, const float* second, Pair* to, std::size_t count) {
  for (std::size_t c = 0; c < count; ++c) to[c] = make_pair(first[c], second[c]);
}

LOCKSTEP_VECTORIZED void pair_with_zeros(const float* first, Pair* to, std::size_t count) {
  for (std::size_t c = 0; c < count; ++c) to[c] = make_pair(first[c], 0);
}

LOCKSTEP_VECTORIZED void widen_row(const Pair* from, float* to, std::size_t count) {
  for (std::size_t p = 0; p < count; ++p) {
    to[2 * p] = from[p].second();
    to[2 * p + 1] = from[p].first();
  }
}

LOCKSTEP_VECTORIZED void widen_to_two_rows(const Pair* from, float* second, float* first, std::size_t count) {
  for (std::size_t c = 0; c < count; ++c) second[c] = from[c].second();
  for (std::size_t c = 0; c < count; ++c) first[c] = from[c].first();
}

}  // namespace

void pair_in_rows(ConstMatrix from, PairMatrix to) {
  invariant(to.rows() == from.rows() && to.cols() == pairs_of(from.cols()), "pairs have half as many columns");
  for (std::size_t r = 0; r < from.rows(); ++r) {
    const std::size_t done = avx512::pair_row(from.row(r).data(), to.row(r).data(), from.cols());
    pair_row(from.row(r).data() + done, to.row(r).data() + done / 2, from.cols() - done);
  }
}

void pair_in_columns(ConstMatrix from, PairMatrix to) {
  invariant(to.rows() == pairs_of(from.rows()) && to.cols() == from.cols(), "pairs have half as many rows");
  for (std::size_t p = 0; p < from.rows() / 2; ++p) {
    const float* first = from.row(2 * p).data();
    const float* second = from.row(2 * p + 1).data();
    const std::size_t done = avx512::pair_two_rows(first, second, to.row(p).data(), from.cols());
    pair_two_rows(first + done, second + done, to.row(p).data() + done, from.cols() - done);
  }
  if (from.rows() % 2 != 0)
    pair_with_zeros(from.row(from.rows() - 1).data(), to.row(to.rows() - 1).data(), from.cols());
}

void widen_rows(ConstPairs from, Matrix to) {
  invariant(to.rows() == from.rows() && to.cols() == 2 * from.cols(), "pairs are two numbers each");
  for (std::size_t r = 0; r < from.rows(); ++r) widen_row(from.row(r).data(), to.row(r).data(), from.cols());
}

void widen_columns(ConstPairs from, Matrix to) {
  invariant(to.rows() == 2 * from.rows() && to.cols() == from.cols(), "pairs are two numbers each");
  for (std::size_t p = 0; p < from.rows(); ++p)
    widen_to_two_rows(from.row(p).data(), to.row(2 * p).data(), to.row(2 * p + 1).data(), from.cols());
}

}  // namespace lockstep

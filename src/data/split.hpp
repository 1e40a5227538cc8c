// Parts of the training samples that are held back.
#pragma once

#include <cstdint>
#include <span>

#include "data/dataset.hpp"

namespace lockstep {

/// Takes a random part of `samples` out of it, a pure function of `seed`: the nearest number to `fraction` of them, at
/// least one and not all. Both parts keep the order of the file. Bad input where there is but one sample.
Dataset take_test_part(Dataset& samples, double fraction, std::uint64_t seed);

/// The same, stratified, with other random numbers: of each class, where there are classes, its share in whole numbers.
Dataset take_validation_part(Dataset& samples, double fraction, std::uint64_t seed);

/// Leaves all samples out but these, whose numbers ascend. They keep their numbers in the file.
void keep_samples(Dataset& samples, std::span<const std::uint32_t> kept);

/// Leaves these samples out, whose numbers ascend.
void leave_out(Dataset& samples, std::span<const std::uint32_t> rows);

/// How many of `part` samples belong to each of several groups of these sizes: shares in whole numbers by the method of
/// the largest remainder, of equal remainders the first. Groups that would lose their last sample by being rounded up
/// come after all others. `part` is less than the sum of the sizes.
std::vector<std::uint64_t> largest_remainder_shares(const std::vector<std::uint64_t>& sizes, std::uint64_t part);

}  // namespace lockstep

// Parts of the training samples that are held back.
#pragma once

#include <cstdint>
#include <span>

#include "data/dataset.hpp"

namespace lockstep {

/// What a part is for. Parts for different ends have other random numbers.
enum class Part { test, validation };

/// Takes a random part of `samples` out of it, a pure function of `seed`: the nearest number to `fraction` of them, at
/// least one and not all, and of each class, where there are classes, its share in whole numbers; without `by_class`
/// classes do not matter. Samples of one group stay together, as choose_groups() does it, with a note on what that
/// comes to. Both parts keep the order of the file; the part taken has no groups any more. Bad input where there is but
/// one sample, or one group.
Dataset take_part(Dataset& samples, Part part, double fraction, std::uint64_t seed, bool by_class = true);

/// These samples, whose numbers ascend, in a data set of their own.
Dataset copy_samples(const Dataset& from, std::span<const std::uint32_t> rows);

/// Leaves all samples out but these, whose numbers ascend. They keep their numbers in the file.
void keep_samples(Dataset& samples, std::span<const std::uint32_t> kept);

/// Gives samples their numbers in the file, the first of them this one, which they keep whatever is taken away. Those
/// that have numbers, as others between them were left out, keep them.
void number_rows(Samples& samples, std::uint64_t first, std::uint64_t count);

/// Appends samples to others of the same kind.
void append_samples(const Samples& from, Samples& to);

/// Leaves these samples out, whose numbers ascend.
void leave_out(Dataset& samples, std::span<const std::uint32_t> rows);

/// How many of `part` samples belong to each of several groups of these sizes: shares in whole numbers by the method of
/// the largest remainder, of equal remainders the first. Groups that would lose their last sample by being rounded up
/// come after all others. `part` is less than the sum of the sizes.
std::vector<std::uint64_t> largest_remainder_shares(const std::vector<std::uint64_t>& sizes, std::uint64_t part);

}  // namespace lockstep

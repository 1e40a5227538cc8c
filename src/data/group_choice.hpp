// Which groups of samples a part gets that must not share a group with the rest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"

namespace lockstep {

/// Some of the groups that there are.
struct GroupChoice {
  std::vector<std::uint32_t> chosen;  // their numbers, ascending
  std::size_t all = 0;                // how many there are
};

/// Chooses groups for a part that is to have `shares[c]` samples of class c, whose samples are `of_class[c]`. `groups`
/// are the groups of all samples, by any numbers.
///
/// How far the part is from its shares is Pearson's chi-squared, the sum over classes of (samples - share)^2 / samples
/// of the class in all. Groups are looked at in a random order. At first one is taken if that brings the part nearer
/// and does not make it larger than all shares together; then, at most ten times over, each changes sides if that
/// brings the part nearer. Where all are on one side then, the one whose change does least harm goes to the other. With
/// fewer than two groups none is chosen.
GroupChoice choose_groups(std::span<const std::uint32_t> groups,
                          const std::vector<std::vector<std::uint32_t>>& of_class,
                          const std::vector<std::uint64_t>& shares, const RandomSequence& random);

}  // namespace lockstep

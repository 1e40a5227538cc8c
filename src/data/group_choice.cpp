#include "data/group_choice.hpp"

#include <algorithm>
#include <numeric>

namespace lockstep {

namespace {

/// The samples of one class in one group. Numbers of samples are whole, and exact as float64.
struct Cell {
  std::size_t of_class;
  double samples;
};

class Chooser {
 public:
  Chooser(std::span<const std::uint32_t> groups, const std::vector<std::vector<std::uint32_t>>& of_class,
          const std::vector<std::uint64_t>& shares);

  GroupChoice choose(const RandomSequence& random);

 private:
  [[nodiscard]] std::span<const Cell> cells(std::size_t group) const {
    return std::span(cells_).subspan(begins_[group], begins_[group + 1] - begins_[group]);
  }
  [[nodiscard]] double samples(std::size_t group) const;
  /// What is added to chi-squared if the group changes sides.
  [[nodiscard]] double change(std::size_t group) const;
  void change_sides(std::size_t group);

  std::vector<std::uint32_t> numbers_;  // of the groups, ascending
  std::vector<std::size_t> begins_;     // of each group's cells, and the end of the last
  std::vector<Cell> cells_;
  std::vector<double> sizes_;    // of the classes
  std::vector<double> missing_;  // of each class in the part; below 0: it has too many
  std::vector<bool> chosen_;
};

Chooser::Chooser(std::span<const std::uint32_t> groups, const std::vector<std::vector<std::uint32_t>>& of_class,
                 const std::vector<std::uint64_t>& shares)
    : missing_(shares.begin(), shares.end()) {
  std::vector<std::pair<std::uint32_t, std::size_t>> pairs;  // group and class of each sample
  pairs.reserve(groups.size());
  for (std::size_t c = 0; c < of_class.size(); ++c) {
    sizes_.push_back(static_cast<double>(of_class[c].size()));
    for (const std::uint32_t row : of_class[c]) pairs.emplace_back(groups[row], c);
  }
  std::ranges::sort(pairs);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const bool new_group = i == 0 || pairs[i].first != pairs[i - 1].first;
    if (new_group) {
      numbers_.push_back(pairs[i].first);
      begins_.push_back(cells_.size());
    }
    if (new_group || pairs[i].second != pairs[i - 1].second) cells_.push_back({pairs[i].second, 0});
    ++cells_.back().samples;
  }
  begins_.push_back(cells_.size());
  chosen_.resize(numbers_.size());
}

double Chooser::samples(std::size_t group) const {
  double sum = 0;
  for (const Cell& cell : cells(group)) sum += cell.samples;
  return sum;
}

double Chooser::change(std::size_t group) const {
  double sum = 0;
  for (const Cell& cell : cells(group)) {
    const double more = chosen_[group] ? -cell.samples : cell.samples;
    sum += more * (more - 2 * missing_[cell.of_class]) / sizes_[cell.of_class];
  }
  return sum;
}

void Chooser::change_sides(std::size_t group) {
  for (const Cell& cell : cells(group)) missing_[cell.of_class] += chosen_[group] ? cell.samples : -cell.samples;
  chosen_[group] = !chosen_[group];
}

GroupChoice Chooser::choose(const RandomSequence& random) {
  GroupChoice result{{}, numbers_.size()};
  if (numbers_.size() < 2) return result;
  const std::vector<std::uint32_t> order = random_permutation(static_cast<std::uint32_t>(numbers_.size()), random);
  double room = std::accumulate(missing_.begin(), missing_.end(), 0.0);
  for (const std::uint32_t group : order) {
    if (samples(group) > room || change(group) >= 0) continue;
    room -= samples(group);
    change_sides(group);
  }
  constexpr int kMostPasses = 10;
  bool changed = true;
  for (int pass = 0; changed && pass < kMostPasses; ++pass) {
    changed = false;
    for (const std::uint32_t group : order) {
      if (change(group) >= 0) continue;
      change_sides(group);
      changed = true;
    }
  }
  const auto chosen = std::ranges::count(chosen_, true);
  if (chosen == 0 || chosen == std::ssize(chosen_))
    change_sides(*std::ranges::min_element(order, {}, [&](std::uint32_t group) { return change(group); }));
  for (std::size_t group = 0; group < numbers_.size(); ++group)
    if (chosen_[group]) result.chosen.push_back(numbers_[group]);
  return result;
}

}  // namespace

GroupChoice choose_groups(std::span<const std::uint32_t> groups,
                          const std::vector<std::vector<std::uint32_t>>& of_class,
                          const std::vector<std::uint64_t>& shares, const RandomSequence& random) {
  return Chooser(groups, of_class, shares).choose(random);
}

}  // namespace lockstep

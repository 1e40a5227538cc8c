#include "data/split.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <span>
#include <tuple>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "base/random.hpp"
#include "data/group_choice.hpp"
#include "data/survey.hpp"

namespace lockstep {

namespace {

template <class T>
std::vector<T> copy_rows(const std::vector<T>& values, std::span<const std::uint32_t> rows, std::size_t width) {
  std::vector<T> taken;
  if (values.empty()) return taken;
  taken.reserve(rows.size() * width);
  for (const std::uint32_t row : rows) {
    const auto from = std::span(values).subspan(row * width, width);
    taken.insert(taken.end(), from.begin(), from.end());
  }
  return taken;
}

/// Keeps these rows, which ascend, where they are: the training samples, most of a file, are never there twice.
template <class T>
void keep_rows(std::vector<T>& values, std::span<const std::uint32_t> rows, std::size_t width) {
  if (values.empty()) return;
  auto to = values.begin();
  for (const std::uint32_t row : rows) {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(row * width);
    to = std::copy(from, from + static_cast<std::ptrdiff_t>(width), to);
  }
  values.erase(to, values.end());
}

/// Takes these rows, which ascend, out of `values`: each is in one place or the other, in memory, too.
template <class T>
std::vector<T> cut_out_rows(std::vector<T>& values, std::span<const std::uint32_t> rows, std::size_t width) {
  std::vector<T> taken;
  if (values.empty()) return taken;
  taken.reserve(rows.size() * width);
  auto kept = values.begin();
  auto from = values.begin();
  auto given_back = values.begin();
  const auto keep_up_to = [&](std::size_t end) {
    while (from != values.begin() + static_cast<std::ptrdiff_t>(end)) {
      const auto left = values.begin() + static_cast<std::ptrdiff_t>(end) - from;
      const auto piece = std::min<std::ptrdiff_t>(left, kMovedPiece / sizeof(T));
      kept = kept == from ? from + piece : std::copy(from, from + piece, kept);
      from += piece;
      if (from - given_back < static_cast<std::ptrdiff_t>(kMovedPiece / sizeof(T))) continue;
      give_back(std::as_bytes(std::span(std::max(kept, given_back), from)));
      given_back = from;
    }
  };
  for (const std::uint32_t row : rows) {
    keep_up_to(row * width);
    taken.insert(taken.end(), from, from + static_cast<std::ptrdiff_t>(width));
    from += static_cast<std::ptrdiff_t>(width);
  }
  keep_up_to(values.size());
  values.erase(kept, values.end());
  return taken;
}

/// So many samples of a data set, of which take(array, width) takes those of each array.
template <class Samples, class Take>
Dataset part_of(Samples& all, std::size_t samples, const Take& take) {
  Dataset part;
  part.info = all.info;
  part.info.samples = samples;
  part.info.notes.clear();  // they are the other part's already
  part.bytes = take(all.bytes, all.info.features());
  part.floats = take(all.floats, all.info.features());
  part.values = take(all.values, all.info.features());
  part.labels = take(all.labels, 1);
  part.targets = take(all.targets, all.info.outputs());
  part.weights = take(all.weights, 1);
  part.rows = take(all.rows, 1);
  return part;
}

/// Takes these rows, which ascend, out of a data set.
Dataset take_rows(Dataset& all, std::span<const std::uint32_t> taken) {
  number_rows(all, 0, all.info.samples);
  const auto cut_out = [&](auto& values, std::size_t width) { return cut_out_rows(values, taken, width); };
  Dataset part = part_of(all, taken.size(), cut_out);
  static_cast<void>(cut_out(all.groups, 1));
  all.info.samples -= taken.size();
  return part;
}

const char* name_of(Part part) {
  return part == Part::test ? "test" : "validation";
}

std::uint32_t part_size(const DatasetInfo& all, double fraction, Part part) {
  const auto count = static_cast<std::uint32_t>(all.samples);
  if (count < 2) throw bad_input("{}: one sample cannot be split in training and {} data", all.source, name_of(part));
  return static_cast<std::uint32_t>(std::clamp(std::round(count * fraction), 1.0, count - 1.0));
}

/// The samples of each class, by their numbers, or all of them where classes do not matter.
std::vector<std::vector<std::uint32_t>> samples_by_class(const Dataset& samples, bool by_class) {
  const bool classes = by_class && !samples.labels.empty();
  const std::vector<std::uint64_t> counts = classes ? count_classes(samples.labels, samples.info.outputs())
                                                    : std::vector<std::uint64_t>{samples.info.samples};
  std::vector<std::vector<std::uint32_t>> of_class(counts.size());
  for (std::size_t c = 0; c < counts.size(); ++c) of_class[c].reserve(counts[c]);
  for (std::uint32_t row = 0; row < samples.info.samples; ++row)
    of_class[classes ? static_cast<std::size_t>(samples.labels[row]) : 0].push_back(row);
  return of_class;
}

/// Takes the samples of the chosen groups, and says how many they are.
Dataset take_groups(Dataset& samples, Part part, const GroupChoice& groups) {
  const std::string source = samples.info.source;
  if (groups.all < 2)
    throw bad_input(
        "{}: all samples that are left are of one group, so there is none for the {} data; name another column in "
        "data.group, or leave it out",
        source, name_of(part));
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < samples.info.samples; ++row)
    if (std::ranges::binary_search(groups.chosen, samples.groups[row])) rows.push_back(row);
  const std::uint64_t all = samples.info.samples;
  Dataset taken = take_rows(samples, rows);
  taken.info.notes.push_back(fmt::format("{} of {} groups of {} are {} data: {} of {} samples", groups.chosen.size(),
                                         groups.all, source, name_of(part), rows.size(), all));
  return taken;
}

}  // namespace

Dataset copy_samples(const Dataset& from, std::span<const std::uint32_t> rows) {
  return part_of(from, rows.size(),
                 [&](const auto& values, std::size_t width) { return copy_rows(values, rows, width); });
}

void number_rows(Samples& samples, std::uint64_t first, std::uint64_t count) {
  if (!samples.rows.empty()) return;
  samples.rows.resize(count);
  std::iota(samples.rows.begin(), samples.rows.end(), static_cast<std::uint32_t>(first));
}

void append_samples(const Samples& from, Samples& to) {
  const auto append = [](const auto& more, auto& all) { all.insert(all.end(), more.begin(), more.end()); };
  append(from.bytes, to.bytes);
  append(from.floats, to.floats);
  append(from.values, to.values);
  append(from.labels, to.labels);
  append(from.targets, to.targets);
  append(from.weights, to.weights);
  append(from.rows, to.rows);
  append(from.groups, to.groups);
}

void leave_out(Dataset& samples, std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> all(samples.info.samples);
  std::iota(all.begin(), all.end(), 0U);
  std::vector<std::uint32_t> kept;
  std::ranges::set_difference(all, rows, std::back_inserter(kept));
  keep_samples(samples, kept);
}

Dataset take_part(Dataset& samples, Part part, double fraction, std::uint64_t seed, bool by_class) {
  const Purpose purpose = part == Part::test ? Purpose::test_split : Purpose::validation_split;
  const std::uint32_t size = part_size(samples.info, fraction, part);
  const std::vector<std::vector<std::uint32_t>> of_class = samples_by_class(samples, by_class);
  std::vector<std::uint64_t> sizes;
  for (const auto& rows : of_class) sizes.push_back(rows.size());
  const std::vector<std::uint64_t> shares = largest_remainder_shares(sizes, size);
  if (!samples.groups.empty())
    return take_groups(samples, part, choose_groups(samples.groups, of_class, shares, RandomSequence(seed, purpose)));

  std::vector<std::uint32_t> rows;
  for (std::size_t c = 0; c < of_class.size(); ++c) {
    const std::vector<std::uint32_t> order =
        random_permutation(static_cast<std::uint32_t>(of_class[c].size()), RandomSequence(seed, purpose, c));
    for (std::size_t i = 0; i < shares[c]; ++i) rows.push_back(of_class[c][order[i]]);
  }
  std::ranges::sort(rows);
  return take_rows(samples, rows);
}

void keep_samples(Dataset& samples, std::span<const std::uint32_t> kept) {
  number_rows(samples, 0, samples.info.samples);
  samples.info.samples = kept.size();
  keep_rows(samples.bytes, kept, samples.info.features());
  keep_rows(samples.floats, kept, samples.info.features());
  keep_rows(samples.values, kept, samples.info.features());
  keep_rows(samples.labels, kept, 1);
  keep_rows(samples.targets, kept, samples.info.outputs());
  keep_rows(samples.weights, kept, 1);
  keep_rows(samples.rows, kept, 1);
  keep_rows(samples.groups, kept, 1);
}

std::vector<std::uint64_t> largest_remainder_shares(const std::vector<std::uint64_t>& sizes, std::uint64_t part) {
  const std::uint64_t all = std::max(std::uint64_t{1}, std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}));
  std::vector<std::uint64_t> shares;
  std::vector<std::size_t> groups;  // that may take one more
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    shares.push_back(sizes[g] * part / all);
    if (sizes[g] > 0) groups.push_back(g);
  }
  std::ranges::sort(groups, {}, [&](std::size_t g) {
    const bool last_one = sizes[g] - shares[g] == 1;
    return std::tuple(last_one, all - sizes[g] * part % all, g);
  });
  std::uint64_t left = part - std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
  for (std::size_t i = 0; left > 0; ++i, --left) ++shares[groups[i]];
  return shares;
}

}  // namespace lockstep

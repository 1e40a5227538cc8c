#include "data/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <type_traits>

#include "base/digest.hpp"

namespace lockstep {

namespace {

/// Adds numbers as the type Real.
template <class Real, class T>
void add_as(const std::vector<T>& numbers, Digest& digest) {
  if constexpr (std::is_same_v<Real, T>) {
    digest.add_bytes(std::as_bytes(std::span(numbers)));
  } else {
    constexpr std::size_t kPiece = 4096;
    std::vector<Real> piece;
    for (std::size_t begin = 0; begin < numbers.size(); begin += kPiece) {
      const auto some = std::span(numbers).subspan(begin, std::min(kPiece, numbers.size() - begin));
      piece.assign(some.begin(), some.end());
      digest.add_bytes(std::as_bytes(std::span(piece)));
    }
  }
}

template <class Real>
void add_samples(const Samples& samples, Digest& digest) {
  digest.add_bytes(std::as_bytes(std::span(samples.bytes)));
  add_as<Real>(samples.floats, digest);
  add_as<Real>(samples.values, digest);
  digest.add_bytes(std::as_bytes(std::span(samples.labels)));
  add_as<Real>(samples.targets, digest);
  digest.add_bytes(std::as_bytes(std::span(samples.weights)));
}

}  // namespace

std::string sample_name(const DatasetInfo& info, std::span<const std::uint32_t> rows, std::size_t sample) {
  const std::uint64_t row = rows.empty() ? sample : rows[sample];
  if (info.files.empty()) return fmt::format("{}: sample {}", info.source, row);
  const auto [path, own_row] = place_in(info.files, row);
  return fmt::format("{}: sample {}", path, own_row);
}

std::pair<const std::string&, std::uint64_t> place_in(std::span<const SourceFile> files, std::uint64_t number) {
  const auto after = std::ranges::upper_bound(files, number, {}, &SourceFile::first);
  const SourceFile& file = *std::prev(after);
  return {file.path, number - file.first + file.row};
}

std::vector<std::string> column_names(const DatasetInfo& info) {
  if (info.is_image()) return {"all pixels"};
  if (!info.feature_names.empty()) return info.feature_names;
  std::vector<std::string> numbers;
  for (std::size_t c = 0; c < info.features(); ++c) numbers.push_back(std::to_string(c));
  return numbers;
}

std::string feature_name(const DatasetInfo& info, std::size_t feature) {
  return info.feature_names.empty() ? fmt::format("feature {}", feature)
                                    : fmt::format("column '{}'", info.feature_names[feature]);
}

std::string digest_samples(const Samples& samples) {
  Digest digest;
  add_samples<double>(samples, digest);
  return digest.text();
}

std::uint64_t digest_value(const Samples& samples) {
  Digest digest;
  add_samples<double>(samples, digest);
  return digest.value();
}

std::string digest_in_float32(const Samples& samples) {
  Digest digest;
  add_samples<float>(samples, digest);
  return digest.text();
}

bool same_kind(const DatasetInfo& a, const DatasetInfo& b) {
  // A table of bytes is one of numbers; images are scaled by what they are made of.
  return a.task == b.task && (a.bytes == b.bytes || !a.is_image()) && a.feature_shape == b.feature_shape &&
         a.feature_names == b.feature_names && a.feature_words == b.feature_words && a.output_names == b.output_names &&
         (a.class_values == b.class_values || a.class_values.empty() || b.class_values.empty());
}

bool same_data(const DatasetInfo& a, const DatasetInfo& b) {
  return same_kind(a, b) && a.samples == b.samples && a.digest == b.digest;
}

}  // namespace lockstep

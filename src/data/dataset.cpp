#include "data/dataset.hpp"

#include <fmt/format.h>

#include <span>

#include "base/digest.hpp"

namespace lockstep {

namespace {

template <class Real>
void add_samples(const Samples& samples, const std::vector<Real>& values, const std::vector<Real>& targets,
                 Digest& digest) {
  digest.add_bytes(std::as_bytes(std::span(samples.bytes)));
  digest.add_bytes(std::as_bytes(std::span(values)));
  digest.add_bytes(std::as_bytes(std::span(samples.labels)));
  digest.add_bytes(std::as_bytes(std::span(targets)));
  digest.add_bytes(std::as_bytes(std::span(samples.weights)));
}

std::vector<float> narrowed(const std::vector<double>& values) {
  return {values.begin(), values.end()};
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
  add_samples(samples, samples.values, samples.targets, digest);
  return digest.text();
}

std::uint64_t digest_value(const Samples& samples) {
  Digest digest;
  add_samples(samples, samples.values, samples.targets, digest);
  return digest.value();
}

std::string digest_in_float32(const Samples& samples) {
  Digest digest;
  add_samples(samples, narrowed(samples.values), narrowed(samples.targets), digest);
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

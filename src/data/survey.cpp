#include "data/survey.hpp"

#include "base/memory.hpp"
#include "data/scales/log.hpp"

namespace lockstep {

namespace {

/// Of (samples, columns) values, which outlive the result.
template <class T>
std::vector<TrainColumn> columns_of(const std::vector<T>& values, std::size_t columns, const std::string& source) {
  const std::vector<ColumnStatistics> statistics = statistics_of(std::span(values), columns);
  const std::size_t samples = values.size() / columns;
  std::vector<TrainColumn> result;
  for (std::size_t c = 0; c < columns; ++c) {
    const auto numbers = [&values, &source, columns, samples, c] {
      require_memory(source, samples * sizeof(double));
      return numbers_in(values, columns, c);
    };
    result.push_back({statistics[c], samples, [numbers] { return LogScale::statistics(numbers(), 1).front(); },
                      [numbers] { return median_of(numbers()); }, numbers});
  }
  return result;
}

}  // namespace

Survey::Survey(const Dataset& train) : data_(&train), info_(&train.info) {}

const std::vector<TrainColumn>& Survey::features() const {
  const std::size_t columns = info_->is_image() ? 1 : info_->features();
  if (!features_)
    features_ = with_features(*data_, [&](const auto& values) { return columns_of(values, columns, info_->source); });
  return *features_;
}

const std::vector<TrainColumn>& Survey::targets() const {
  if (!targets_) targets_ = columns_of(data_->targets, info_->outputs(), info_->source);
  return *targets_;
}

const std::vector<std::uint64_t>& Survey::class_counts() const {
  if (!counts_) counts_ = count_classes(data_->labels, info_->outputs());
  return *counts_;
}

std::vector<std::uint64_t> count_classes(const std::vector<std::int32_t>& labels, std::size_t classes) {
  std::vector<std::uint64_t> counts(classes);
  for (const std::int32_t label : labels) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

}  // namespace lockstep

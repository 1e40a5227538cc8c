#include "data/array_table.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "data/array_column.hpp"
#include "data/array_columns.hpp"
#include "data/array_features.hpp"
#include "data/array_labels.hpp"
#include "data/checks.hpp"
#include "data/field_targets.hpp"
#include "data/gaps.hpp"
#include "data/match.hpp"

namespace lockstep {

namespace {

using Shape = Array::Shape;
using Strings = Array::Strings;

/// Bad input, with the remedy, unless there is a row for each sample.
void check_features(const ArrayFile& file, const Array& features, const ArrayNames& names) {
  const Shape shape = features.shape();
  if (features.kind() == ArrayKind::record)
    return check_shape(features, shape.size() == 1, "one record for each sample");
  if (shape.size() == 1)
    throw bad_input(
        "{}: the shape of '{}' is ({}), where (samples, features...) is expected; if each sample has one number, make "
        "it a column (NumPy: features.reshape(-1, 1)), and if these are labels, were the files exchanged?",
        features.path(), features.name(), shape.front());
  check_shape(features, shape.size() >= 2, "(samples, features...)");
  for (const std::string& name : {names.labels, names.targets}) {
    if (!file.has(name) || shape.size() != 2) continue;
    const Shape others = file.open(name)->shape();
    if (!others.empty() && others.front() == shape[1] && shape[0] != shape[1])
      throw bad_input(
          "{}: the shape of '{}' is ({}), with a column, not a row, for each of the {} {}; turn it (NumPy: features.T)",
          features.path(), features.name(), fmt::join(shape, ", "), others.front(), name);
  }
}

/// The memory that data take while they are read and prepared: the numbers, which those that a network takes replace,
/// and what is known of each column of a table.
std::uint64_t bytes_of(const DatasetInfo& info) {
  constexpr double kColumn = 256;
  constexpr double kMost = 1e18;
  const auto features = static_cast<double>(info.features());
  const double values =
      static_cast<double>(info.samples) * features * static_cast<double>(info.bytes ? 1 : sizeof(double));
  return static_cast<std::uint64_t>(std::min(values + (info.is_image() ? 0 : features * kColumn), kMost));
}

class ArrayTable {
 public:
  explicit ArrayTable(const DataQuery& query) : query_(query), labels_(query.classes) {}

  void add(std::unique_ptr<ArrayFile> file) {
    for (const ArrayNames& names : query_.other_names) {
      if (file->has(query_.names.features)) break;
      if (file->has(names.features)) query_.names = names;
    }
    if (!file->has(query_.names.features) && !file->names().empty())
      throw bad_input("{}: there is no array '{}' in it; {}; data.names says which of them are features", file->path(),
                      query_.names.features, file->list_arrays());
    if (!query_.options.target.empty() && !query_.features_only) file = with_field_targets(std::move(file), query_);
    ArrayPart part;
    part.features = file->open(query_.names.features);
    check_features(*file, *part.features, query_.names);
    const Shape shape = part.features->shape();
    part.samples = shape.front();
    part.columns = parts_.empty() ? choose_features(*file, *part.features, query_)
                                  : same_features(*file, *part.features, query_, parts_.front().columns,
                                                  parts_.front().file->path());
    info_.files.push_back({file->path(), info_.samples});
    info_.samples += part.samples;
    part.file = std::move(file);
    const std::vector<std::uint64_t> sample = sample_shape(part);
    if (parts_.empty()) {
      info_.feature_shape = sample;
      info_.feature_names = part.columns.names;
      task_ = task_of(part);
    } else if (sample != info_.feature_shape) {
      throw bad_input("{}: a sample is {} numbers, and in {} it is {}; give all files the same columns",
                      part.file->path(), fmt::join(sample, " x "), parts_.front().file->path(),
                      fmt::join(info_.feature_shape, " x "));
    }
    parts_.push_back(std::move(part));
  }

  Dataset read() {
    info_.source = parts_.front().file->path();
    if (parts_.size() == 1)
      info_.files.clear();
    else
      info_.source += fmt::format(" and {} more", parts_.size() - 1);
    info_.bytes = std::ranges::all_of(parts_, [](const ArrayPart& part) { return part.features->holds_bytes(); });
    check_sizes(info_);
    if (task_ == Output::targets) describe_targets();
    if (!info_.is_image())
      rules_ = gap_rules(query_.options.gaps, lockstep::column_names(info_), info_.output_names, query_.features_only,
                         info_.source);
    require_memory(info_.source, bytes_of(info_));
    ArrayFeatures features(parts_, query_, info_);
    features.read(rules_.features, info_, samples_);
    for (const ArrayPart& part : parts_) read_outputs(part);
    for (const std::string& name : query_.keep) kept_.push_back({name, read_whole(name)});
    if (task_ == Output::labels) labels_.settle(info_, samples_);
    Dataset data = make_dataset(std::move(info_), std::move(samples_));
    data.kept = std::move(kept_);
    if (!data.info.is_image()) leave_out_gaps(data, rules_);
    features.settle(data);
    return data;
  }

 private:
  enum class Output { none, labels, targets };

  static std::vector<std::uint64_t> sample_shape(const ArrayPart& part) {
    const Shape shape = part.features->shape();
    if (!part.columns.places.empty() || shape.size() == 1) return {part.columns.count()};
    return {shape.begin() + 1, shape.end()};
  }

  [[nodiscard]] Output task_of(const ArrayPart& part) const {
    const ArrayFile& file = *part.file;
    if (query_.features_only) return Output::none;
    const bool targets = file.has(query_.names.targets);
    if (file.has(query_.names.labels)) {
      if (targets && !query_.classify)
        throw bad_input(
            "{}: has '{}' and '{}', and train.loss = \"mse\" can learn either; leave one of them out, or name the "
            "classes in data.classes",
            file.path(), query_.names.labels, query_.names.targets);
      return Output::labels;
    }
    return targets ? Output::targets : Output::none;
  }

  /// How many targets a sample has.
  static std::size_t count_targets(const ArrayPart& part, const Array& targets) {
    check_outputs_of(*part.file, targets, part.samples);
    const Shape size = targets.shape();
    check_shape(targets, (size.size() == 1 || size.size() == 2) && size.front() == part.samples && size.back() > 0,
                "(samples) or (samples, targets), with a row for each sample,");
    return size.size() == 1 ? 1 : size.back();
  }

  [[nodiscard]] Strings target_names(const ArrayPart& part, const Array& targets) const {
    const std::size_t count = count_targets(part, targets);
    Strings names = column_names(*part.file, targets, query_.names.target_names, "target_names", count);
    return names.empty() ? default_target_names(count) : names;
  }

  /// The names of the targets of a regression.
  void describe_targets() {
    info_.task = Task::regression;
    info_.output_names = target_names(parts_.front(), *parts_.front().file->open(query_.names.targets));
  }

  void read_outputs(const ArrayPart& part) {
    if (query_.features_only) return;
    const ArrayNames& names = query_.names;
    if (task_ == Output::none)
      throw bad_input("{}: there is neither an array '{}', for a classification, nor '{}', for a regression; {}",
                      part.file->path(), names.labels, names.targets, part.file->list_arrays());
    if (const std::string& name = query_.options.weights; !name.empty()) {
      const std::unique_ptr<Array> array = column_of(part, name);
      const Shape size = array->shape();
      check_shape(*array, size == Shape{part.samples} || size == Shape{part.samples, 1}, "one weight for each sample");
      append(*array, 1, {}, {}, samples_.weights);
    }
    if (!query_.group.empty()) append_groups(*column_of(part, query_.group), part.samples, groups_, samples_.groups);
    if (task_ == Output::labels) return labels_.add(*part.file, query_.names, part.samples);
    const std::unique_ptr<Array> array = part.file->open(query_.names.targets);
    if (const Strings own = target_names(part, *array); own != info_.output_names)
      throw bad_input("{}: its targets are {}, and those of {} are {}; give all files the same, in one order",
                      array->path(), list_names(own), parts_.front().file->path(), list_names(info_.output_names));
    append(*array, info_.outputs(), info_.output_names, rules_.targets, samples_.targets);
    info_.target_step = std::max(info_.target_step, array->relative_step());
  }

  /// A field of the records by its name, or else an array.
  static std::unique_ptr<Array> column_of(const ArrayPart& part, const std::string& name) {
    const Strings fields = part.features->fields();
    const bool is_field = std::ranges::find(fields, name) != fields.end();
    return is_field ? part.features->field(name) : part.file->open(name);
  }

  /// The column of all parts.
  [[nodiscard]] ColumnValues read_whole(const std::string& name) const {
    ColumnValues all;
    for (const ArrayPart& part : parts_) {
      const std::unique_ptr<Array> array = column_of(part, name);
      ColumnValues values = read_column(*array, part.samples);
      if (&part == &parts_.front())
        all = std::move(values);
      else
        append_column(*array, std::move(values), all);
    }
    return all;
  }

  static void append(Array& array, std::size_t width, const Strings& names, const std::vector<Missing>& rules,
                     std::vector<double>& all) {
    const std::vector<double> values = array.numbers();
    check_numbers(array, values, width, names, rules);
    all.insert(all.end(), values.begin(), values.end());
  }

  DataQuery query_;
  std::vector<ArrayPart> parts_;
  Output task_ = Output::none;
  GapRules rules_;
  ArrayLabels labels_;
  WordList groups_;
  std::vector<KeptColumn> kept_;
  DatasetInfo info_;
  Samples samples_;
};

}  // namespace

PartsRead read_as_one_part(Dataset data, const UsePart& use) {
  use(data);
  std::vector<std::int32_t> classes(data.info.task == Task::classification ? data.info.outputs() : 0);
  std::iota(classes.begin(), classes.end(), 0);
  return {std::move(data.info), std::move(classes)};
}

Dataset read_array_table(const std::vector<DataPart>& parts, const OpenArrays& open, const DataQuery& query) {
  ArrayTable table(query);
  for (const DataPart& part : parts) table.add(open(part));
  return table.read();
}

}  // namespace lockstep

#include "data/array_table.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "data/array_column.hpp"
#include "data/array_columns.hpp"
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
/// and what is known of each column of a table. A number has `size` bytes.
std::uint64_t bytes_of(const DatasetInfo& info, std::size_t size) {
  constexpr double kColumn = 256;
  constexpr double kMost = 1e18;
  const auto features = static_cast<double>(info.features());
  const double values = static_cast<double>(info.samples) * features * static_cast<double>(size);
  return static_cast<std::uint64_t>(std::min(values + (info.is_image() ? 0 : features * kColumn), kMost));
}

std::vector<std::uint64_t> sample_shape(const ArrayPart& part) {
  const Shape shape = part.features->shape();
  if (!part.columns.places.empty() || shape.size() == 1) return {part.columns.count()};
  return {shape.begin() + 1, shape.end()};
}

/// How many targets a sample has.
std::size_t count_targets(const ArrayPart& part, const Array& targets) {
  check_outputs_of(*part.file, targets, part.samples);
  const Shape size = targets.shape();
  check_shape(targets, (size.size() == 1 || size.size() == 2) && size.front() == part.samples && size.back() > 0,
              "(samples) or (samples, targets), with a row for each sample,");
  return size.size() == 1 ? 1 : size.back();
}

/// A field of the records by its name, or else an array.
std::unique_ptr<Array> column_of(const ArrayPart& part, const std::string& name) {
  const Strings fields = part.features->fields();
  const bool is_field = std::ranges::find(fields, name) != fields.end();
  return is_field ? part.features->field(name) : part.file->open(name);
}

void append(Array& array, std::size_t width, const Strings& names, const std::vector<Missing>& rules,
            std::vector<double>& all) {
  const std::vector<double> values = array.numbers();
  check_numbers(array, std::span(values), width, names, rules);
  all.insert(all.end(), values.begin(), values.end());
}

}  // namespace

ArrayNames names_in(const ArrayFile& file, const DataQuery& query) {
  const auto is_there = [&](const ArrayNames& names) { return file.has(names.features); };
  if (is_there(query.names)) return query.names;
  const auto other = std::ranges::find_if(query.other_names, is_there);
  if (other != query.other_names.end()) return *other;
  if (!file.names().empty())
    throw bad_input("{}: there is no array '{}' in it; {}; data.names says which of them are features", file.path(),
                    query.names.features, file.list_arrays());
  return query.names;
}

Dataset read_array_table(const std::vector<DataPart>& parts, const OpenArrays& open, const DataQuery& query) {
  ArrayTable table(query);
  for (const DataPart& part : parts) table.add(open(part));
  Dataset data = table.read();
  table.settle(data);
  return data;
}

void ArrayTable::add(std::unique_ptr<ArrayFile> file) {
  query_.names = names_in(*file, query_);
  const bool first = path_.empty();
  ArrayPart part;
  part.features = file->open(query_.names.features);
  if (!query_.options.target.empty() && !query_.features_only)
    file = with_field_targets(std::move(file), part.features, query_);
  check_features(*file, *part.features, query_.names);
  part.samples = part.features->shape().front();
  part.columns = first ? choose_features(*file, *part.features, query_)
                       : same_features(*file, *part.features, query_, columns_, path_);
  part.words = listed_words(*file, part.columns);
  part.kept = places_to_keep(*file, *part.features, query_);
  part.file = std::move(file);
  const std::vector<std::uint64_t> sample = sample_shape(part);
  if (first) {
    path_ = part.file->path();
    columns_ = part.columns;
    info_.feature_shape = sample;
    info_.feature_names = part.columns.names;
    task_ = task_of(part);
  } else if (sample != info_.feature_shape) {
    throw bad_input("{}: a sample is {} numbers, and in {} it is {}; give all files the same columns",
                    part.file->path(), fmt::join(sample, " x "), path_, fmt::join(info_.feature_shape, " x "));
  }
  if (info_.files.empty() || part.features->first_row() == 0 || info_.files.back().path != part.file->path())
    info_.files.push_back({part.file->path(), info_.samples, 0});
  info_.samples += part.samples;
  info_.feature_step = std::max(info_.feature_step, part.features->relative_step());
  parts_.push_back(std::move(part));
}

/// What the first piece tells of all.
void ArrayTable::describe() {
  info_.source = path_ + (info_.files.size() > 1 ? fmt::format(" and {} more", info_.files.size() - 1) : "");
  const auto all_are = [this](bool (Array::*of_type)() const) {
    return std::ranges::all_of(parts_, [&](const ArrayPart& part) { return (*part.features.*of_type)(); });
  };
  const bool at_once = !bytes_;
  if (at_once) bytes_ = all_are(&Array::holds_bytes);
  check_sizes(info_);
  if (task_ == Output::targets) {
    info_.task = Task::regression;
    info_.output_names = target_names(parts_.front(), *parts_.front().file->open(query_.names.targets));
  }
  if (!info_.is_image())
    rules_ = gap_rules(query_.options.gaps, lockstep::column_names(info_), info_.output_names, query_.features_only,
                       info_.source);
  const bool narrow = at_once && all_are(&Array::holds_floats);
  features_ = std::make_unique<ArrayFeatures>(parts_, query_, info_, narrow);
  info_.bytes = *bytes_ && !features_->has_fields();
  number_bytes_ = info_.bytes ? 1 : narrow && !features_->has_fields() ? sizeof(float) : sizeof(double);
}

Dataset ArrayTable::read() {
  if (!features_) describe();
  Dataset piece;
  piece.info = info_;
  piece.info.samples = 0;
  for (const ArrayPart& part : parts_) piece.info.samples += part.samples;
  const std::uint64_t before = info_.samples - piece.info.samples;
  require_memory(info_.source, bytes_of(piece.info, number_bytes_));
  for (const ArrayPart& part : parts_) begin_to_keep(part, piece);
  if (!query_.outputs_only || features_->finds_words() || drops(rules_.features))
    features_->read(parts_, rules_.features, piece);
  for (const ArrayPart& part : parts_) read_outputs(part, piece);
  if (task_ == Output::labels) piece.labels = labels_.take_numbers();
  parts_.clear();
  if (!info_.is_image()) left_out_ += leave_out_gaps(piece, rules_);
  for (std::uint32_t& row : piece.rows) row += static_cast<std::uint32_t>(before);
  features_->keep_words(piece);
  piece.info.feature_words = features_->words();
  if (query_.outputs_only) {
    piece.values = {};
    piece.targets = {};
  }
  return piece;
}

/// What is said of all pieces.
void ArrayTable::finish() {
  info_.source = path_ + (info_.files.size() > 1 ? fmt::format(" and {} more", info_.files.size() - 1) : "");
  if (info_.files.size() == 1) info_.files.clear();
  check_sizes(info_);
  if (left_out_ == 0) return;
  info_.notes.push_back(note_left_out(info_.source, left_out_, info_.samples));
  info_.samples -= left_out_;
}

void ArrayTable::settle(Dataset& data) {
  finish();
  features_->settle(info_, data.values);
  if (task_ == Output::labels) {
    const std::vector<std::int32_t> classes = labels_.classes(info_);
    for (std::int32_t& label : data.labels) label = classes[static_cast<std::size_t>(label)];
  }
  data.info = std::move(info_);
}

PartsRead ArrayTable::settled() {
  finish();
  std::vector<Strings> words = features_->words();
  std::vector<double> none;
  features_->settle(info_, none);
  std::vector<std::int32_t> classes;
  if (task_ == Output::labels) classes = labels_.classes(info_);
  return {std::move(info_), std::move(classes), std::move(words)};
}

ArrayTable::Output ArrayTable::task_of(const ArrayPart& part) const {
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

Strings ArrayTable::target_names(const ArrayPart& part, const Array& targets) const {
  const std::size_t count = count_targets(part, targets);
  Strings names = column_names(*part.file, targets, query_.names.target_names, "target_names", count);
  return names.empty() ? default_target_names(count) : names;
}

/// Of the one file that is predicted from: columns of the features come with these.
void ArrayTable::begin_to_keep(const ArrayPart& part, Dataset& piece) const {
  for (std::size_t i = 0; i < part.kept.size(); ++i) {
    const std::string& name = query_.keep[i];
    piece.kept.push_back(part.kept[i].column ? make_kept(name, part.kept[i], *part.features)
                                             : KeptColumn{name, read_column(*column_of(part, name), part.samples)});
  }
}

void ArrayTable::read_outputs(const ArrayPart& part, Dataset& piece) {
  if (query_.features_only) return;
  const ArrayNames& names = query_.names;
  if (task_ == Output::none)
    throw bad_input("{}: there is neither an array '{}', for a classification, nor '{}', for a regression; {}",
                    part.file->path(), names.labels, names.targets,
                    part.features->kind() == ArrayKind::record
                        ? "data.target may name the field of its records to learn"
                        : part.file->list_arrays());
  if (const std::string& name = query_.options.weights; !name.empty()) {
    const std::unique_ptr<Array> array = column_of(part, name);
    const Shape size = array->shape();
    check_shape(*array, size == Shape{part.samples} || size == Shape{part.samples, 1}, "one weight for each sample");
    append(*array, 1, {}, {}, piece.weights);
  }
  if (!query_.group.empty()) append_groups(*column_of(part, query_.group), part.samples, groups_, piece.groups);
  if (task_ == Output::labels) return labels_.add(*part.file, query_.names, part.samples);
  const std::unique_ptr<Array> array = part.file->open(query_.names.targets);
  if (const Strings own = target_names(part, *array); own != info_.output_names)
    throw bad_input("{}: its targets are {}, and those of {} are {}; give all files the same, in one order",
                    array->path(), list_names(own), path_, list_names(info_.output_names));
  info_.target_step = std::max(info_.target_step, array->relative_step());
  if (!query_.outputs_only || drops(rules_.targets))
    append(*array, info_.outputs(), info_.output_names, rules_.targets, piece.targets);
}

}  // namespace lockstep

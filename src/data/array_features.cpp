#include "data/array_features.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.hpp"

namespace lockstep {

namespace {

bool may_have_words(const ArrayPart& part) {
  const ArrayKind kind = part.features->kind();
  return kind == ArrayKind::text || kind == ArrayKind::record;
}

/// The texts that stand for the numbers of an enumeration.
Array::Strings names_of(Array& enumeration) {
  const auto members = enumeration.members();
  const std::map<std::int64_t, std::string> names(members.begin(), members.end());
  Array::Strings texts;
  for (const std::int64_t value : enumeration.integers()) {
    const auto name = names.find(value);
    texts.push_back(name == names.end() ? std::to_string(value) : name->second);
  }
  return texts;
}

}  // namespace

void check_numbers(const Array& array, std::span<const double> values, std::size_t width,
                   const std::vector<std::string>& columns, const std::vector<Missing>& rules) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    const std::size_t column = i % width;
    const bool gap = std::isnan(values[i]);
    if (gap && !rules.empty() && rules[column] != Missing::error) continue;
    throw bad_input("{}: '{}' of sample {}, column {}, is {}, which is not a finite number; clean the data first{}",
                    array.path(), array.name(), array.first_row() + i / width,
                    columns.empty() ? std::to_string(column) : fmt::format("'{}'", columns[column]), values[i],
                    gap && !rules.empty() ? ", or give data.missing" : "");
  }
}

ArrayFeatures::ArrayFeatures(const std::vector<ArrayPart>& parts, const DataQuery& query, const DatasetInfo& info)
    : parts_(parts), width_(info.features()), names_(column_names(info)) {
  const bool known_words = query.known != nullptr && !query.known->feature_words.empty();
  const bool words =
      known_words || !query.options.words.categorical.empty() || std::ranges::any_of(parts, may_have_words);
  if (words && !info.is_image()) fields_.emplace(field_values(query, info));
}

FieldValues ArrayFeatures::field_values(const DataQuery& query, const DatasetInfo& info) const {
  const bool known = query.known != nullptr && query.known->features() == info.features();
  const std::vector<std::string> names = known ? column_names(*query.known) : names_;
  std::vector<TableColumn> features;
  for (std::size_t i = 0; i < names.size(); ++i) features.push_back({names[i], i});
  std::vector<TableColumn> targets;
  for (const std::string& name : info.output_names) targets.push_back({name, names.size() + targets.size()});
  return {info.source, [this](std::uint64_t sample) { return where(sample); },
          FieldRules{query.options.gaps, query.options.words, known ? &query.known->feature_words : nullptr,
                     query.features_only},
          features, targets};
}

std::string ArrayFeatures::where(std::uint64_t sample) const {
  const ArrayPart* part = parts_.data();
  for (; sample >= part->samples; ++part) sample -= part->samples;
  return fmt::format("{}: sample {}", part->features->path(), sample);
}

void ArrayFeatures::read(const std::vector<Missing>& rules, DatasetInfo& info, Samples& samples) {
  if (!info.bytes && (parts_.size() > 1 || fields_)) samples.values.reserve(info.samples * width_);
  for (const ArrayPart& part : parts_) {
    Array& array = *part.features;
    const std::size_t before = samples.values.size();
    info.feature_step = std::max(info.feature_step, array.relative_step());
    if (fields_) {
      samples.values.resize(before + part.samples * width_);
      read_columns(part, samples.values);
      first_ += part.samples;
    } else if (info.bytes) {
      append_columns(samples.bytes, array.bytes(), part.columns);
    } else {
      append_columns(samples.values, array.numbers(), part.columns);
      check_numbers(array, std::span(samples.values).subspan(before), width_, info.feature_names, rules);
    }
  }
  if (fields_ && !fields_->faults().empty())
    throw fields_->faults().error(
        info.source, [this](std::uint64_t sample) { return where(sample); }, names_, "");
}

void ArrayFeatures::read_columns(const ArrayPart& part, std::vector<double>& values) {
  Array& array = *part.features;
  const auto place_of = [&](std::size_t column) {
    return part.columns.places.empty() ? column : part.columns.places[column];
  };
  if (array.kind() == ArrayKind::record) {
    const Array::Strings fields = array.fields();
    for (std::size_t c = 0; c < width_; ++c) read_column(c, *array.field(fields[place_of(c)]), values);
    return;
  }
  const auto put = [&](const auto& table) {
    for (std::size_t row = 0; row < part.samples; ++row)
      for (std::size_t c = 0; c < width_; ++c)
        values[(first_ + row) * width_ + c] =
            fields_->feature(c, table[row * part.columns.width + place_of(c)], first_ + row);
  };
  if (array.kind() == ArrayKind::text)
    put(as_utf8(array, array.texts()));
  else
    put(array.numbers());
}

/// A column of its own: the field of all records.
void ArrayFeatures::read_column(std::size_t column, Array& array, std::vector<double>& values) {
  const auto put = [&](const auto& fields) {
    for (std::size_t row = 0; row < fields.size(); ++row)
      values[(first_ + row) * width_ + column] = fields_->feature(column, fields[row], first_ + row);
  };
  if (array.kind() == ArrayKind::text)
    put(as_utf8(array, array.texts()));
  else if (array.kind() == ArrayKind::enumeration)
    put(as_utf8(array, names_of(array)));
  else
    put(array.numbers());
}

void ArrayFeatures::settle(Dataset& data) {
  if (fields_) fields_->settle(data.info, data.values);
}

}  // namespace lockstep

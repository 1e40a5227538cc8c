#include "data/array_features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {

namespace {

bool is_of_texts(const Array& array) {
  return array.kind() == ArrayKind::text || array.kind() == ArrayKind::enumeration;
}

bool is_of_records(const ArrayPart& part) {
  return part.features->kind() == ArrayKind::record;
}

/// The place among the columns of the file of a feature.
std::size_t place_of(const ArrayPart& part, std::size_t feature) {
  return part.columns.places.empty() ? feature : part.columns.places[feature];
}

/// Of some rows, or all, of a part.
std::unique_ptr<Array> field_of(const ArrayPart& part, const Array& rows, std::size_t feature) {
  return rows.field(rows.fields()[place_of(part, feature)]);
}

bool has_words(const ArrayPart& part) {
  if (!part.words.empty()) return true;
  if (!is_of_records(part)) return part.features->kind() == ArrayKind::text;
  for (std::size_t c = 0; c < part.columns.count(); ++c)
    if (is_of_texts(*field_of(part, *part.features, c))) return true;
  return false;
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

/// Calls use(rows) for the rows of an array, in their order.
template <class Use>
void for_some_rows(Array& array, const Use& use) {
  constexpr std::size_t kValues = std::size_t{1} << 18U;
  constexpr std::size_t kMostValues = 16 * kValues;  // where more rows are stored together, the file reads them best
  const Array::Shape shape = array.shape();
  const std::size_t samples = shape.front();
  const std::size_t fields = std::max<std::size_t>(array.fields().size(), 1);
  const std::size_t width = std::accumulate(shape.begin() + 1, shape.end(), fields, std::multiplies<>());
  const std::size_t together = std::max<std::size_t>(array.rows_stored_together(), 1);
  const std::size_t rows = std::max<std::size_t>(kValues / std::max<std::size_t>(width, 1) / together, 1) * together;
  // Records that are read but once keep the fields that are no features.
  const bool in_parts =
      array.is_read_in_parts() && (array.kind() != ArrayKind::record || array.rows({0, 1}) != nullptr);
  if (rows >= samples || rows * width > kMostValues || !in_parts) return use(array);
  for (std::size_t begin = 0; begin < samples; begin += rows)
    use(*array.rows_in_turn({begin, std::min(begin + rows, samples)}));
}

}  // namespace

template <class Real>
void check_numbers(const Array& array, std::span<const Real> values, std::size_t width,
                   const std::vector<std::string>& columns, const std::vector<Missing>& rules) {
  if (all_finite(values)) return;
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
template void check_numbers(const Array&, std::span<const float>, std::size_t, const std::vector<std::string>&,
                            const std::vector<Missing>&);
template void check_numbers(const Array&, std::span<const double>, std::size_t, const std::vector<std::string>&,
                            const std::vector<Missing>&);

ArrayFeatures::ArrayFeatures(const std::vector<ArrayPart>& first, const DataQuery& query, const DatasetInfo& info,
                             bool narrow)
    : width_(info.features()), names_(column_names(info)), source_(info.source), narrow_(narrow) {
  if (info.is_image()) return;
  const bool known_words = query.known != nullptr && !query.known->feature_words.empty();
  finds_words_ = !known_words && (!query.options.words.categorical.empty() || std::ranges::any_of(first, has_words));
  if (finds_words_ || known_words || std::ranges::any_of(first, is_of_records))
    fields_.emplace(field_values(first.front(), query, info));
}

FieldValues ArrayFeatures::field_values(const ArrayPart& first, const DataQuery& query, const DatasetInfo& info) const {
  const bool known = query.known != nullptr && query.known->features() == info.features();
  const std::vector<std::string> names = known ? column_names(*query.known) : names_;
  std::vector<TableColumn> features;
  for (std::size_t i = 0; i < names.size(); ++i) features.push_back({names[i], i});
  std::vector<TableColumn> targets;
  for (const std::string& name : info.output_names) targets.push_back({name, names.size() + targets.size()});
  std::vector<bool> of_words;
  for (const Array::Strings& words : first.words) of_words.push_back(!words.empty());
  return {source_, [this](std::uint64_t sample) { return where(sample); },
          FieldRules{query.options.gaps, query.options.words, known ? &query.known->feature_words : nullptr,
                     query.features_only, std::move(of_words)},
          features, targets};
}

std::string ArrayFeatures::where(std::uint64_t sample) const {
  const auto [path, own] = place_in(files_, sample);
  return fmt::format("{}: sample {}", path, own);
}

void ArrayFeatures::read(const std::vector<ArrayPart>& parts, const std::vector<Missing>& rules, Dataset& piece) {
  const std::size_t count = piece.info.samples * width_;
  if (piece.info.bytes)
    piece.bytes.reserve(count);
  else if (narrow_ && !fields_)
    piece.floats.reserve(count);
  else
    piece.values.reserve(count);
  for (const ArrayPart& part : parts) {
    Array& array = *part.features;
    if (files_.empty() || files_.back().path != array.path() || array.first_row() == 0)
      files_.push_back({array.path(), first_, array.first_row()});
    for_some_rows(array, [&](Array& rows) {
      read_rows(part, rows, rules, piece);
      first_ += rows.shape().front();
    });
  }
}

void ArrayFeatures::read_rows(const ArrayPart& part, Array& rows, const std::vector<Missing>& rules, Dataset& piece) {
  const auto append = [&](auto& all, auto&& numbers) {
    const std::size_t before = all.size();
    keep_columns(part.kept, numbers, part.columns.width, piece.kept);
    append_columns(all, std::forward<decltype(numbers)>(numbers), part.columns);
    return std::span(std::as_const(all)).subspan(before);
  };
  const auto check = [&](auto numbers) { check_numbers(rows, numbers, width_, piece.info.feature_names, rules); };
  if (fields_) {
    const std::size_t before = piece.values.size();
    piece.values.resize(before + rows.shape().front() * width_);
    read_fields(part, rows, std::span(piece.values).subspan(before), piece.kept);
  } else if (piece.info.bytes) {
    static_cast<void>(append(piece.bytes, rows.bytes()));
  } else if (narrow_) {
    check(append(piece.floats, rows.floats()));
  } else {
    check(append(piece.values, rows.numbers()));
  }
}

void ArrayFeatures::read_fields(const ArrayPart& part, Array& rows, std::span<double> values,
                                std::vector<KeptColumn>& kept) {
  if (is_of_records(part)) {
    for (std::size_t c = 0; c < width_; ++c) read_column(c, *field_of(part, rows, c), values);
    return;
  }
  const auto put = [&](const auto& table, const auto& value_of_field) {
    keep_columns(part.kept, table, part.columns.width, kept);
    for (std::size_t row = 0; row * width_ < values.size(); ++row)
      for (std::size_t c = 0; c < width_; ++c)
        values[row * width_ + c] = value_of_field(c, table[row * part.columns.width + place_of(part, c)], first_ + row);
  };
  if (rows.kind() == ArrayKind::text)
    return put(as_utf8(rows, rows.texts()), [this](std::size_t c, const std::string& text, std::uint64_t sample) {
      return fields_->feature(c, text, sample);
    });
  if (part.words.empty())
    return put(rows.numbers(), [this](std::size_t c, double number, std::uint64_t sample) {
      return fields_->feature(c, number, sample);
    });
  std::vector<std::vector<double>> values_of_words;  // once they are known
  for (const Array::Strings& words : part.words)
    values_of_words.emplace_back(words.size(), std::numeric_limits<double>::quiet_NaN());
  put(rows.numbers(), [&](std::size_t c, double number, std::uint64_t sample) {
    const Array::Strings& words = part.words[c];
    if (words.empty() || std::isnan(number)) return fields_->feature(c, number, sample);
    double& value = values_of_words[c][index_of_word(number, words.size(), rows, c, sample)];
    if (std::isnan(value)) value = fields_->feature(c, words[static_cast<std::size_t>(number)], sample);
    return value;
  });
}

std::size_t ArrayFeatures::index_of_word(double number, std::size_t words, const Array& array, std::size_t column,
                                         std::uint64_t sample) const {
  if (number >= 0 && number < static_cast<double>(words) && number == std::floor(number))
    return static_cast<std::size_t>(number);
  throw bad_input("{}: '{}', column '{}', is {}, which stands for none of the column's {} words", where(sample),
                  array.name(), names_[column], number, words);
}

/// A column of its own: the field of all records.
void ArrayFeatures::read_column(std::size_t column, Array& array, std::span<double> values) {
  const auto put = [&](const auto& fields) {
    for (std::size_t row = 0; row < fields.size(); ++row)
      values[row * width_ + column] = fields_->feature(column, fields[row], first_ + row);
  };
  if (array.kind() == ArrayKind::text)
    put(as_utf8(array, array.texts()));
  else if (array.kind() == ArrayKind::enumeration)
    put(as_utf8(array, names_of(array)));
  else
    put(array.numbers());
}

void ArrayFeatures::keep_words(const Samples& samples) {
  if (fields_) fields_->keep_words(samples.values);
}

std::vector<Array::Strings> ArrayFeatures::words() const {
  return fields_ ? fields_->words() : std::vector<Array::Strings>();
}

void ArrayFeatures::settle(DatasetInfo& info, std::vector<double>& values) {
  if (!fields_) return;
  if (!fields_->faults().empty())
    throw fields_->faults().error(
        source_, [this](std::uint64_t sample) { return where(sample); }, names_, "");
  fields_->settle(info, values);
}

}  // namespace lockstep

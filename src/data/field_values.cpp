#include "data/field_values.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "data/checks.hpp"

namespace lockstep {

FieldValues::FieldValues(const std::string& source, Where where, FieldRules rules,
                         const std::vector<TableColumn>& features, const std::vector<TableColumn>& targets)
    : where_(std::move(where)), rules_(std::move(rules)) {
  constexpr const char* kKey = "data.categorical";
  const auto names_of = [](const std::vector<TableColumn>& columns) {
    std::vector<std::string> names;
    for (const TableColumn& column : columns) names.push_back(column.name);
    return names;
  };
  const std::vector<std::string> names = names_of(features);
  const bool known = rules_.known_words != nullptr;
  const GapRules gap = gap_rules(rules_.gaps, names, names_of(targets), rules_.to_predict, source);
  if (!known) check_keys(rules_.words.categorical, names, kKey, source);
  const std::vector<const std::string*> forced = keys_of_columns(rules_.words.categorical, names, kKey, source);
  for (std::size_t i = 0; i < features.size(); ++i) {
    const bool of_words = forced[i] != nullptr || (!rules_.of_words.empty() && rules_.of_words[i]);
    features_.push_back({features[i], gap.features[i], of_words, known, std::nullopt, {}});
    if (known && !rules_.known_words->empty() && !(*rules_.known_words)[i].empty())
      features_.back().words.emplace((*rules_.known_words)[i]);
    else if (!known && of_words)
      features_.back().words.emplace();
    if (gap.features[i] == Missing::drop) needed_features_.push_back(i);
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    targets_.push_back({targets[i].number, gap.targets[i]});
    if (gap.targets[i] == Missing::drop) needed_targets_.push_back(i);
  }
}

bool FieldValues::is_own_gap(std::string_view field) const {
  return std::ranges::find(rules_.gaps.words, field) != rules_.gaps.words.end();
}

bool FieldValues::is_gap(std::string_view field) const {
  return is_own_gap(field) || is_missing(field);
}

double FieldValues::no_number(std::size_t column, Missing rule, std::string_view field, std::uint64_t place) {
  const bool gap = is_gap(field);
  if (!gap || rule == Missing::error) faults_.add(column, place, field, gap);
  return std::numeric_limits<double>::quiet_NaN();
}

double FieldValues::other_feature(Feature& feature, const Field& field, std::uint64_t place) {
  const auto no_value = [&] { return no_number(feature.column.number, feature.rule, field.text, place); };
  if (is_gap(field.text)) return no_value();
  if (!feature.words) {
    if (feature.numbers || why_spoiled(field.text)) return no_value();
    feature.words.emplace();
  }
  return word(feature, *feature.words, field, place);
}

double FieldValues::feature(std::size_t i, double number, std::uint64_t place) {
  Feature& feature = features_[i];
  if (std::isfinite(number)) {
    if (feature.words) {
      const std::string text = canonical_number(number);
      return word(feature, *feature.words, {text, number}, place);
    }
    feature.numbers = true;
    return number;
  }
  return no_number(feature.column.number, feature.rule, std::isnan(number) ? "" : number > 0 ? "inf" : "-inf", place);
}

double FieldValues::target(std::size_t i, const Field& field, std::uint64_t place) {
  if (is_number(field)) return field.number;
  return no_number(targets_[i].column, targets_[i].rule, field.text, place);
}

double FieldValues::weight(std::size_t column, const Field& field, std::uint64_t place) {
  if (is_number(field)) return field.number;
  return no_number(column, Missing::error, field.text, place);
}

std::uint32_t FieldValues::group(std::string_view field, std::uint64_t place) {
  if (is_gap(field))
    throw bad_input("{}: the group of the sample (data.group) is missing; fill it in, or leave the line out",
                    where_(place));
  return static_cast<std::uint32_t>(groups_.number_of(field));
}

double FieldValues::word(const Feature& feature, WordList& list, const Field& field, std::uint64_t place) const {
  const std::size_t number = list.find_spelling(field.text);
  if (number < list.size()) return static_cast<double>(number);
  constexpr std::size_t kLongest = 60;
  const auto refuse = [&](const std::string& why) {
    return bad_input("{}: column '{}': '{}' {}", where_(place), feature.column.name, shortened(field.text, kLongest),
                     why);
  };
  if (rules_.known_words != nullptr) {
    if (rules_.words.unseen == Unseen::error) throw refuse(why_unseen(list));
    return static_cast<double>(list.size());
  }
  if (!feature.forced && !std::isnan(field.number))
    throw refuse(
        fmt::format("is a number in a column that begins with a word, '{}'; correct one of them, or give "
                    "data.categorical = [\"{}\"]",
                    shortened(list.words().front(), kLongest), feature.column.name));
  if (list.size() >= rules_.words.max_words)
    throw refuse(fmt::format(
        "is one word more than the {} that a column may have (data.max_words), as an identifier or a text has them; "
        "leave the column out, or raise that",
        rules_.words.max_words));
  list.add(spelling_of(field.text));
  return static_cast<double>(number);
}

std::vector<std::vector<std::string>> FieldValues::words() const {
  std::vector<std::vector<std::string>> all;
  if (!has_words()) return all;
  for (const Feature& feature : features_)
    all.push_back(feature.words ? feature.words->words() : std::vector<std::string>());
  return all;
}

void FieldValues::keep_words(const std::vector<double>& values) {
  for (std::size_t i = 0; i < features_.size(); ++i) {
    Feature& feature = features_[i];
    if (!feature.words) continue;
    feature.kept.resize(feature.words->size());
    for (std::size_t k = i; k < values.size(); k += features_.size())
      if (const double number = values[k]; !std::isnan(number) && number < static_cast<double>(feature.kept.size()))
        feature.kept[static_cast<std::size_t>(number)] = true;
  }
}

void FieldValues::settle(DatasetInfo& info, std::vector<double>& values) {
  if (!has_words()) return;
  const bool known = rules_.known_words != nullptr;
  std::vector<std::string> learnt;
  for (std::size_t i = 0; i < features_.size() && !known; ++i) {
    std::optional<WordList>& list = features_[i].words;
    if (!list) continue;
    features_[i].kept.resize(list->size());
    const std::vector<std::size_t> places = list->sort(features_[i].kept);
    for (std::size_t k = i; k < values.size(); k += features_.size())
      if (!std::isnan(values[k])) values[k] = static_cast<double>(places[static_cast<std::size_t>(values[k])]);
    learnt.push_back(fmt::format("{}: {}", features_[i].column.name, list->size()));
  }
  info.feature_words = words();
  if (!learnt.empty())
    info.notes.push_back(fmt::format("columns of words, and how many they have: {}", list_names(learnt)));
}

}  // namespace lockstep

#include "data/csv_values.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "data/checks.hpp"
#include "data/number.hpp"

namespace lockstep {

CsvValues::CsvValues(const std::string& path, const CsvQuery& query, Decimal decimal,
                     std::vector<std::string> feature_names, std::vector<std::size_t> feature_columns,
                     std::vector<std::size_t> target_columns)
    : path_(path),
      decimal_(decimal),
      gaps_(query.gaps),
      words_(query.words),
      known_(!query.features.empty()),
      target_columns_(std::move(target_columns)) {
  GapRules rules = gap_rules(gaps_, feature_names, query.targets, query.targets.empty(), path);
  target_rules_ = std::move(rules.targets);
  if (!known_) check_keys(words_.categorical, feature_names, "data.categorical", path);
  const std::vector<const std::string*> forced =
      keys_of_columns(words_.categorical, feature_names, "data.categorical", path);
  for (std::size_t i = 0; i < feature_names.size(); ++i) {
    features_.push_back({std::move(feature_names[i]), feature_columns[i], rules.features[i], forced[i] != nullptr,
                         known_, std::nullopt});
    if (known_ && !query.feature_words.empty() && !query.feature_words[i].empty())
      features_.back().words.emplace(query.feature_words[i]);
    else if (!known_ && forced[i] != nullptr)
      features_.back().words.emplace();
    if (rules.features[i] == Missing::drop) complete_.push_back(feature_columns[i]);
  }
  for (std::size_t i = 0; i < target_columns_.size(); ++i)
    if (target_rules_[i] == Missing::drop) complete_.push_back(target_columns_[i]);
}

bool CsvValues::is_own_gap(std::string_view field) const {
  return std::ranges::find(gaps_.words, field) != gaps_.words.end();
}

bool CsvValues::is_gap(std::string_view field) const {
  return is_own_gap(field) || is_missing(field);
}

std::optional<double> CsvValues::number(std::string_view field) const {
  return is_own_gap(field) ? std::nullopt : parse_field(field, decimal_);
}

double CsvValues::no_number(std::size_t column, Missing rule, std::string_view field, std::uint64_t line) {
  const bool gap = is_gap(field);
  if (!gap || !is_filled(rule)) faults_.add(column, line, field, gap);
  return std::numeric_limits<double>::quiet_NaN();
}

double CsvValues::feature(std::size_t i, std::string_view field, std::uint64_t line) {
  Feature& feature = features_[i];
  if (!feature.words) {
    if (const std::optional<double> value = number(field)) {
      feature.numbers = true;
      return *value;
    }
    if (feature.numbers || is_gap(field) || why_spoiled(field))
      return no_number(feature.column, feature.rule, field, line);
    feature.words.emplace();
  }
  return is_gap(field) ? no_number(feature.column, feature.rule, field, line)
                       : word(feature, *feature.words, field, line);
}

double CsvValues::target(std::size_t i, std::string_view field, std::uint64_t line) {
  if (const std::optional<double> value = number(field)) return *value;
  return no_number(target_columns_[i], target_rules_[i], field, line);
}

double CsvValues::weight(std::size_t column, std::string_view field, std::uint64_t line) {
  if (const std::optional<double> value = number(field)) return *value;
  return no_number(column, Missing::error, field, line);
}

std::uint32_t CsvValues::group(std::string_view field, std::uint64_t line) {
  if (is_gap(field))
    throw bad_input("{}:{}: the group of the sample (data.group) is missing; fill it in, or leave the line out", path_,
                    line);
  return static_cast<std::uint32_t>(groups_.number_of(field));
}

double CsvValues::word(const Feature& feature, WordList& list, std::string_view field, std::uint64_t line) const {
  std::size_t place = list.find(field);
  if (place < list.size()) return static_cast<double>(place);
  const std::string word = spelling_of(field);
  place = list.find(word);
  if (place < list.size()) return static_cast<double>(place);
  constexpr std::size_t kLongest = 60;
  const auto refuse = [&](const std::string& why) {
    return bad_input("{}:{}: column '{}': '{}' {}", path_, line, feature.name, shortened(field, kLongest), why);
  };
  if (known_) {
    if (words_.unseen == Unseen::error)
      throw refuse(
          fmt::format("is no word of the training data, {}; correct it, or train with data.unseen = \"zero\", which "
                      "takes it as none",
                      list_names(list.words())));
    return static_cast<double>(list.size());
  }
  if (!feature.forced && parse_field(field, decimal_))
    throw refuse(
        fmt::format("is a number in a column that begins with a word, '{}'; correct one of them, or give "
                    "data.categorical = [\"{}\"]",
                    shortened(list.words().front(), kLongest), feature.name));
  if (list.size() >= words_.max_words)
    throw refuse(fmt::format(
        "is one word more than the {} that a column may have (data.max_words), as an identifier or a text has them; "
        "leave the column out, or raise that",
        words_.max_words));
  list.add(word);
  return static_cast<double>(place);
}

void CsvValues::settle(DatasetInfo& info, std::vector<double>& values) {
  if (std::ranges::none_of(features_, [](const Feature& feature) { return feature.words.has_value(); })) return;
  info.feature_words.resize(features_.size());
  std::vector<std::string> learnt;
  for (std::size_t i = 0; i < features_.size(); ++i) {
    std::optional<WordList>& list = features_[i].words;
    if (!list) continue;
    if (!known_) {
      const std::vector<std::size_t> places = list->sort();
      for (std::size_t k = i; k < values.size(); k += features_.size())
        if (!std::isnan(values[k])) values[k] = static_cast<double>(places[static_cast<std::size_t>(values[k])]);
    }
    info.feature_words[i] = list->words();
    if (!known_) learnt.push_back(fmt::format("{}: {}", features_[i].name, list->size()));
  }
  if (!learnt.empty())
    info.notes.push_back(fmt::format("columns of words, and how many they have: {}", list_names(learnt)));
}

}  // namespace lockstep

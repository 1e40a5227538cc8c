#include "data/csv_file.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "data/column_choice.hpp"
#include "data/number.hpp"

namespace lockstep {

namespace {

/// A column that may be named or not, as a list.
std::vector<std::string> list_of(const std::string& name) {
  return std::vector<std::string>(name.empty() ? 0 : 1, name);
}

/// The columns that are no features: targets, weights and groups.
std::vector<std::string> other_columns_of(const CsvQuery& query) {
  std::vector<std::string> columns = query.targets;
  for (const std::string& name : {query.weights, query.group})
    if (!name.empty()) columns.push_back(name);
  return columns;
}

/// The names that a header has to have: those of columns that are not chosen by number.
std::vector<std::string> names_in_header(const CsvQuery& query) {
  std::vector<std::string> names = query.features;
  for (const std::string& name : other_columns_of(query))
    if (!parse_number(name)) names.push_back(name);
  return names;
}

bool is_to_predict(const CsvQuery& query) {
  return !query.features.empty() && query.targets.empty();
}

CsvColumns columns_in(const std::string& path, const CsvRecords& records, const CsvQuery& query) {
  const CsvRow first = records.first();
  // Given names are those of the training data, which have targets as well.
  const bool others = is_to_predict(query) && first.size() != query.columns.size();
  return {path, records.dialect(), first, query.dialect, others ? std::vector<std::string>() : query.columns};
}

/// Known features of a table to predict from are taken by position where that is possible and one side has no names.
bool is_by_position(const CsvColumns& columns, const CsvQuery& query) {
  return is_to_predict(query) && !columns.have(query.features) && columns.size() == query.features.size() &&
         (!columns.named() || are_made_up(query.features));
}

/// The columns that a configuration chooses as features: never other columns, and not the names of rows.
std::vector<std::string> chosen_features(const std::string& path, const CsvColumns& columns, const CsvQuery& query) {
  std::vector<std::size_t> others = columns.find(other_columns_of(query));
  if (columns.has_row_names()) others.push_back(0);
  std::vector<std::string> names;
  for (const std::size_t i : choose_columns(columns.names(), query.choice, others, path))
    names.push_back(columns.names()[i]);
  return names;
}

std::vector<std::size_t> feature_columns(const std::string& path, const CsvColumns& columns, const CsvQuery& query) {
  if (query.features.empty()) return columns.find(chosen_features(path, columns, query));
  if (!is_by_position(columns, query)) return columns.find(query.features);
  std::vector<std::size_t> all(columns.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

}  // namespace

CsvFile::CsvFile(const std::string& path, const CsvQuery& query)
    : records(path, query.dialect, names_in_header(query)),
      columns(columns_in(path, records, query)),
      by_position(is_by_position(columns, query)),
      features(feature_columns(path, columns, query)),
      targets(columns.find(query.targets)),
      weights(columns.find(list_of(query.weights))),
      group(columns.find(list_of(query.group))),
      kept(fitting_columns(query.kept, columns.names(), "--keep", path)) {}

std::vector<std::string> CsvFile::names_at(const std::vector<std::size_t>& places) const {
  std::vector<std::string> names;
  for (const std::size_t place : places) names.push_back(columns.names()[place]);
  return names;
}

}  // namespace lockstep

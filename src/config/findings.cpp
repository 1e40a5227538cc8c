#include "config/findings.hpp"

#include <array>
#include <exception>
#include <filesystem>

#include "base/error.hpp"
#include "config/given_value.hpp"
#include "config/text.hpp"
#include "data/csv_columns.hpp"
#include "data/csv_records.hpp"
#include "data/formats/list.hpp"
#include "data/guess_names.hpp"
#include "data/load.hpp"

namespace lockstep {

namespace {

std::vector<std::string> columns_of(const std::string& path) {
  const CsvRecords records(path);
  return CsvColumns(path, records.dialect(), records.first(), {}, {}).names();
}

/// The column to learn where none was named.
void choose_target(const std::string& path, TableFindings& finding) {
  constexpr std::array<std::string_view, 8> kNames = {"target", "label",   "labels", "class",
                                                      "y",      "outcome", "output", "response"};
  const std::vector<std::string> columns = columns_of(path);
  if (columns.size() < 2)
    throw bad_input("{}: has one column, {}; a table needs a column to learn, and others to learn it from", path,
                    quoted_toml(columns.front()));
  for (const std::string_view name : kNames)
    for (const std::string& column : columns)
      if (lower(column) == name) {
        finding.options.target = {column};
        finding.why_target = "the column to learn, by its name; all others are features";
        return;
      }
  finding.options.target = {columns.back()};
  finding.why_target = "the column to learn: the last one; --target names another";
}

/// The file of labels that belongs to one of images: "train-images-idx3-ubyte" has "train-labels-idx1-ubyte".
std::string labels_for(const std::string& images) {
  const std::filesystem::path path(images);
  std::string name = path.filename();
  for (const auto& [from, to] : {std::pair("images", "labels"), std::pair("idx3", "idx1")})
    if (const std::size_t at = name.find(from); at != std::string::npos) name.replace(at, std::string(from).size(), to);
  const std::filesystem::path labels = path.parent_path() / name;
  if (name == path.filename() || !std::filesystem::exists(labels))
    throw bad_input("{}: IDX keeps labels in a second file; give both: lockstep init IMAGES LABELS", images);
  return labels;
}

/// What may become of gaps, the simplest first: there are none, those of features are filled, and where the target has
/// one its sample is left out.
std::vector<ByColumn<Missing>> rules_for_gaps(const std::string& target) {
  ByColumn<Missing> both = Missing::median;
  both.given.emplace(target, Missing::drop);
  return {Missing::error, Missing::median, both};
}

/// The first of these settings that can be read, with what is found then. Bad input is that of the first.
template <class Settings, class Apply>
void take_first(TableFindings& finding, const Settings& settings, const Apply& apply) {
  constexpr std::uint64_t kAnySeed = 1;
  std::exception_ptr first;
  for (const auto& setting : settings) {
    try {
      const bool classes = apply(setting);
      finding.info = load_parts(finding.options, classes, kAnySeed).train.info;
      return;
    } catch (const Error&) {
      if (!first) first = std::current_exception();
    }
  }
  std::rethrow_exception(first);
}

void look_at_csv(const ProposalRequest& request, TableFindings& finding) {
  DataOptions& options = finding.options;
  if (request.target.empty()) {
    choose_target(options.train.path.text(), finding);
  } else {
    options.target = {request.target};
    finding.why_target = "the column to learn; all others are features";
  }
  std::vector<std::pair<ByColumn<Missing>, bool>> settings;
  for (const ByColumn<Missing>& missing : rules_for_gaps(options.target.front()))
    for (const bool classes : {true, false}) settings.emplace_back(missing, classes);
  take_first(finding, settings, [&](const auto& setting) {
    options.gaps.missing = setting.first;
    return setting.second;
  });
}

/// Arrays in files of their own: the second is of labels or of targets.
void look_at_array_files(TableFindings& finding) {
  DataFile& train = finding.options.train;
  if (finding.options.format == DataFormat::idx && train.labels.empty()) train.labels = labels_for(train.path.text());
  if (train.labels.empty())
    throw bad_input("{}: holds one array; give the file of the labels, or of the targets, too", train.path.text());
  const FileList outputs = train.labels;
  take_first(finding, std::array{true, false}, [&](bool classes) {
    train.labels = classes ? outputs : FileList();
    train.targets = classes ? FileList() : outputs;
    return classes;
  });
}

/// Arrays in one file, with a test set or without.
void look_at_arrays(const std::vector<std::string>& arrays, TableFindings& finding) {
  DataOptions& options = finding.options;
  const auto guess = guess_names(arrays);
  if (!guess) {  // which says what is missing
    finding.info = load_parts(options, false, 1).train.info;
    return;
  }
  const auto named = [](const std::string& features, const std::string& outputs, bool classes) {
    ArrayNames names;
    if (features != "features") names.features = features;
    std::string& name = classes ? names.labels : names.targets;
    if (outputs != (classes ? "labels" : "targets")) name = outputs;
    return names;
  };
  take_first(finding, std::array{true, false}, [&](bool classes) {
    options.names = named(guess->features, guess->outputs, classes);
    if (guess->test_features.empty()) return classes;
    options.test = options.train;
    options.test.names = named(guess->test_features, guess->test_outputs, classes);
    options.test_fraction = 0;
    return classes;
  });
}

}  // namespace

TableFindings find_out(const ProposalRequest& request) {
  TableFindings finding;
  DataOptions& options = finding.options;
  const std::string path = request.data.path.text();
  options.train = request.data;
  options.format = recognise_format(path);
  options.test_fraction = 0.2;
  options.validation_fraction = 0.1;
  if (options.format != DataFormat::csv && !request.target.empty())
    throw bad_input("--target {}: only a CSV table has columns to choose from", request.target);
  const std::vector<std::string> arrays =
      Formats::visit(options.format, [&](auto entry) { return decltype(entry)::type::arrays(path); });
  const bool one_file = options.format == DataFormat::csv || !arrays.empty();
  if (one_file && options.train.has_outputs())
    throw bad_input("{}: only IDX and .npy have a second file, of labels", options.train.labels.text());
  if (options.format == DataFormat::csv)
    look_at_csv(request, finding);
  else if (one_file)
    look_at_arrays(arrays, finding);
  else
    look_at_array_files(finding);
  return finding;
}

}  // namespace lockstep

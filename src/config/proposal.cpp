#include "config/proposal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <exception>

#include "base/error.hpp"
#include "config/given_value.hpp"
#include "config/text.hpp"
#include "data/csv_columns.hpp"
#include "data/load.hpp"
#include "data/sampler.hpp"

namespace lockstep {

namespace {

/// What the data are, and how that was found out.
struct TableFindings {
  DataOptions options;
  DatasetInfo info;
  std::string why_target;
};

std::vector<std::string> columns_of(const std::string& path) {
  CsvRecords records(path);
  if (!records.next()) throw bad_input("{}: empty, where a table is expected", path);
  return CsvColumns(path, records, {}, {}).names();
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

/// Reads the data, and finds out whether they have classes or numbers to learn.
TableFindings look_at(const ProposalRequest& request) {
  TableFindings finding;
  DataOptions& options = finding.options;
  options.train = request.data;
  options.format = recognise_format(request.data.path);
  options.test_fraction = 0.2;
  options.validation_fraction = 0.1;
  if (options.format != DataFormat::idx && !options.train.labels.empty())
    throw bad_input("{}: only IDX has a second file, of labels", options.train.labels);
  if (options.format != DataFormat::csv && !request.target.empty())
    throw bad_input("--target {}: only a CSV table has columns to choose from", request.target);
  if (options.format == DataFormat::idx && options.train.labels.empty())
    options.train.labels = labels_for(options.train.path);
  constexpr std::uint64_t kAnySeed = 1;
  if (options.format != DataFormat::csv) {
    finding.info = load_parts(options, false, kAnySeed).train.info;
    return finding;
  }
  if (request.target.empty()) {
    choose_target(options.train.path, finding);
  } else {
    options.target = {request.target};
    finding.why_target = "the column to learn; all others are features";
  }
  std::exception_ptr first;
  for (const ByColumn<Missing>& missing : rules_for_gaps(options.target.front())) {
    for (const bool classes : {true, false}) {
      try {
        options.gaps.missing = missing;
        finding.info = load_parts(options, classes, kAnySeed).train.info;
        return finding;
      } catch (const Error&) {
        if (!first) first = std::current_exception();
      }
    }
  }
  std::rethrow_exception(first);
}

/// The line of a comment that begins with `text`, with names after it, the first ones at least; it goes on in further
/// lines.
std::string with_names(std::string text, const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  constexpr std::size_t kWidth = 98;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    const std::string name = quoted_toml(names[i]);
    if (i > 0) text += ',';
    const std::size_t line = text.size() - (text.rfind('\n') + 1);
    text += line + name.size() > kWidth ? "\n#     " : " ";
    text += name;
  }
  if (names.size() > kMost) text += fmt::format(" and {} more", names.size() - kMost);
  return text + '\n';
}

/// `path` as the configuration in `output` may name it: relative to its folder where it is in or beside it.
std::string path_from(const std::filesystem::path& output, const std::string& path) {
  const std::filesystem::path absolute = std::filesystem::absolute(path).lexically_normal();
  const std::filesystem::path folder = std::filesystem::absolute(output).lexically_normal().parent_path();
  const std::string relative = absolute.lexically_relative(folder);
  return quoted_toml(relative.empty() || relative.starts_with("../../") ? absolute.string() : relative);
}

/// The name of a run: that of the file, without what names of folders should not have.
std::string run_name(const std::filesystem::path& output) {
  std::string name = output.stem();
  while (name.starts_with('.')) name.erase(0, 1);
  return name.empty() ? "first" : name;
}

std::string section_data(const TableFindings& finding, const std::filesystem::path& output) {
  const DataOptions& data = finding.options;
  const auto path = [&](const std::string& file) { return path_from(output, file); };
  std::string text = "[data]\n";
  if (data.format == DataFormat::idx)
    text += fmt::format("format = \"idx\"\ntrain = {{ images = {}, labels = {} }}\n", path(data.train.path),
                        path(data.train.labels));
  else
    text += fmt::format("format = \"{}\"\ntrain = {}\n", data.format == DataFormat::csv ? "csv" : "hdf5",
                        path(data.train.path));
  if (!finding.info.dialect.empty())
    text += fmt::format("# read as CSV with {}; if that is wrong, see `lockstep keys CSV`\n", finding.info.dialect);
  text += "test_fraction = 0.2  # a random fifth is held back to test on; or test = a file of its own\n";
  text += "validation_fraction = 0.1  # of the rest a tenth chooses the best epoch; the test samples never choose\n";
  if (!data.target.empty())
    text += fmt::format("target = {}  # {}\n", quoted_toml(data.target.front()), finding.why_target);
  const std::size_t rules = data.gaps.missing.given.size();
  if (rules == 1)
    text += "missing = \"median\"  # fills gaps; or \"mean\", \"zero\", or \"drop\", which leaves samples out\n";
  if (rules == 2)
    text += fmt::format(
        "missing = {{ \"*\" = \"median\", {} = \"drop\" }}  # fills gaps; without a target samples are left out\n",
        quoted_toml(data.target.front()));
  text += "standardize = true  # features to mean 0 and deviation 1\n";
  if (finding.info.task == Task::regression) text += "standardize_targets = true  # predictions are scaled back\n";
  return text;
}

}  // namespace

std::string propose_config(const ProposalRequest& request) {
  const TableFindings finding = look_at(request);
  const DatasetInfo& info = finding.info;
  const bool classify = info.task == Task::classification;
  const bool images = info.feature_shape.size() > 1;

  std::string text = "# A first configuration, written by `lockstep init`; `lockstep keys` explains every key.\n#\n";
  text += with_names(fmt::format("# {} training samples of {} numbers{}", info.samples,
                                 fmt::join(info.feature_shape, " x "), info.feature_names.empty() ? "" : ":"),
                     info.feature_names);
  text += with_names(fmt::format("# {} {} to learn:", info.output_names.size(),
                                 classify                        ? "classes"
                                 : info.output_names.size() == 1 ? "number"
                                                                 : "numbers"),
                     info.output_names) +
          '\n';
  text += fmt::format("[run]\nname = {}  # the run's folder is runs/NAME\n\n", quoted_toml(run_name(request.output)));
  text += section_data(finding, request.output);

  // About three thousand steps settle a small network; more samples bear more units and larger batches.
  const bool small = info.samples < 1000;
  const std::uint64_t batch = info.samples < 10000 ? 32 : 128;
  const std::uint64_t steps_per_epoch = steps_in_epoch(info.samples, batch);
  const std::uint64_t epochs = std::clamp<std::uint64_t>(3000 / steps_per_epoch, 10, 100);
  text += fmt::format("\n[model]\nhidden = {}  # units of the hidden layers\nactivation = \"relu\"\n",
                      images  ? "[256, 128]"
                      : small ? "[16]"
                              : "[64, 32]");
  text += fmt::format("\n[train]\nloss = \"{}\"\nepochs = {}\nglobal_batch = {}  # samples of a step, over all ranks\n",
                      classify ? "cross_entropy" : "mse", epochs, batch);
  text += fmt::format(
      "\n[optimizer]\nlearning_rate = {}  # the first thing to try others of: 3 times more, 3 times less\n"
      "momentum = 0.9\nweight_decay = {}\n",
      classify ? "0.03" : "0.01", small ? "0.01" : "0.0001");
  text += "\n[schedule]\nname = \"cosine\"  # the rate falls to 0 at the end\n";
  return text;
}

}  // namespace lockstep

#include "config/proposal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/counted.hpp"
#include "config/given_value.hpp"
#include "config/text.hpp"
#include "data/formats/list.hpp"
#include "data/sampler.hpp"

namespace lockstep {

namespace {

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
  const std::string train = path(data.train.path.text());
  text += fmt::format("format = \"{}\"\n", Formats::name_of(data.format));
  if (data.names != ArrayNames{})
    text += fmt::format("names = {}  # of the arrays to learn from\n", toml_of_names(data.names));
  if (data.train.has_outputs())
    text += fmt::format("train = {{ {} = {}, {} = {} }}\n", data.format == DataFormat::idx ? "images" : "features",
                        train, data.train.labels.empty() ? "targets" : "labels",
                        path(data.train.labels.empty() ? data.train.targets.text() : data.train.labels.text()));
  else
    text += fmt::format("train = {}\n", train);
  if (!finding.info.dialect.empty())
    text += fmt::format("# read as CSV with {}; if that is wrong, see `lockstep keys CSV`\n", finding.info.dialect);
  if (data.test.path.empty())
    text += "test_fraction = 0.2  # a random fifth is held back to test on; or test = a file of its own\n";
  else
    text += fmt::format("test = {{ path = {}, names = {} }}\n", train, toml_of_names(data.test.names));
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
  const TableFindings finding = find_out(request);
  const DatasetInfo& info = finding.info;
  const bool classify = info.task == Task::classification;
  const bool images = info.feature_shape.size() > 1;

  std::string text = "# A first configuration, written by `lockstep init`; `lockstep keys` explains every key.\n#\n";
  text += with_names(fmt::format("# {} of {} numbers{}", counted(info.samples, "training sample"),
                                 fmt::join(info.feature_shape, " x "), info.feature_names.empty() ? "" : ":"),
                     info.feature_names);
  text += with_names(fmt::format("# {} to learn:", classify ? counted(info.output_names.size(), "class", "classes")
                                                            : counted(info.output_names.size(), "number")),
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

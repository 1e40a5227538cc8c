#include "config/read.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/readable_file.hpp"
#include "config/reader.hpp"
#include "data/data_query.hpp"

namespace lockstep {

namespace {

/// Where a text came from.
enum class Origin { user, program };

/// What concerns more than one key.
void check_together(const TomlDocument& document, const Config& config, Origin origin) {
  const DataOptions& data = config.data;
  if (config.run.name.empty()) throw document.error("run.name", "is missing; it names the run's folder below runs/");
  if (config.run.name.find('/') != std::string::npos || config.run.name.starts_with('.'))
    throw document.error("run.name", "names a folder below runs/ and must not begin with '.' or hold '/'");
  if (data.train.path.empty()) throw document.error("data.train", "is missing; it names the training data");
  const bool fraction = data.test_fraction > 0;
  if (data.test.path.empty() != fraction)
    throw document.error("data.test", "give either data.test or a data.test_fraction between 0 and 1");
  if (data.test_fraction >= 1) throw document.error("data.test_fraction", "must be less than 1");
  if (!data.validation.path.empty() && data.validation_fraction > 0)
    throw document.error("data.validation", "give either data.validation or data.validation_fraction, not both");
  if (data.validation_fraction >= 1) throw document.error("data.validation_fraction", "must be less than 1");
  for (const auto& [key, file] : {std::pair("data.train", data.train), std::pair("data.test", data.test),
                                  std::pair("data.validation", data.validation)}) {
    if (origin == Origin::program && !document.is_overridden(key)) continue;  // in the format that it had then
    if (data.format == DataFormat::idx && file.path.empty() == file.has_outputs())
      throw document.error(key, "IDX has two files; write { images = \"...\", labels = \"...\" }");
    if (!file.labels.empty() && !file.targets.empty())
      throw document.error(key, "give either labels, which are classes, or targets, which are numbers");
    if ((data.format == DataFormat::csv || data.format == DataFormat::hdf5) && file.has_outputs())
      throw document.error(
          key,
          "only data.format = \"idx\" and \"npy\" have labels in files of their own; write the path in "
          "quotes");
    if (file.names != ArrayNames{} && !kWithNames.holds(config))
      throw document.error(key, fmt::format("names: has no effect here: {}", kWithNames.otherwise));
  }
  if (traits_of(config.schedule.name).uses.has(ScheduleOption::validation) && !data.has_validation())
    throw document.error("schedule.name", fmt::format("\"{}\" watches the validation set, and there is none; give "
                                                      "data.validation_fraction, such as 0.1, or data.validation",
                                                      traits_of(config.schedule.name).name));
  if (config.train.freeze > config.model.hidden.size())
    throw document.error("train.freeze", fmt::format("must leave a layer to train, and the network has {} layers",
                                                     config.model.hidden.size() + 1));
  const LossOptions& loss = config.train.loss;
  if (loss.huber_delta <= 0) throw document.error("train.huber_delta", "must be more than 0");
  if (loss.quantile <= 0 || loss.quantile >= 1)
    throw document.error("train.quantile", "must be more than 0 and less than 1");
  if (data.format == DataFormat::csv && data.target.empty())
    throw document.error("data.target", "is missing; it names the column, or columns, to learn");
  for (const auto& [key, column] : {std::pair("data.weights", data.weights), std::pair("data.group", data.group)})
    if (std::ranges::count(data.target, column) > 0)
      throw document.error(key, fmt::format("'{}' is a column of data.target, too; name another", column));
}

/// Bad input where the array of weights or groups is another one, too.
void check_arrays(const TomlDocument& document, const DataOptions& data) {
  if (data.format == DataFormat::csv || !data.target.empty()) return;  // columns
  const ArrayNames names = array_names(data.train.names, data.names);
  for (const auto& [key, array] : {std::pair("data.weights", data.weights), std::pair("data.group", data.group)})
    for (const auto& [role, name] : kArrayRoles)
      if (array == names.*name)
        throw document.error(key, fmt::format("'{}' is the array of data.names.{}, too; name another", array, role));
}

/// A sample alone has nothing to be mixed with.
void check_mixup(const TomlDocument& document, const Config& config) {
  const TrainOptions& train = config.train;
  if (config.data.order == DataOrder::blocks && config.augment.mixup > 0 && train.global_batch < 2 * train.slices)
    throw document.error(
        "augment.mixup",
        fmt::format("mixes the samples of a slice with data.order = \"blocks\", and {} slices of a train.global_batch "
                    "of {} do not have two each; give a train.global_batch of at least {}, or fewer train.slices",
                    train.slices, train.global_batch, 2 * train.slices));
}

std::string read_file(const std::filesystem::path& path) {
  check_readable_file(path);
  constexpr std::size_t kMost = 1U << 20U;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMost + 1, '\0');
  if (!file || file.read(text.data(), static_cast<std::streamsize>(text.size())).bad())
    throw bad_input("{}: cannot read the configuration: {}", path.string(), std::strerror(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMost)
    throw bad_input("{}: has more than {} bytes, so this is no configuration", path.string(), kMost);
  return text;
}

Config read(TomlDocument document, const std::vector<std::string>& overrides, Origin origin) {
  for (const std::string& override_text : overrides) document.override_with(override_text);
  Config config;
  Reader reader(document);
  visit_keys(reader, config);
  reader.reject_unknown_keys();
  if (document.find("run.split_seed") == nullptr) config.run.split_seed = config.run.seed;
  check_together(document, config, origin);
  check_arrays(document, config.data);
  check_mixup(document, config);
  reader.reject_keys_without_effect(config, origin == Origin::program);
  return config;
}

}  // namespace

Config read_config(const std::filesystem::path& path, const std::vector<std::string>& overrides) {
  return read({read_file(path), path.string(), path.parent_path()}, overrides, Origin::user);
}

Config read_config_text(const std::string& text, const std::string& source, const std::vector<std::string>& overrides) {
  return read({text, source, std::filesystem::current_path()}, overrides, Origin::user);
}

Config read_resolved_config(const std::string& text, const std::string& source,
                            const std::vector<std::string>& overrides) {
  return read({text, source, std::filesystem::current_path()}, overrides, Origin::program);
}

}  // namespace lockstep

#include "train/test_set.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <string_view>

#include "base/error.hpp"
#include "config/read.hpp"
#include "config/write.hpp"
#include "data/load.hpp"
#include "nn/loss.hpp"
#include "train/objective.hpp"
#include "train/resume.hpp"
#include "train/surveyed_blocks.hpp"

namespace lockstep {

namespace {

constexpr std::string_view kOwnTest = "--set data.test=FILE";

constexpr const char* kAsTrained = "the network was trained with it, and is measured as it was trained";

/// The key in "KEY=VALUE".
std::string_view key_of(std::string_view override_text) {
  const std::string_view key = override_text.substr(0, override_text.find('='));
  return key.substr(0, key.find_last_not_of(" \t") + 1);
}

/// Why a key cannot have another value than in training; nothing where it can.
std::string objection(NetworkUse use, const std::string& key, const Config& trained, const Config& wanted) {
  if (key == "train.kernels" || key == "train.precision") return "";
  if (use == NetworkUse::prediction) return "it has no effect on a prediction";
  const bool own_test = !wanted.data.test.path.empty();
  if (key.starts_with("data.test")) {
    if (key != "data.test_fraction" || own_test) return "";
  } else if (own_test ? key == "data.weights" || key == "data.format" : key.starts_with("data.train")) {
    return "";  // another file may have another format, and no weights
  }
  const bool moves_split = key == "run.seed" || key == "run.split_seed" || key == "data.test_fraction" ||
                           key == "data.validation_fraction" || key == "data.group";
  if (moves_split && trained.data.test_fraction > 0 && !own_test)
    return fmt::format(
        "it would move the split, and samples that the network was trained on would be tested; for other samples give "
        "{}",
        kOwnTest);
  if (key.starts_with("data.train")) return "it has no effect where the test set is a file of its own";
  constexpr std::array<std::string_view, 4> kOfLoss = {"train.loss", "train.label_smoothing", "train.huber_delta",
                                                       "train.quantile"};
  const bool measures = key.starts_with("data.") || std::ranges::count(kOfLoss, key) > 0;
  return measures ? kAsTrained : "it has no effect on an evaluation";
}

/// The test part of the training data.
struct TestPart {
  Dataset test;
  std::string train_digest;  // of the rest
  std::string source;
};

TestPart load_test_part(const CheckpointInfo& checkpoint, const Config& config, const Helpers& helpers) {
  const DatasetInfo* known = checkpoint.started_from.empty() ? nullptr : &checkpoint.data;
  if (config.data.order == DataOrder::blocks) {
    SurveyedBlocks data = survey_training_data(Communicator::alone(), config, known);
    return {std::move(data.held.test), data.survey.info.digest, data.survey.info.source};
  }
  DataOptions options = config.data;
  options.validation = {};  // a file of its own has no part in the split
  DataParts data = load_parts(options, takes_labels(config.train.loss.name), config.run.split_seed, known,
                              checkpoint.test_by_class, helpers);
  std::string digest = checkpoint.format == 1 ? digest_in_float32(data.train) : data.train.info.digest;
  return {std::move(data.test), std::move(digest), data.train.info.source};
}

/// Bad input unless the checkpoint was trained on one part of this data and tested on the other.
void check_split(const CheckpointInfo& checkpoint, const TestPart& data) {
  const bool same_test = checkpoint.test_digest.empty() || checkpoint.test_digest == data.test.info.digest;
  if (data.train_digest == checkpoint.data.digest && same_test) return;
  throw bad_input(
      "{}: has changed since {} was trained on a part of it, and its test samples may be among those that the network "
      "has seen; give the file as it was (--set data.train=FILE){}, or a test set of its own ({})",
      data.source, checkpoint.data.source, hint_on_version(checkpoint), kOwnTest);
}

bool is_training_file(const Config& config) {
  std::error_code ignored;
  const std::vector<std::string> train = config.data.train.path.expanded();
  return config.data.test.names == config.data.train.names &&
         std::ranges::any_of(config.data.test.path.expanded(), [&](const std::string& test) {
           return std::ranges::any_of(
               train, [&](const std::string& file) { return std::filesystem::equivalent(test, file, ignored); });
         });
}

}  // namespace

Config config_for(NetworkUse use, const CheckpointInfo& checkpoint, const std::vector<std::string>& overrides) {
  const std::string& source = checkpoint.data.source;
  const Config trained = read_resolved_config(checkpoint.config, source, {});
  std::vector<std::string> all = overrides;
  if (std::ranges::count(overrides, "data.test", key_of) > 0 &&
      std::ranges::count(overrides, "data.test_fraction", key_of) == 0)
    all.emplace_back("data.test_fraction=0");
  // The network is told layer by layer, beside which its short keys would make no sense.
  for (const std::string& text : overrides)
    if (key_of(text).starts_with("model."))
      throw bad_input("--set {}: the network is the one in {}, and cannot be changed; leave keys of [model] out", text,
                      source);
  Config wanted = read_resolved_config(checkpoint.config, source, all);

  std::map<std::string, std::string> before;
  for (const auto& [key, value] : config_values(trained)) before[key] = value;
  for (const auto& [key, value] : config_values(wanted)) {
    const std::string was = std::exchange(before[key], value);
    if (was == value) continue;
    if (const std::string why = objection(use, key, trained, wanted); !why.empty())
      throw bad_input("--set {}={}: in {} it is {}; {}", key, value, source, was.empty() ? "not given" : was, why);
  }
  return wanted;
}

Dataset read_test_set(const CheckpointInfo& checkpoint, const Config& config, const Helpers& helpers) {
  if (config.data.test.path.empty()) {
    TestPart data = load_test_part(checkpoint, config, helpers);
    check_split(checkpoint, data);
    return std::move(data.test);
  }
  Dataset test = load_test(config.data, checkpoint.data, helpers);
  check_targets(config.train.loss, test);
  std::vector<std::string>& notes = test.info.notes;
  if (test.info.digest == checkpoint.data.digest || is_training_file(config))
    notes.push_back(fmt::format("{} holds samples that the network was trained on", test.info.source));
  const DataFile before = read_resolved_config(checkpoint.config, checkpoint.data.source, {}).data.test;
  const bool changed = !checkpoint.test_digest.empty() && checkpoint.test_digest != test.info.digest;
  if (changed && before.path == config.data.test.path)
    notes.push_back(fmt::format("{} has changed since the network was trained", test.info.source));
  return test;
}

}  // namespace lockstep

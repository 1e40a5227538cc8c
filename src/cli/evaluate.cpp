// lockstep evaluate
#include "train/evaluate.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/seeds.hpp"
#include "comm/broadcast.hpp"
#include "comm/together.hpp"
#include "data/predictions.hpp"
#include "train/evaluation_report.hpp"
#include "train/shared_samples.hpp"
#include "train/test_set.hpp"
#include "train/trained_model.hpp"

namespace lockstep {

namespace {

struct EvaluateArguments {
  std::string checkpoint;
  std::vector<std::string> overrides;
  std::string output;  // empty: none
  bool samples = false;
  bool force = false;
};

/// Bad input where the report would replace what is read, or what is no report.
void check_report(const EvaluateArguments& arguments, const TrainedModel& trained) {
  if (arguments.output.empty()) return;
  const DataOptions& data = trained.config.data;
  std::vector<std::pair<std::filesystem::path, const char*>> inputs = {{trained.info.data.source, "checkpoint"}};
  for (const std::string& file : data.train.files()) inputs.emplace_back(file, "training data");
  for (const std::string& file : data.test.files()) inputs.emplace_back(file, "test data");
  check_output("--output", arguments.output, inputs, {EvaluationReport::recognises, "an evaluation"}, arguments.force);
}

/// A network with its test set, and what it says of it.
struct Measured {
  TrainedModel trained;
  PreparedDataset test;
  Evaluation result;

  [[nodiscard]] EvaluationReport report() const {
    return {trained.info.data.source, test, trained.config.train.loss.name, result};
  }
};

/// Collective.
Measured measure(const Communicator& world, const EvaluateArguments& arguments, const std::string& run) {
  TrainedModel trained = load_trained_model(world, run, FolderMeans::best, NetworkUse::evaluation, arguments.overrides);
  together(world, [&] {
    if (world.is_root()) check_report(arguments, trained);
  });
  PreparedDataset test = load_on_every_host(world, trained.info.transform, [&](const Helpers& helpers) {
    return read_test_set(trained.info, trained.config, helpers);
  });
  Evaluator evaluator(world, trained.model, trained.config.train.loss, test, Outputs::are_kept);
  Evaluation result = evaluator.evaluate(trained.parameters.span());
  return {std::move(trained), std::move(test), std::move(result)};
}

void show(const EvaluateArguments& arguments, const PreparedDataset& test, const EvaluationReport& report) {
  for (const std::string& note : test.info.notes) fmt::print("note:    {}\n", note);
  report.print();
  if (!arguments.output.empty()) report.write(arguments.output, arguments.samples);
}

/// What a network says of its test set, in the units of the data.
Predictions predictions_of(const Measured& one) {
  const ConstMatrix outputs(one.result.outputs, one.test.info.samples, one.trained.model.outputs());
  return predictions_of(one.trained.info.data, one.test.transform.targets, outputs,
                        [&](std::uint64_t row) { return one.test.name_of(row); });
}

/// What the averaged predictions of several networks come to, by the test set and on the scale of one of them.
Evaluation evaluate_mean(const Measured& of, const Predictions& mean) {
  const std::size_t columns = of.trained.model.outputs();
  std::vector<float> values(mean.values.begin(), mean.values.end());
  if (of.test.info.task == Task::regression)
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(of.test.transform.targets.scaled(mean.values[i], i % columns));
  Evaluator evaluator(Communicator::alone(), of.trained.model, of.trained.config.train.loss, of.test,
                      Outputs::are_kept);
  return evaluator.evaluate_predictions(ConstMatrix(values, of.test.info.samples, columns));
}

/// Each network by itself, then all of them on average. Only one is in memory at a time beside the first.
ExitStatus evaluate_seeds(const Communicator& world, const EvaluateArguments& arguments,
                          const std::vector<std::string>& runs) {
  std::optional<Measured> first;
  std::vector<NetworkScores> networks;  // on rank 0, and their mean
  MeanOfPredictions mean;
  for (const std::string& run : runs) {
    Measured one = measure(world, arguments, run);
    together(world, [&] {
      if (first) check_alike(first->trained, one.trained);
      if (first && !same_data(first->test.info, one.test.info))
        throw bad_input("{}: has another test set than {}; their predictions have no mean",
                        one.trained.info.data.source, first->trained.info.data.source);
      if (!world.is_root()) return;
      networks.push_back({std::filesystem::path(run).filename().string(), one.report().scores()});
      mean.add(predictions_of(one));
    });
    if (!first) first = std::move(one);
  }
  together(world, [&] {
    if (!world.is_root()) return;
    const Evaluation averaged = evaluate_mean(*first, std::move(mean).mean(first->trained.info.data));
    const EvaluationReport report(arguments.checkpoint, first->test, first->trained.config.train.loss.name, averaged,
                                  networks);
    show(arguments, first->test, report);
    print_networks(networks, report.scores());
  });
  return ExitStatus::done;
}

ExitStatus evaluate(const Communicator& world, const EvaluateArguments& arguments) {
  std::vector<std::string> runs;
  together(world, [&] {
    if (world.is_root()) runs = runs_of(arguments.checkpoint);
  });
  broadcast(world, runs);
  if (runs.size() > 1) return evaluate_seeds(world, arguments, runs);
  const Measured measured = measure(world, arguments, runs.front());
  together(world, [&] {
    if (world.is_root()) show(arguments, measured.test, measured.report());
  });
  return ExitStatus::done;
}

}  // namespace

void add_evaluate_command(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* command =
      app.add_subcommand("evaluate",
                         "Measure a checkpoint on its test set by all metrics that it has; of a folder of --seeds "
                         "each, and the mean of their predictions");
  add_checkpoint_argument(*command, arguments->checkpoint, FolderMeans::best);
  add_set_option(*command, arguments->overrides, "data.test=new.csv");
  CLI::Option* output =
      command->add_option("--output", arguments->output, "Write all metrics, with those of each class or target, too")
          ->option_text("FILE.h5|FILE.json")
          ->check([](const std::string& path) {
            return path.ends_with(".h5") || path.ends_with(".json") ? "" : "must end in .h5 or .json";
          });
  command
      ->add_flag("--samples", arguments->samples,
                 "In the file, each sample's label or targets and its probabilities or predicted values, too")
      ->needs(output);
  command->add_flag("--force", arguments->force, "Replace a file that holds no evaluation, too")->needs(output);
  command->callback([arguments, &action] {
    action = [arguments](const Communicator& world) { return evaluate(world, *arguments); };
  });
}

}  // namespace lockstep

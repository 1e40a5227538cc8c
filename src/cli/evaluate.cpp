// lockstep evaluate
#include "train/evaluate.hpp"

#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "comm/together.hpp"
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

ExitStatus evaluate(const Communicator& world, const EvaluateArguments& arguments) {
  const TrainedModel trained = load_trained_model(world, arguments.checkpoint, FolderMeans::best, arguments.overrides);
  together(world, [&] {
    if (!world.is_root() || arguments.output.empty()) return;
    const DataOptions& data = trained.config.data;
    std::vector<std::pair<std::filesystem::path, const char*>> inputs = {{trained.info.data.source, "checkpoint"}};
    for (const std::string& file : data.train.files()) inputs.emplace_back(file, "training data");
    for (const std::string& file : data.test.files()) inputs.emplace_back(file, "test data");
    check_output("--output", arguments.output, inputs, {EvaluationReport::recognises, "an evaluation"},
                 arguments.force);
  });
  const PreparedDataset test = load_on_every_host(world, trained.info.transform, [&](const Helpers& helpers) {
    return read_test_set(trained.info, trained.config, helpers);
  });
  const LossOptions& loss = trained.config.train.loss;
  Evaluator evaluator(world, trained.model, loss, test, Outputs::are_kept);
  const Evaluation result = evaluator.evaluate(trained.parameters.span());
  together(world, [&] {
    if (!world.is_root()) return;
    for (const std::string& note : test.info.notes) fmt::print("note:    {}\n", note);
    const EvaluationReport report(trained.info.data.source, test, loss.name, result);
    report.print();
    if (!arguments.output.empty()) report.write(arguments.output, arguments.samples);
  });
  return ExitStatus::done;
}

}  // namespace

void add_evaluate_command(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* command = app.add_subcommand("evaluate", "Measure a checkpoint on its test set by all metrics that it has");
  add_checkpoint_argument(*command, arguments->checkpoint, FolderMeans::best);
  add_set_option(*command, arguments->overrides);
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

// lockstep evaluate
#include "train/evaluate.hpp"

#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "metrics/lines.hpp"
#include "train/host_data.hpp"
#include "train/test_set.hpp"
#include "train/trained_model.hpp"

namespace lockstep {

namespace {

struct EvaluateArguments {
  std::string checkpoint;
  std::vector<std::string> overrides;
};

ExitStatus evaluate(const Communicator& world, const EvaluateArguments& arguments) {
  const TrainedModel trained = load_trained_model(world, arguments.checkpoint, FolderMeans::best, arguments.overrides);
  const PreparedDataset test =
      load_on_every_host(world, trained.info.transform, [&] { return read_test_set(trained.info, trained.config); });
  Evaluator evaluator(world, trained.model, trained.config.train.loss, test);
  const Evaluation result = evaluator.evaluate(trained.parameters.span());
  if (!world.is_root()) return ExitStatus::done;
  const bool classification = test.info.task == Task::classification;
  for (const std::string& note : test.info.notes) fmt::print("note:    {}\n", note);
  fmt::print("checkpoint: {}\n", trained.info.data.source);
  fmt::print("test_samples: {}\n", test.info.samples);
  fmt::print("test_loss: {}\n", full_number(result.loss));
  fmt::print("{}: {}\n", classification ? "test_accuracy" : "test_r2", full_number(result.score));
  return ExitStatus::done;
}

}  // namespace

void add_evaluate_command(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<EvaluateArguments>();
  CLI::App* command =
      app.add_subcommand("evaluate", "Measure loss and accuracy, or R2, of a checkpoint on its test set");
  add_checkpoint_argument(*command, arguments->checkpoint, FolderMeans::best);
  add_set_option(*command, arguments->overrides);
  command->callback([arguments, &action] {
    action = [arguments](const Communicator& world) { return evaluate(world, *arguments); };
  });
}

}  // namespace lockstep

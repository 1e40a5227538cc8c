// lockstep inspect
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "cli/commands.hpp"
#include "config/write.hpp"
#include "metrics/lines.hpp"
#include "nn/build_model.hpp"
#include "train/trained_model.hpp"

namespace lockstep {

namespace {

ExitStatus inspect(const Communicator& world, const std::string& path) {
  const TrainedModel trained = load_trained_model(world, path, FolderMeans::newest, NetworkUse::prediction, {});
  if (!world.is_root()) return ExitStatus::done;
  const CheckpointInfo& info = trained.info;
  const Progress& progress = info.progress;
  fmt::print("checkpoint: {}\n", info.data.source);
  fmt::print("format_version: {}\n", info.format);
  fmt::print("lockstep_version: {}\n", info.lockstep_version);
  fmt::print("digest: {}\n", info.digest);
  fmt::print("blas_kernel: {}\n", info.blas_kernel);
  fmt::print("c_library: {}\n", info.c_library);
  fmt::print("slices: {}\n", info.slices);
  fmt::print("epoch: {}\n", progress.epoch);
  fmt::print("step: {}\n", progress.step);
  fmt::print("train_loss: {}\n", full_number(progress.train_loss));
  fmt::print("best_score: {}\n", full_number(progress.best_score));
  fmt::print("best_loss: {}\n", full_number(progress.best_loss));
  fmt::print("best_step: {}\n", progress.best_step);
  fmt::print("arithmetic_changes: {}\n", info.arithmetic_changes.empty() ? "none" : info.arithmetic_changes);
  fmt::print("started_from: {}\n", info.started_from.empty() ? "initial weights" : info.started_from);
  fmt::print("model: {}\n", describe_model(trained.model));
  fmt::print("parameters: {}\n", trained.model.parameter_count());
  fmt::print("outputs: {}\n", fmt::join(info.data.output_names, ", "));
  for (const auto& [key, value] : config_values(trained.config)) fmt::print("{}: {}\n", key, value);
  return ExitStatus::done;
}

}  // namespace

void add_inspect_command(CLI::App& app, Action& action) {
  const auto path = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("inspect", "Show what is in a checkpoint, as lines of \"key: value\"");
  add_checkpoint_argument(*command, *path, FolderMeans::newest);
  command->callback([path, &action] { action = [path](const Communicator& world) { return inspect(world, *path); }; });
}

}  // namespace lockstep

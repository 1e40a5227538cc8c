// The program's commands. Each adds its options to the command line and says what to do when it is called.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

#include "checkpoint/folder.hpp"
#include "comm/communicator.hpp"

namespace lockstep {

/// What the command line asks for. Collective; the status is the same on every rank.
using Action = std::function<ExitStatus(const Communicator& world)>;

void add_train_command(CLI::App& app, Action& action);
void add_evaluate_command(CLI::App& app, Action& action);
void add_predict_command(CLI::App& app, Action& action);
void add_export_command(CLI::App& app, Action& action);
void add_inspect_command(CLI::App& app, Action& action);
void add_init_command(CLI::App& app, Action& action);
void add_keys_command(CLI::App& app, Action& action);
void add_pack_command(CLI::App& app, Action& action);
void add_doctor_command(CLI::App& app, Action& action);
/// `environment` is that of the program before MPI was initialised, for the programs that it starts.
void add_verify_command(CLI::App& app, Action& action, const std::vector<std::string>& environment);

/// The positional CHECKPOINT|RUN_DIR and the option --set, with an example for it, which several commands have.
void add_checkpoint_argument(CLI::App& command, std::string& path, FolderMeans means);
void add_set_option(CLI::App& command, std::vector<std::string>& overrides, std::string_view example);

}  // namespace lockstep

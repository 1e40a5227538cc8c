// The program: parses the command line, runs one command, and is the one place where failures end.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>

#include "base/child_process.hpp"
#include "base/launcher.hpp"
#include "base/output.hpp"
#include "base/version.hpp"
#include "cli/commands.hpp"
#include "comm/communicator.hpp"
#include "comm/together.hpp"
#include "tensor/blas.hpp"
#include "train/platform.hpp"

namespace lockstep {

namespace {

/// Says what went wrong and ends the whole job.
int fail(const Communicator& world, const char* message, ExitStatus status) {
  std::fflush(stdout);
  if (world.size() == 1) {
    fmt::print(stderr, "lockstep: {}\n", message);
    return static_cast<int>(status);
  }
  fmt::print(stderr, "rank {} ({}): {}\n", world.rank(), host_name(), message);
  std::fflush(stderr);
  world.abort(status);
}

/// False when a launcher says that this process, which MPI sees alone, is one of several. The first of them says why.
bool is_alone(const Launch& launch) {
  if (launch.size > 1 && launch.rank == 0) fmt::print(stderr, "lockstep: {}\n", launch_remedy(launch));
  return launch.size <= 1;
}

/// False, and said, when MPI cannot start. Of a task that SLURM started without PMIx it would say that it was built
/// wrongly, and end it.
bool can_start_mpi(const std::vector<std::string>& environment) {
  const Launch launch = launch_of(environment);
  const StepStart start = step_start_of(environment);
  if (start == StepStart::pmi2 && launch.size > 1 && launch.rank == 0)
    fmt::print(stderr, "lockstep: srun has started this with PMI-2; if MPI now ends it, use srun --mpi=pmix\n");
  return start != StepStart::without || is_alone(launch);
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

int run(const Communicator& world, const std::vector<std::string>& environment, int argc, char** argv) {
  CLI::App app(
      "Lockstep trains multi-layer perceptrons by synchronous data parallelism on MPI ranks, with the same bits "
      "on any number of them.\nStart it alone, or with mpirun or srun.");
  app.name("lockstep");
  app.set_version_flag("--version", std::string("lockstep ") + version());
  app.require_subcommand(0, 1);  // a word that is no command is then named in the message
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return fmt::format("lockstep: {}\nSee lockstep --help, or lockstep COMMAND --help.\n", error.what());
  });
  Action action;
  add_init_command(app, action);
  add_keys_command(app, action);
  add_train_command(app, action);
  add_evaluate_command(app, action);
  add_predict_command(app, action);
  add_export_command(app, action);
  add_inspect_command(app, action);
  add_verify_command(app, action, environment);
  add_pack_command(app, action);
  add_doctor_command(app, action);
  try {
    app.parse(argc, argv);
    if (!action) throw CLI::RequiredError(fmt::format("A command ({})", fmt::join(commands_of(app), ", ")));
  } catch (const CLI::ParseError& error) {
    // Every rank has the same command line and comes to the same end.
    const int code = world.is_root() ? app.exit(error) : error.get_exit_code();
    flush_output();
    return static_cast<int>(code == 0 ? ExitStatus::done : ExitStatus::bad_input);
  }
  if (world.size() == 1 && !is_alone(launch_of(environment))) return static_cast<int>(ExitStatus::bad_input);
  if (world.size() > 1) check_same_program(world);
  openblas::use_one_thread();
  const ExitStatus status = action(world);
  flush_output();
  return static_cast<int>(status);
}

}  // namespace

}  // namespace lockstep

int main(int argc, char** argv) {
  using namespace lockstep;
  keep_standard_streams();
  const std::vector<std::string> environment = current_environment();
  std::optional<MpiSession> session;  // its start takes longer than many a command
  if (may_have_others(environment)) {
    if (!can_start_mpi(environment)) return static_cast<int>(ExitStatus::bad_input);
    session.emplace(argc, argv, is_on_one_host(environment));
  }
  const Communicator world = session ? Communicator::world() : Communicator::alone();
  try {
    return run(world, environment, argc, argv);
  } catch (const FailedElsewhere&) {
    world.barrier();  // until the rank that failed ends the job
    return static_cast<int>(ExitStatus::failed);
  } catch (const Error& error) {
    return fail(world, error.what(), error.status());
  } catch (const std::bad_alloc&) {
    return fail(world, "out of memory; use a smaller train.global_batch or model, or fewer ranks per host",
                ExitStatus::failed);
  } catch (const std::exception& error) {
    return fail(world, error.what(), ExitStatus::failed);
  }
}

// The program: parses the command line, runs one command, and is the one place where failures end.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <iostream>

#include "base/child_process.hpp"
#include "base/version.hpp"
#include "cli/commands.hpp"
#include "comm/communicator.hpp"
#include "comm/together.hpp"
#include "tensor/blas.hpp"

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
  add_train_command(app, action);
  add_evaluate_command(app, action);
  add_predict_command(app, action);
  add_inspect_command(app, action);
  add_verify_command(app, action, environment);
  try {
    app.parse(argc, argv);
    if (!action) throw CLI::RequiredError("A command (train, evaluate, predict, inspect or verify)");
  } catch (const CLI::ParseError& error) {
    // Every rank has the same command line and comes to the same end.
    const int code = world.is_root() ? app.exit(error) : error.get_exit_code();
    return static_cast<int>(code == 0 ? ExitStatus::done : ExitStatus::bad_input);
  }
  openblas::use_one_thread();
  return static_cast<int>(action(world));
}

}  // namespace

}  // namespace lockstep

int main(int argc, char** argv) {
  using namespace lockstep;
  const std::vector<std::string> environment = current_environment();
  const MpiSession session(argc, argv);
  const Communicator world = Communicator::world();
  try {
    return run(world, environment, argc, argv);
  } catch (const FailedElsewhere&) {
    world.barrier();  // until the rank that failed ends the job
    return static_cast<int>(ExitStatus::failed);
  } catch (const Error& error) {
    return fail(world, error.what(), error.status());
  } catch (const std::bad_alloc&) {
    return fail(world, "out of memory; use a smaller train.global_batch or model, or fewer ranks a host",
                ExitStatus::failed);
  } catch (const std::exception& error) {
    return fail(world, error.what(), ExitStatus::failed);
  }
}

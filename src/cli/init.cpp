// lockstep init
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "cli/commands.hpp"
#include "comm/together.hpp"
#include "config/proposal.hpp"

namespace lockstep {

namespace {

struct InitArguments {
  std::vector<std::string> files;
  std::string target;
  std::string output;
};

constexpr const char* kCompressed[] = {".gz", ".zst", ".xz"};

/// "train-images-idx3-ubyte.gz" and "iris.csv" become "train-images-idx3-ubyte" and "iris" with ".toml".
std::filesystem::path default_output(const std::filesystem::path& table) {
  std::filesystem::path name = table.filename();
  if (std::ranges::count(kCompressed, name.extension()) > 0) name.replace_extension();
  return name.replace_extension(".toml");
}

/// Writes a new file. Bad input where there is one already.
void write_new_file(const std::filesystem::path& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wx");
  if (file == nullptr && errno == EEXIST)
    throw bad_input("{}: is there already and stays as it is; name another with --output", path.string());
  if (file == nullptr) throw bad_input("{}: cannot write: {}", path.string(), std::strerror(errno));
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (written && closed) return;
  const int reason = errno;
  std::remove(path.c_str());
  throw failure("{}: cannot write: {}", path.string(), std::strerror(reason));
}

ExitStatus init(const Communicator& world, const InitArguments& arguments) {
  together(world, [&] {
    if (!world.is_root()) return;
    ProposalRequest request;
    request.data.path = arguments.files.front();
    if (arguments.files.size() > 1) request.data.labels = arguments.files.back();
    request.target = arguments.target;
    request.output =
        arguments.output.empty() ? default_output(arguments.files.front()) : std::filesystem::path(arguments.output);
    if (std::filesystem::exists(request.output))  // said before long files are read
      throw bad_input("{}: is there already and stays as it is; name another with --output", request.output.string());
    const std::string text = propose_config(request);
    write_new_file(request.output, text);
    fmt::print("{}{}: read it, then: lockstep train {}\n", text.substr(0, text.find("\n\n") + 1),
               request.output.string(), request.output.string());
  });
  return ExitStatus::done;
}

}  // namespace

void add_init_command(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<InitArguments>();
  CLI::App* command = app.add_subcommand(
      "init",
      "Write a first configuration, with comments, for a CSV table, an HDF5 or NumPy file, or IDX images and labels");
  command
      ->add_option("TABLE", arguments->files,
                   "The training data; .npy: features and labels or targets; IDX: images, and labels where their name "
                   "does not follow")
      ->required()
      ->expected(1, 2)
      ->option_text("[LABELS]");
  command
      ->add_option("--target", arguments->target,
                   "The column to learn (default: one called target, label, class or "
                   "y, else the last)")
      ->option_text("COLUMN");
  command->add_option("--output", arguments->output, "The configuration's file (default: the table's name with .toml)")
      ->option_text("FILE.toml");
  command->callback(
      [arguments, &action] { action = [arguments](const Communicator& world) { return init(world, *arguments); }; });
}

}  // namespace lockstep

// lockstep pack
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "base/counted.hpp"
#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "comm/helpers.hpp"
#include "comm/together.hpp"
#include "config/read.hpp"
#include "data/load.hpp"
#include "data/packed_file.hpp"
#include "nn/loss.hpp"

namespace lockstep {

namespace {

struct PackArguments {
  std::string config;
  std::vector<std::string> overrides;
  std::string output;
  bool float32 = false;
  bool force = false;
};

void pack(const PackArguments& arguments, const Helpers& helpers) {
  const Config config = read_config(arguments.config, arguments.overrides);
  const DataOptions& data = config.data;
  check_folder_of("--output", arguments.output);
  std::vector<std::pair<std::filesystem::path, const char*>> inputs = {{arguments.config, "configuration"}};
  for (const std::string& file : data.train.files()) inputs.emplace_back(file, "training data");
  check_output("--output", arguments.output, inputs, {is_packed_file, "packed data"}, arguments.force);
  const DatasetInfo info =
      write_packed_file(arguments.output, arguments.float32 ? PackedReal::float32 : PackedReal::float64, data,
                        [&](std::uint64_t rows, const UsePart& use) {
                          return load_in_parts(data, takes_labels(config.train.loss.name), rows, use, helpers);
                        });
  for (const std::string& note : info.notes) fmt::print("note:    {}\n", note);
  fmt::print("{} in {}; train with data.format = \"hdf5\" and data.train = \"{}\"\n", counted(info.samples, "sample"),
             arguments.output, arguments.output);
}

}  // namespace

void add_pack_command(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<PackArguments>();
  CLI::App* command = app.add_subcommand(
      "pack", "Write the training data of a configuration as an HDF5 file that data.order = \"blocks\" reads");
  command->add_option("config", arguments->config, "The configuration; its section [data] says how to read data.train")
      ->required()
      ->option_text("CONFIG.toml");
  add_set_option(*command, arguments->overrides, "train.epochs=3");
  command->add_option("--output", arguments->output, "The file to write")
      ->required()
      ->option_text("FILE.h5")
      ->check([](const std::string& path) { return path.ends_with(".h5") ? "" : "must end in .h5"; });
  command->add_flag("--float32", arguments->float32,
                    "Features as float32, half as large: digits beyond the seventh are lost");
  command->add_flag("--force", arguments->force, "Replace a file that holds no packed data, too");
  command->callback([arguments, &action] {
    action = [arguments](const Communicator& world) {
      const Helpers helpers = helpers_on(world.on_this_host());
      together(world, [&] {
        if (world.is_root()) pack(*arguments, helpers);
      });
      return ExitStatus::done;
    };
  });
}

}  // namespace lockstep

// Arguments that several commands have.
#include <fmt/format.h>

#include "cli/commands.hpp"

namespace lockstep {

void add_checkpoint_argument(CLI::App& command, std::string& path, FolderMeans means) {
  command
      .add_option("CHECKPOINT|RUN_DIR", path,
                  means == FolderMeans::best ? "A checkpoint file, or a run's folder: its best checkpoint"
                                             : "A checkpoint file, or a run's folder: its newest checkpoint")
      ->required()
      ->option_text(" ");
}

void add_set_option(CLI::App& command, std::vector<std::string>& overrides, std::string_view example) {
  command
      .add_option(
          "--set", overrides,
          fmt::format("Set a key of the configuration, for example --set {}. May be given several times", example))
      ->option_text("KEY=VALUE")
      ->allow_extra_args(false);
}

}  // namespace lockstep

// Arguments that several commands have.
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

void add_set_option(CLI::App& command, std::vector<std::string>& overrides) {
  command
      .add_option("--set", overrides,
                  "Set a key of the configuration, for example --set train.epochs=3. May be given several times")
      ->option_text("KEY=VALUE")
      ->allow_extra_args(false);
}

}  // namespace lockstep

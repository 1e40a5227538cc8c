#include "train/trained_model.hpp"

#include <fmt/format.h>

#include <memory>

#include "comm/broadcast.hpp"
#include "comm/together.hpp"
#include "predict/parameters.hpp"
#include "train/platform.hpp"

namespace lockstep {

TrainedModel load_trained_model(const Communicator& world, const std::filesystem::path& file_or_run_folder,
                                FolderMeans means, NetworkUse use, const std::vector<std::string>& overrides) {
  std::unique_ptr<CheckpointReader> reader;
  CheckpointInfo info;
  Config config;
  together(world, [&] {
    if (!world.is_root()) return;
    OpenedCheckpoint opened = open_checkpoint(file_or_run_folder, means);
    for (const std::filesystem::path& path : opened.damaged)
      fmt::print("note: {}: damaged, and passed over\n", path.string());
    reader = std::move(opened.reader);
    info = reader->info();
    config = config_for(use, info, overrides);
  });
  broadcast(world, info);
  broadcast(world, config);
  // Whichever kernels trained it: they do not all run on every processor.
  const Kernels wanted = config.train.kernels == Kernels::openblas ? Kernels::openblas : Kernels::automatic;
  const Arithmetic arithmetic = agree_on_arithmetic(world, {wanted, config.train.precision});
  TrainedModel trained = empty_model(std::move(info), std::move(config), arithmetic);
  together(world, [&] {
    if (reader) load_parameters(*reader, trained.model, trained.parameters.span());
  });
  world.broadcast(trained.parameters.span());
  return trained;
}

}  // namespace lockstep

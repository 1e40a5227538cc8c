#include "train/trained_model.hpp"

#include <fmt/format.h>

#include <memory>

#include "comm/broadcast.hpp"
#include "comm/together.hpp"
#include "nn/build_model.hpp"
#include "train/platform.hpp"
#include "train/state.hpp"
#include "train/test_set.hpp"

namespace lockstep {

TrainedModel load_trained_model(const Communicator& world, const std::filesystem::path& file_or_run_folder,
                                FolderMeans means, const std::vector<std::string>& overrides) {
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
    config = evaluation_config(info, overrides);
  });
  broadcast(world, info);
  broadcast(world, config);
  // Whichever kernels trained it: they do not all run on every processor.
  const Kernels wanted = config.train.kernels == Kernels::openblas ? Kernels::openblas : Kernels::automatic;
  Model model =
      build_model(config.model, info.transform.inputs(info.data), info.data.outputs(), agree_on_kernels(world, wanted));
  AlignedBuffer parameters(model.size());
  together(world, [&] {
    if (reader) load_parameters(*reader, model, parameters.span());
  });
  world.broadcast(parameters.span());
  return {std::move(info), std::move(config), std::move(model), std::move(parameters)};
}

}  // namespace lockstep

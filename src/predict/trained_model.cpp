#include "predict/trained_model.hpp"

#include "config/read.hpp"
#include "nn/build_model.hpp"
#include "predict/parameters.hpp"

namespace lockstep {

TrainedModel empty_model(CheckpointInfo info, Config config, const Arithmetic& arithmetic) {
  Model model = build_model(config.model, info.transform.inputs(info.data), info.data.outputs(), arithmetic);
  AlignedBuffer parameters(model.size());
  return {std::move(info), std::move(config), std::move(model), std::move(parameters)};
}

TrainedModel load_trained_model(const std::filesystem::path& file_or_run_folder) {
  const OpenedCheckpoint opened = open_checkpoint(file_or_run_folder, FolderMeans::best);
  if (!opened.damaged.empty())
    throw bad_input("{}: damaged; name a checkpoint of the folder that is whole", opened.damaged.front().string());
  const CheckpointInfo& info = opened.reader->info();
  Config config = read_resolved_config(info.config, info.data.source, {});
  const Arithmetic arithmetic(resolve(Kernels::automatic), config.train.precision);
  TrainedModel trained = empty_model(info, std::move(config), arithmetic);
  load_parameters(*opened.reader, trained.model, trained.parameters.span());
  return trained;
}

}  // namespace lockstep

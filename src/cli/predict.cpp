// lockstep predict
#include "train/predict.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string_view>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/seeds.hpp"
#include "comm/broadcast.hpp"
#include "comm/together.hpp"
#include "data/formats/list.hpp"
#include "data/input_file.hpp"
#include "data/load.hpp"
#include "data/predictions.hpp"

namespace lockstep {

namespace {

struct PredictArguments {
  std::string checkpoint;
  std::vector<std::string> overrides;
  std::string input;
  std::string input_format;  // empty: told by content
  std::string output;
  std::vector<std::string> keep;
  bool outside = false;  // whether to write a column of it
  bool force = false;
};

const std::map<std::string_view, DataFormat> kInputFormats(std::begin(Formats::kNames), std::end(Formats::kNames));

/// "idx|hdf5|...".
std::string format_names() {
  std::string names;
  for (const auto& [name, format] : Formats::kNames) names += (names.empty() ? "" : "|") + std::string(name);
  return names;
}

/// The format that is given, or that the input has. Bad input where standard input cannot be read as asked.
DataFormat input_format(const Communicator& world, const PredictArguments& arguments) {
  const bool piped = arguments.input == kStandardInput;
  if (piped && !world.is_root())
    throw bad_input("--input -: standard input reaches the first host alone; give every host a file");
  if (arguments.input_format.empty()) return piped ? DataFormat::csv : recognise_format(arguments.input);
  const DataFormat format = kInputFormats.at(arguments.input_format);
  if (piped && format == DataFormat::hdf5) throw bad_input("--input -: HDF5 cannot be read from a pipe; give a file");
  return format;
}

ExitStatus predict(const Communicator& world, const PredictArguments& arguments) {
  std::vector<std::string> runs;
  together(world, [&] {
    if (!world.is_root()) return;
    check_folder_of("--output", arguments.output);
    runs = runs_of(arguments.checkpoint);
  });
  broadcast(world, runs);
  std::vector<TrainedModel> networks;
  for (const std::string& run : runs) {
    const TrainedModel& network = networks.emplace_back(
        load_trained_model(world, run, FolderMeans::best, NetworkUse::prediction, arguments.overrides));
    together(world, [&] {
      if (world.is_root())
        check_output("--output", arguments.output,
                     {{arguments.input, "input"}, {network.info.data.source, "checkpoint"}},
                     {is_predictions_file, "predictions"}, arguments.force);
      check_alike(networks.front(), network);
    });
  }
  const TrainedModel& first = networks.front();
  const auto make = arguments.output.ends_with(".csv") ? make_prediction_csv : make_prediction_hdf5;
  const std::unique_ptr<PredictionFile> file = make(arguments.output, first.info.data);
  const DatasetInfo samples = predict_in_blocks(
      world, networks, arguments.outside,
      [&](std::uint64_t rows, const UsePart& use, const Helpers& helpers) {
        const FeatureFile input{arguments.input, input_format(world, arguments), arguments.keep};
        return load_features(input, first.config.data, first.info.data, rows, use, helpers);
      },
      *file);
  together(world, [&] {
    if (!world.is_root()) return;
    file->commit();
    for (const std::string& note : samples.notes) fmt::print("note:    {}\n", note);
    fmt::print("{} predictions{} in {}\n", samples.samples,
               runs.size() > 1 ? fmt::format(" of {} networks", runs.size()) : "", arguments.output);
  });
  return ExitStatus::done;
}

}  // namespace

void add_predict_command(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<PredictArguments>();
  CLI::App* command = app.add_subcommand(
      "predict",
      "Predict classes or targets of new samples, in blocks, so that they may be more than memory holds; with a folder "
      "of --seeds their mean and its spread");
  add_checkpoint_argument(*command, arguments->checkpoint, FolderMeans::best);
  add_set_option(*command, arguments->overrides, "train.precision=float32");
  command
      ->add_option("--input", arguments->input,
                   "The samples: IDX images, a CSV table, an HDF5 or NumPy file with `features`; -: a CSV table from "
                   "standard input")
      ->required()
      ->option_text("FILE");
  command->add_option("--input-format", arguments->input_format, "The format of the samples (default: told by content)")
      ->option_text(format_names())
      ->check([](const std::string& name) {
        return kInputFormats.contains(name) ? "" : fmt::format("'{}' is none of {}", name, format_names());
      });
  command
      ->add_option("--output", arguments->output,
                   "Where to write the predictions, one row a sample: class and probabilities, or targets")
      ->required()
      ->option_text("FILE.csv|FILE.h5")
      ->check([](const std::string& path) {
        return path.ends_with(".csv") || path.ends_with(".h5") ? "" : "must end in .csv or .h5";
      });
  command
      ->add_option("--keep", arguments->keep,
                   "Write this column of the samples, too, such as an identifier, by name, number or pattern; without "
                   "names columns are column_1, column_2 ...; of an HDF5 or NumPy file also an array with a value per "
                   "sample; may be repeated")
      ->option_text("COLUMN")
      ->allow_extra_args(false);
  command->add_flag(
      "--out-of-range", arguments->outside,
      "Write a column `out_of_range`, too: which features of a sample lie outside the range of the training "
      "samples");
  command->add_flag("--force", arguments->force, "Replace a file that holds no predictions, too");
  command->callback(
      [arguments, &action] { action = [arguments](const Communicator& world) { return predict(world, *arguments); }; });
}

}  // namespace lockstep

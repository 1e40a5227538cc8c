// lockstep export
#include <fmt/format.h>

#include <array>
#include <cctype>
#include <fstream>
#include <memory>
#include <set>

#include "base/atomic_file.hpp"
#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "comm/together.hpp"
#include "export/list.hpp"
#include "train/trained_model.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kLongestName = 40;  // so that names of functions are none too long for Fortran

struct ExportArguments {
  std::string checkpoint;
  std::array<std::string, std::size(Exports::kNames)> files;  // of each export; empty: none
  std::string name;                                           // empty: the run's
  bool force = false;
};

/// use(entry, file) for each export that is asked for.
template <class Use>
void for_each_file(const ExportArguments& arguments, const Use& use) {
  const auto* file = arguments.files.begin();
  Exports::for_each([&](auto entry) {
    if (!file->empty()) use(entry, *file);
    ++file;
  });
}

template <class Entry>
bool is_exported(const std::filesystem::path& path) {
  std::string beginning(Entry::kBeginning.size(), '\0');
  std::ifstream(path, std::ios::binary).read(beginning.data(), std::ssize(beginning));
  return beginning == Entry::kBeginning;
}

/// The text as an identifier of C and Fortran.
std::string identifier(const std::string& text) {
  std::string result = std::isalpha(static_cast<unsigned char>(text[0])) != 0 ? "" : "model_";
  for (const char c : text) result += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return result.substr(0, kLongestName);
}

void write_exports(const ExportArguments& arguments, const TrainedModel& trained) {
  const CheckpointInfo& info = trained.info;
  AlignedBuffer row_order(trained.model.size());
  trained.model.unpack(trained.parameters.span(), row_order.span());
  const ExportedModel exported{
      .name = arguments.name.empty() ? identifier(trained.config.run.name) : arguments.name,
      .origin = fmt::format("lockstep {}, digest {}", info.lockstep_version, info.digest),
      .data = info.data,
      .transform = info.transform,
      .words = trained.config.data.words,
      .options = trained.config.model,
      .loss = trained.config.train.loss.name,
      .model = trained.model,
      .parameters = row_order.span(),
  };
  for_each_file(arguments, [&](auto entry, const std::string& file) {
    using Entry = typename decltype(entry)::type;
    write_text_file(file, Entry::text_of(exported));
    fmt::print("{} in {}\n", Entry::kContent, file);
  });
  if (trained.config.train.precision == Precision::bfloat16)
    fmt::print("note:    these compute in float32; predict does with --set train.precision=float32\n");
  if (trained.config.train.kernels == Kernels::openblas)
    fmt::print("note:    predict sums by OpenBLAS, as train.kernels says: its last bits are others\n");
}

ExitStatus export_model(const Communicator& world, const ExportArguments& arguments) {
  const TrainedModel trained =
      load_trained_model(world, arguments.checkpoint, FolderMeans::best, NetworkUse::prediction, {});
  together(world, [&] {
    if (!world.is_root()) return;
    std::set<std::filesystem::path> files;
    for_each_file(arguments, [&](auto entry, const std::string& file) {
      using Entry = typename decltype(entry)::type;
      if (!files.insert(std::filesystem::weakly_canonical(std::filesystem::absolute(file))).second)
        throw bad_input("--{} {}: another option names this file, too; name two", Entry::kName, file);
      check_output(fmt::format("--{}", Entry::kName), file, {{trained.info.data.source, "checkpoint"}},
                   {is_exported<Entry>, Entry::kContent}, arguments.force);
    });
    write_exports(arguments, trained);
  });
  return ExitStatus::done;
}

}  // namespace

void add_export_command(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command =
      app.add_subcommand("export", "Write a trained network, with its scaling and classes, for other programs");
  add_checkpoint_argument(*command, arguments->checkpoint, FolderMeans::best);
  auto* file = arguments->files.begin();
  Exports::for_each([&](auto entry) {
    using Entry = typename decltype(entry)::type;
    command->add_option(fmt::format("--{}", Entry::kName), *file++, Entry::kHelp)->option_text(Entry::kFile);
  });
  command
      ->add_option("--name", arguments->name, "What functions and the graph are called after (default: the run's name)")
      ->option_text("NAME")
      ->check([](const std::string& name) {
        return !name.empty() && name == identifier(name)
                   ? ""
                   : fmt::format("must be a letter and then letters, digits or _, {} at most", kLongestName);
      });
  command->add_flag("--force", arguments->force, "Replace a file of another content, too");
  command->callback([arguments, &action] {
    if (std::ranges::all_of(arguments->files, [](const std::string& name) { return name.empty(); }))
      throw CLI::RequiredError("A file to write");
    action = [arguments](const Communicator& world) { return export_model(world, *arguments); };
  });
}

}  // namespace lockstep

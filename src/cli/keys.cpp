// lockstep keys
#include "config/keys.hpp"

#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "comm/together.hpp"

namespace lockstep {

void add_keys_command(CLI::App& app, Action& action) {
  struct KeysArguments {
    std::string word;
    bool markdown = false;
  };
  const auto arguments = std::make_shared<KeysArguments>();
  CLI::App* command =
      app.add_subcommand("keys", "List the keys of a configuration: their defaults, values and meanings");
  command
      ->add_option("WORD", arguments->word,
                   "Only keys that have it in their name or meaning, or are called so elsewhere")
      ->option_text(" ");
  command->add_flag("--markdown", arguments->markdown, "Write tables of Markdown, as in configs/README.md");
  command->callback([arguments, &action] {
    action = [arguments](const Communicator& world) {
      together(world, [&] {
        if (!world.is_root()) return;
        const std::vector<KeyInfo> keys = keys_with(arguments->word);
        fmt::print("{}", arguments->markdown ? as_markdown(keys) : as_text(keys));
      });
      return ExitStatus::done;
    };
  });
}

}  // namespace lockstep

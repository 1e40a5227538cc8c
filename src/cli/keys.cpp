// lockstep keys
#include "config/keys.hpp"

#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "comm/together.hpp"

namespace lockstep {

void add_keys_command(CLI::App& app, Action& action) {
  const auto word = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("keys", "List the keys of a configuration: their defaults, values and meanings");
  command->add_option("WORD", *word, "Only keys that have it in their name or meaning, or are called so elsewhere")
      ->option_text(" ");
  command->callback([word, &action] {
    action = [word](const Communicator& world) {
      together(world, [&] {
        if (world.is_root()) fmt::print("{}", list_keys(*word));
      });
      return ExitStatus::done;
    };
  });
}

}  // namespace lockstep

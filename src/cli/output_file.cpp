#include "cli/output_file.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

namespace lockstep {

void check_folder_of(const std::string& option, const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  if (!std::filesystem::is_directory(folder))
    throw bad_input("{} {}: there is no folder {}; make it first", option, file.string(), folder.string());
}

void check_output(const std::string& option, const std::string& output,
                  const std::vector<std::pair<std::filesystem::path, const char*>>& inputs, const OwnFile& own,
                  bool force) {
  const std::filesystem::path file = follow_links(output);
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(file, ignored);
  if (!exists(status)) return check_folder_of(option, file);
  for (const auto& [input, what] : inputs)
    if (!input.empty() && std::filesystem::equivalent(input, file, ignored))
      throw bad_input("{} {}: is the {} itself, {}; name another file", option, output, what, input.string());
  if (!is_regular_file(status)) throw bad_input("{} {}: is not a regular file; name another", option, output);
  if (!force && !own.recognises(file))
    throw bad_input(
        "{} {}: there is a file of this name that Lockstep did not write as {}; name another, or let it be "
        "replaced by --force",
        option, output, own.content);
}

}  // namespace lockstep

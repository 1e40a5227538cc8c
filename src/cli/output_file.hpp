// Files that a command writes where the user says: nothing of the user's is lost by it.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

/// Bad input, before anything is computed, when a file's folder is not there. `option` is the one that names the file.
void check_folder_of(const std::string& option, const std::filesystem::path& file);

/// What a command writes: how to recognise such a file, and what it holds, in a word.
struct OwnFile {
  bool (*recognises)(const std::filesystem::path&);
  const char* content;
};

/// Bad input when the file that is to be written is one that is read, by whatever name, or one that Lockstep did not
/// write as such, unless `force` is given. `inputs` are files, each with what it is.
void check_output(const std::string& option, const std::string& output,
                  const std::vector<std::pair<std::filesystem::path, const char*>>& inputs, const OwnFile& own,
                  bool force);

}  // namespace lockstep

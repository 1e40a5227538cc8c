#include "data/file_list.hpp"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/error.hpp"

namespace lockstep {

namespace {

constexpr std::string_view kWildcards = "*?[";

/// The files that fit, in the order of their names; none where nothing does.
std::vector<std::string> files_fitting(const std::string& pattern) {
  glob_t found{};
  const std::unique_ptr<glob_t, decltype(&::globfree)> owner(&found, ::globfree);
  std::vector<std::string> files;
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  std::ranges::sort(files);  // by bytes, in whatever language the host speaks
  return files;
}

bool is_pattern(const std::string& entry) {
  std::error_code ignored;
  return entry.find_first_of(kWildcards) != std::string::npos && !std::filesystem::exists(entry, ignored);
}

}  // namespace

std::string FileList::text() const {
  if (entries.empty()) return "";
  if (entries.size() == 1) return entries.front();
  return fmt::format("{} and {} more", entries.front(), entries.size() - 1);
}

std::vector<std::string> FileList::files() const {
  for (const std::string& entry : entries)
    if (is_pattern(entry) && files_fitting(entry).empty())
      throw bad_input("{}: no file fits this pattern; check the folder and the pattern", entry);
  return expanded();
}

std::vector<std::string> FileList::expanded() const {
  std::vector<std::string> all;
  for (const std::string& entry : entries)
    if (is_pattern(entry))
      std::ranges::move(files_fitting(entry), std::back_inserter(all));
    else
      all.push_back(entry);
  return all;
}

}  // namespace lockstep

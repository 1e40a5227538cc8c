#include "base/hdf5_sources.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace lockstep {

namespace fs = std::filesystem;

std::vector<fs::path> hdf5_folders(const char* name, const fs::path& origin) {
  constexpr std::string_view kOrigin = "${ORIGIN}";
  std::vector<fs::path> folders;
  const char* value = std::getenv(name);
  for (std::string_view rest = value == nullptr ? "" : value; !rest.empty();) {
    std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    if (folder.starts_with(kOrigin))
      folders.emplace_back(origin.string() + std::string(folder.substr(kOrigin.size())));
    else if (!folder.empty())
      folders.emplace_back(folder);
  }
  return folders;
}

std::vector<fs::path> hdf5_source_places(const fs::path& source, const fs::path& file) {
  std::vector<fs::path> places;
  fs::path name = source;
  if (source.is_absolute()) {
    places.push_back(source);
    name = source.filename();
  }
  const fs::path origin = fs::absolute(file).parent_path();
  for (const fs::path& folder : hdf5_folders("HDF5_VDS_PREFIX", origin)) places.push_back(folder / name);
  places.push_back(origin / name);
  places.push_back(name);
  std::error_code ignored;
  places.push_back(fs::canonical(file, ignored).parent_path() / name);
  return places;
}

std::string hdf5_source_name(const std::string& pattern, std::uint64_t block) {
  std::string name;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool special = pattern[i] == '%' && i + 1 < pattern.size();
    if (special && pattern[i + 1] == 'b')
      name += std::to_string(block), ++i;
    else if (special && pattern[i + 1] == '%')
      name += '%', ++i;
    else
      name += pattern[i];
  }
  return name;
}

}  // namespace lockstep

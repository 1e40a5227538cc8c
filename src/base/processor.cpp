#include "base/processor.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <fstream>
#include <map>

namespace lockstep {

std::string processor_name(const std::filesystem::path& file) {
  std::map<std::string, std::string> fields;
  std::ifstream input(file);
  for (std::string line; std::getline(input, line) && !line.empty();) {  // an empty line ends the first processor
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon + 2 > line.size()) continue;
    fields[line.substr(0, line.find_last_not_of("\t ", colon - 1) + 1)] = line.substr(colon + 2);
  }
  if (fields.contains("model name")) return fields["model name"];
  utsname system{};
  uname(&system);
  if (fields.contains("CPU implementer"))
    return fmt::format("{}, implementer {}, part {}", system.machine, fields["CPU implementer"], fields["CPU part"]);
  return system.machine;
}

}  // namespace lockstep

#include "base/marked_text.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <span>

#include "base/digest.hpp"

namespace lockstep {

std::string with_mark(const std::string& text) {
  Digest digest;
  digest.add_bytes(std::as_bytes(std::span(text)));
  return fmt::format(
      "# Written by Lockstep: XXH3 {} of what follows. A changed file is yours, and is not replaced.\n{}",
      digest.text(), text);
}

bool has_whole_mark(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string first;
  std::getline(file, first);
  const std::string rest(std::istreambuf_iterator<char>(file), {});
  return first + '\n' + rest == with_mark(rest);
}

}  // namespace lockstep

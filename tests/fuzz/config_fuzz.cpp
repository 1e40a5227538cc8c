// Any text as a configuration. One that is accepted reads the same after it was written.
#include "config/read.hpp"
#include "config/write.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  // Lines that begin with --set are options.
  std::string text;
  std::vector<std::string> overrides;
  std::istringstream lines(std::string(reinterpret_cast<const char*>(data), size));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("--set "))
      overrides.push_back(line.substr(6));
    else
      text += line + '\n';
  }
  may_refuse([&] {
    const Config config = read_config_text(text, "c.toml", overrides);
    if (config_values(read_config_text(write_config(config), "again.toml", {})) != config_values(config)) std::abort();
  });
  return 0;
}

#include "metrics/trace.hpp"

#include <nlohmann/json.hpp>

#include "base/atomic_file.hpp"

namespace lockstep {

void write_trace(const std::filesystem::path& path, std::span<const std::vector<Profile::Lap>> ranks) {
  constexpr double kMicroseconds = 1e6;
  using Json = nlohmann::ordered_json;
  Json events = Json::array();
  for (std::size_t rank = 0; rank < ranks.size(); ++rank)
    for (const Profile::Lap& lap : ranks[rank])
      events.push_back({{"name", name_of(lap.phase)},
                        {"ph", "X"},
                        {"ts", kMicroseconds * lap.begin},
                        {"dur", kMicroseconds * (lap.end - lap.begin)},
                        {"pid", 0},
                        {"tid", rank}});
  write_text_file(path, Json{{"displayTimeUnit", "ms"}, {"traceEvents", events}}.dump());
}

}  // namespace lockstep

#include "train/replicas.hpp"

#include <string>
#include <vector>

#include "base/digest.hpp"
#include "comm/together.hpp"

namespace lockstep {

namespace {

/// Rank 0's text, on every rank.
std::string from_root(const Communicator& world, std::string text) {
  world.broadcast(text);
  return text;
}

}  // namespace

void check_replicas(const Communicator& world, const Model& model, std::span<const float> parameters,
                    std::uint64_t step) {
  const std::string mine = digest_of(parameters);
  const bool equal = mine == from_root(world, mine);
  if (world.minimum(equal ? 1 : 0) == 1) return;

  // Rank 0 may be the one that is wrong: the message names both.
  std::vector<std::pair<std::string, Range>> parts;
  for (std::size_t k = 0; k < model.layers().size(); ++k)
    parts.emplace_back(fmt::format("in layer {}", k), model.layers()[k].range());
  parts.emplace_back("in the running statistics", Range{model.gradient_size(), model.size()});
  const auto digest_of_part = [&](const Range& range) {
    return digest_of(parameters.subspan(range.begin, range.size()));
  };
  std::vector<std::string> of_root;
  for (const auto& [name, range] : parts) of_root.push_back(from_root(world, digest_of_part(range)));
  together(world, [&] {
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (digest_of_part(parts[i].second) != of_root[i])
        throw failure(
            "step {}: the parameters of this rank are not those of rank 0, first {}; memory, a processor or a "
            "library on one of the two hosts has failed. The newest checkpoint before step {} is the one to go on from",
            step, parts[i].first, step);
  });
}

}  // namespace lockstep

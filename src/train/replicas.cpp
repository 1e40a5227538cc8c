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
  std::vector<std::string> root_layers;
  for (const Layer& layer : model.layers())
    root_layers.push_back(from_root(world, digest_of(parameters.subspan(layer.range().begin, layer.range().size()))));
  together(world, [&] {
    for (std::size_t k = 0; k < root_layers.size(); ++k) {
      const Range range = model.layers()[k].range();
      if (digest_of(parameters.subspan(range.begin, range.size())) != root_layers[k])
        throw failure(
            "step {}: the parameters of this rank are not those of rank 0, first in layer {}; memory, a processor or a "
            "library on one of the two hosts has failed. The newest checkpoint before step {} is the one to go on from",
            step, k, step);
    }
  });
}

}  // namespace lockstep

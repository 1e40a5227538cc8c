#include "comm/helpers.hpp"

namespace lockstep {

Helpers helpers_on(const Communicator& host) {
  Helpers helpers;
  for (const std::string& cores : host.gather(to_text(bound_cores()))) helpers.push_back(cores_from_text(cores));
  if (!helpers.empty()) helpers.erase(helpers.begin());  // this rank itself
  return helpers;
}

}  // namespace lockstep

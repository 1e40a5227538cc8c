#include "data/data_query.hpp"

namespace lockstep {

ArrayNames array_names(const ArrayNames& own, const ArrayNames& general) {
  ArrayNames names;
  for (const auto& [role, name] : kArrayRoles)
    names.*name = !(own.*name).empty() ? own.*name : !(general.*name).empty() ? general.*name : role;
  return names;
}

}  // namespace lockstep

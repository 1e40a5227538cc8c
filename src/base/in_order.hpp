// Several threads at items that come and go in one order.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/cores.hpp"

namespace lockstep {

/// The threads that may help this one: of each, the cores on which it runs.
using Helpers = std::vector<Cores>;

/// What becomes of an item, in a place of its own: one of as many as there are threads.
struct OrderedWork {
  std::function<bool(std::size_t place)> take;  // puts the next item there; false: there is none
  std::function<void(std::size_t place)> work;  // by several threads at a time, on one item each
  std::function<void(std::size_t place)> give;  // takes the item away, in the order in which items were taken
};

/// Runs until there are no items left, on this thread and its helpers. Taking and giving are done by one thread at a
/// time, of any of them, so that it does not matter how many there are: when something throws, all items before have
/// been given, none after them is, and the first error in the order of items is thrown here.
void run_in_order(const Helpers& helpers, const OrderedWork& work);

}  // namespace lockstep

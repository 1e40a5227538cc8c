// Tables of types: of each kind of thing all that there are, an entry each.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/vectorized.hpp"

namespace lockstep {

/// A table whose k-th entry is stood for by Enum{k}. An entry is a type with its name, `kName`.
template <class Enum, class... Entries>
struct Table {
  /// What stands for an entry.
  template <class Entry>
  static constexpr Enum kValueOf = [] {
    static_assert((std::is_same_v<Entry, Entries> || ...), "this is no entry of the table");
    std::size_t place = 0;
    static_cast<void>(((std::is_same_v<Entry, Entries> || (++place, false)) || ...));
    return static_cast<Enum>(place);
  }();

  /// The names of all entries, in order, with what stands for them.
  static constexpr std::pair<std::string_view, Enum> kNames[] = {{Entries::kName, kValueOf<Entries>}...};

  static constexpr std::string_view name_of(Enum value) { return kNames[static_cast<std::size_t>(value)].first; }

  /// use(std::type_identity<Entry>()) for the entry that `value` stands for. It is compiled into the caller, as
  /// versions for vector registers want it. The results for all entries are of one type.
  template <std::size_t K = 0, class Use>
  LOCKSTEP_INLINE static decltype(auto) visit(Enum value, const Use& use) {
    using Entry = std::tuple_element_t<K, std::tuple<Entries...>>;
    if constexpr (K + 1 < sizeof...(Entries))
      if (value != static_cast<Enum>(K)) return visit<K + 1>(value, use);
    return use(std::type_identity<Entry>());
  }

  /// use(std::type_identity<Entry>()) for each entry in order.
  template <class Use>
  static void for_each(const Use& use) {
    (use(std::type_identity<Entries>()), ...);
  }
};

}  // namespace lockstep

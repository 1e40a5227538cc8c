// The faulty columns of a table, collected, so that one message names them all.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "data/dataset.hpp"

namespace lockstep {

/// Fields that are no numbers. Memory does not grow with their number.
class FieldFaults {
 public:
  [[nodiscard]] bool empty() const { return faulty_.empty(); }

  /// A field that is no number, or `missing`, in a column by its number. `place` is a line or a sample.
  void add(std::size_t column, std::uint64_t place, std::string_view field, bool missing);

  /// Bad input that names up to ten columns with the first place, the number of fields and what to do, and then `more`,
  /// a fault of another kind that is known by then.
  [[nodiscard]] Error error(const std::string& source, const Where& where, std::span<const std::string> names,
                            const std::string& more) const;

 private:
  struct Fault {
    std::uint64_t place = 0;   // of the first
    std::uint64_t fields = 0;  // in all
    std::string field;
    std::string why;
  };

  std::map<std::size_t, std::map<bool, Fault>> shown_;  // by column; true: missing values
  std::vector<bool> faulty_;                            // columns
  std::size_t columns_ = 0;                             // that are faulty
};

}  // namespace lockstep

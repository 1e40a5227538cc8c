#include "data/field_faults.hpp"

#include <algorithm>

#include "data/checks.hpp"
#include "data/number.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kMostColumns = 10;

}  // namespace

void FieldFaults::add(std::size_t column, std::uint64_t place, std::string_view field, bool missing) {
  constexpr std::size_t longest = 40;
  if (faulty_.size() <= column) faulty_.resize(column + 1);
  if (!faulty_[column]) {
    faulty_[column] = true;
    if (++columns_ <= kMostColumns) shown_[column];
  }
  const auto shown = shown_.find(column);
  if (shown == shown_.end()) return;
  Fault& fault = shown->second[missing];
  if (++fault.fields > 1) return;
  fault.place = place;
  fault.field = fmt::format("'{}'", shortened(field, longest));
  fault.why = why_no_number(missing ? "" : field);
}

Error FieldFaults::error(const std::string& source, const Where& where, std::span<const std::string> names,
                         const std::string& more) const {
  std::vector<std::string> lines;
  for (const auto& [column, faults] : shown_)
    for (const auto& [missing, fault] : faults)
      lines.push_back(fmt::format("{}: column '{}': {}{} {}", where(fault.place), names[column], fault.field,
                                  fault.fields == 1 ? "" : fmt::format(", the first of {} such fields,", fault.fields),
                                  fault.why));
  if (columns_ > shown_.size())
    lines.push_back(fmt::format("{} more columns have such fields", columns_ - shown_.size()));
  if (!more.empty()) lines.push_back(more);
  if (lines.size() == 1) return bad_input("{}", lines.front());
  return bad_input("{}: {} of its columns cannot be used as they are:\n  {}", source, columns_ + (more.empty() ? 0 : 1),
                   fmt::join(lines, "\n  "));
}

}  // namespace lockstep

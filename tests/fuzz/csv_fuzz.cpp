// Any bytes as a CSV table, asked for in different ways.
#include <cmath>

#include "data/csv.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  if (size == 0) return 0;
  CsvQuery query;
  query.task = (data[0] & 1) != 0 ? Task::classification : Task::regression;
  if ((data[0] & 2) != 0) query.targets = {"y"};
  if ((data[0] & 4) != 0) query.targets.emplace_back("z");
  if ((data[0] & 8) != 0) query.features = {"a", "b"};
  if ((data[0] & 16) != 0) query.classes.names = {"0", "1"};
  const bool fills = (data[0] & 32) != 0;
  if (fills) query.gaps.missing = Missing::median;
  const std::string path = write_input({data + 1, size - 1});
  may_refuse([&] {
    const Dataset table = read_csv({path}, query);
    if (table.values.size() != table.info.samples * table.info.features()) std::abort();
    for (const double value : table.values)
      if (!std::isfinite(value) && !(fills && std::isnan(value))) std::abort();
    for (const std::int32_t label : table.labels)
      if (label < 0 || static_cast<std::size_t>(label) >= table.info.outputs()) std::abort();
  });
  return 0;
}

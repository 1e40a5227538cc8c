// Any bytes as an IDX file, plain or gzip.
#include "data/idx_arrays.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  const std::string path = write_input({data, size});
  may_refuse([&] {
    const std::unique_ptr<Array> array = open_idx_array(path, "features");
    std::uint64_t count = 1;
    for (const std::uint64_t dimension : array->shape()) count *= dimension;
    if (count != array->numbers().size() || !is_idx(path)) std::abort();
  });
  return 0;
}

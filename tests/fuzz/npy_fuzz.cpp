// Any bytes as a NumPy file of one array, plain or gzip, or an archive with `x`.
#include "data/npy_arrays.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  const std::string path = write_input({data, size});
  may_refuse([&] {
    const std::unique_ptr<ArrayFile> file = open_npy_arrays({path, {}, {}});
    const std::unique_ptr<Array> array = file->open(file->has("x") ? "x" : "features");
    std::uint64_t count = 1;
    for (const std::uint64_t dimension : array->shape()) count *= dimension;
    const std::size_t values = array->kind() == ArrayKind::text ? array->texts().size() : array->numbers().size();
    if (count != values || !is_npy(path)) std::abort();
  });
  return 0;
}

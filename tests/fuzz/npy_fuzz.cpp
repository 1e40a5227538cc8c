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
    const auto check = [&](Array& values) {
      if (count != (values.kind() == ArrayKind::text ? values.texts().size() : values.numbers().size())) std::abort();
    };
    if (!is_npy(path)) std::abort();
    if (array->kind() != ArrayKind::record) return check(*array);
    for (const std::string& field : array->fields()) check(*array->field(field));
  });
  return 0;
}

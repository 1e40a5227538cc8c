#include "data/hdf5_column.hpp"

#include "base/error.hpp"
#include "data/number.hpp"
#include "data/utf8.hpp"
#include "data/words.hpp"

namespace lockstep {

ColumnValues read_column(const Hdf5File& file, const std::string& name, std::uint64_t samples) {
  const Hdf5File::Shape shape = file.shape(name);
  if (shape != Hdf5File::Shape{samples} && shape != Hdf5File::Shape{samples, 1})
    throw bad_input("{}: the shape of '{}' is ({}), where one value for each of the {} samples is expected",
                    file.path().string(), name, fmt::join(shape, ", "), samples);
  switch (file.kind(name)) {
    case Hdf5Kind::text: {
      std::vector<std::string> texts = file.read_strings(name);
      for (std::size_t i = 0; i < texts.size(); ++i)
        if (!is_utf8(texts[i]))
          throw bad_input("{}: text {} of '{}' is not UTF-8; write it as UTF-8 (h5py: dtype=h5py.string_dtype())",
                          file.path().string(), i, name);
      return texts;
    }
    case Hdf5Kind::real:
      return file.read<double>(name);
    case Hdf5Kind::other:
      throw bad_input("{}: '{}' holds neither numbers nor texts", file.path().string(), name);
    default:
      return file.read<std::int64_t>(name);
  }
}

std::vector<std::uint32_t> read_groups(const Hdf5File& file, const std::string& name, std::uint64_t samples) {
  const ColumnValues column = read_column(file, name, samples);
  WordList groups;
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < samples; ++i) {
    const std::string text = std::visit([i](const auto& values) { return fmt::format("{}", values[i]); }, column);
    if (is_missing(text))
      throw bad_input("{}: the group of sample {}, in '{}', is missing; fill it in, or leave the sample out",
                      file.path().string(), i, name);
    numbers.push_back(static_cast<std::uint32_t>(groups.number_of(text)));
  }
  return numbers;
}

}  // namespace lockstep

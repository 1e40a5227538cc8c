#include "data/hdf5_column.hpp"

#include <cmath>

#include "base/error.hpp"
#include "data/number.hpp"
#include "data/utf8.hpp"
#include "data/words.hpp"

namespace lockstep {

namespace {

template <class T>
std::vector<std::string> texts_of(const std::vector<T>& numbers) {
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (const T number : numbers)
    texts.push_back(std::isnan(static_cast<double>(number)) ? "" : fmt::format("{}", number));
  return texts;
}

}  // namespace

std::vector<std::string> read_column(const Hdf5File& file, const std::string& name, std::uint64_t samples) {
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
      return texts_of(file.read<double>(name));
    case Hdf5Kind::other:
      throw bad_input("{}: '{}' holds neither numbers nor texts", file.path().string(), name);
    default:
      return texts_of(file.read<std::int64_t>(name));
  }
}

std::vector<std::uint32_t> read_groups(const Hdf5File& file, const std::string& name, std::uint64_t samples) {
  const std::vector<std::string> texts = read_column(file, name, samples);
  WordList groups;
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (is_missing(texts[i]))
      throw bad_input("{}: the group of sample {}, in '{}', is missing; fill it in, or leave the sample out",
                      file.path().string(), i, name);
    numbers.push_back(static_cast<std::uint32_t>(groups.number_of(texts[i])));
  }
  return numbers;
}

}  // namespace lockstep

// Reads the numbers and texts of HDF5 files, and says what is to be said where they cannot be read.
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.hpp"
#include "base/hdf5.hpp"
#include "base/hdf5_detail.hpp"
#include "base/memory.hpp"

namespace lockstep {

namespace {

/// The type of what is neither number nor text.
const char* describe_class(H5T_class_t type) {
  switch (type) {
    case H5T_COMPOUND:
      return "records of several fields (a compound type, such as a table or complex numbers)";
    case H5T_REFERENCE:
      return "references to other data sets";
    case H5T_ARRAY:
      return "arrays in its elements";
    case H5T_VLEN:
      return "lists of different lengths";
    case H5T_STRING:
      return "texts";
    default:
      return "neither numbers nor texts (bit fields, opaque bytes or times)";
  }
}

/// The product of the extents. Bad input where it is more than memory can be addressed.
std::size_t value_count(const std::string& path, const std::string& name, const Hdf5File::Shape& shape,
                        std::size_t value_size) {
  std::size_t count = 1;
  bool fits = true;
  for (const std::size_t extent : shape) fits = !__builtin_mul_overflow(count, extent, &count) && fits;
  fits = fits && count <= std::numeric_limits<std::ptrdiff_t>::max() / std::max<std::size_t>(value_size, 1);
  if (!fits && std::find(shape.begin(), shape.end(), 0U) == shape.end())
    throw bad_input("{}: the shape of '{}' is ({}), more values than any memory holds; use a part of them", path, name,
                    fmt::join(shape, ", "));
  return count;
}

/// The position of a value in words, counted from `first_row` on: "sample 3, column 2".
std::string place_of(std::size_t index, const Hdf5File::Shape& shape, std::size_t first_row) {
  if (shape.empty()) return "the value";
  std::size_t width = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) width *= shape[d];
  std::string place = fmt::format("sample {}", first_row + index / width);
  if (shape.size() > 1) place += fmt::format(", column {}", index % width);
  return place;
}

/// Called by HDF5 for a value beyond the range of the new type, which it would change without a word.
H5T_conv_ret_t on_exception(H5T_conv_except_t kind, hid_t, hid_t, void*, void*, void* beyond) {
  if (kind != H5T_CONV_EXCEPT_RANGE_HI && kind != H5T_CONV_EXCEPT_RANGE_LOW && kind != H5T_CONV_EXCEPT_TRUNCATE)
    return H5T_CONV_UNHANDLED;
  *static_cast<bool*>(beyond) = true;
  return H5T_CONV_ABORT;
}

/// Of values of type `value` in memory, to which a field of records is read.
Hdf5Handle memory_type(hid_t value, const std::string& field) {
  if (field.empty()) return {H5Tcopy(value), H5Tclose};
  Hdf5Handle record(H5Tcreate(H5T_COMPOUND, H5Tget_size(value)), H5Tclose);
  H5Tinsert(record, field.c_str(), 0, value);
  return record;
}

/// The array in a message, with the field of its records.
std::string array_name(const std::string& name, const std::string& field) {
  return field.empty() ? name : fmt::format("{}['{}']", name, field);
}

}  // namespace

/// The elements of an array that are read: all, or some rows.
struct Hdf5Selection {
  Hdf5Selection(hid_t dataset, const std::optional<Range>& rows)
      : file(H5Dget_space(dataset), H5Sclose), shape(hdf5_extents(file)) {
    if (!rows || shape.empty()) return;
    std::vector<hsize_t> begin(shape.size());
    begin[0] = rows->begin;
    shape[0] = rows->size();
    first = rows->begin;
    const std::vector<hsize_t> size(shape.begin(), shape.end());
    H5Sselect_hyperslab(file, H5S_SELECT_SET, begin.data(), nullptr, size.data(), nullptr);
    memory = Hdf5Handle(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
  }

  /// False where HDF5 fails.
  bool read(hid_t dataset, hid_t type, hid_t transfer, void* values) const {
    return H5Dread(dataset, type, space_in_memory(), file, transfer, values) >= 0;
  }

  /// The extents of what is read.
  [[nodiscard]] hid_t space_in_memory() const { return memory < 0 ? file : memory; }

  // One space for the count and for reading: a virtual array grows with its sources.
  Hdf5Handle file;
  Hdf5Handle memory{H5I_INVALID_HID, H5Sclose};  // of some rows
  Hdf5File::Shape shape;                         // of what is read
  std::size_t first = 0;                         // row
};

namespace {

/// The first integer of an array that float64 does not hold exactly.
template <class T>
std::string describe_long_integer(hid_t dataset, const std::string& field, const Hdf5Selection& selection,
                                  std::size_t count) {
  std::vector<T> values(count);
  if (!selection.read(dataset, memory_type(native_type<T>(), field), H5P_DEFAULT, values.data())) return "";
  for (std::size_t i = 0; i < count; ++i)
    if (static_cast<long double>(static_cast<double>(values[i])) != static_cast<long double>(values[i]))
      return fmt::format("{} is {}", place_of(i, selection.shape, selection.first), values[i]);
  return "";
}

}  // namespace

Error Hdf5File::unreadable(const std::string& name) const {
  const std::string cause = hdf5_cause();
  const std::string& missing_filter = checked_.at(name).missing_filter;
  if (!missing_filter.empty()) return bad_input("{}: {}", path_.string(), missing_filter);
  return bad_input("{}: cannot read '{}': {}", path_.string(), name, cause);
}

template <class T>
void Hdf5File::read_numbers(const std::string& name, const Hdf5Part& part,
                            const std::function<T*(std::size_t)>& room) const {
  const std::string& field = part.field;
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle type = hdf5_stored_type(dataset, field);
  const H5T_class_t type_class = H5Tget_class(type);
  if (type_class != H5T_INTEGER && type_class != H5T_FLOAT && type_class != H5T_ENUM)
    throw bad_input("{}: '{}' holds {}, where numbers are expected", path_.string(), array_name(name, field),
                    describe_class(type_class));
  const Hdf5Selection selection(dataset, part.rows);
  const std::size_t count = value_count(path_.string(), name, selection.shape, sizeof(T));
  T* values = room(count);
  if (count == 0) return;
  if constexpr (std::is_same_v<T, double>)
    if (part.rows && field.empty() && H5Tequal(type, H5T_NATIVE_FLOAT) > 0) {  // HDF5 converts several times slower
      // In the second half of the room, from which each is taken before another one needs its place.
      auto* const narrow = reinterpret_cast<char*>(values) + count * sizeof(float);
      if (!selection.read(dataset, type, H5P_DEFAULT, narrow)) throw unreadable(name);
      for (std::size_t i = 0; i < count; ++i) {
        float value = 0;
        std::memcpy(&value, narrow + i * sizeof(float), sizeof value);
        values[i] = value;
      }
      return;
    }
  bool beyond = false;
  const Hdf5Handle transfer(H5Pcreate(H5P_DATASET_XFER), H5Pclose);
  H5Pset_type_conv_cb(transfer, on_exception, &beyond);
  if (selection.read(dataset, memory_type(native_type<T>(), field), transfer, values)) {
    if constexpr (std::is_same_v<T, double>)
      if (type_class == H5T_INTEGER) check_digits(name, field, dataset, type, selection, std::span(values, count));
    return;
  }
  if (beyond)
    throw bad_input("{}: '{}' holds numbers beyond what is expected there", path_.string(), array_name(name, field));
  throw unreadable(name);
}

void Hdf5File::check_digits(const std::string& name, const std::string& field, hid_t dataset, hid_t type,
                            const Hdf5Selection& selection, std::span<const double> values) const {
  constexpr double kAllExact = 9007199254740992;  // 2^53: no integer up to here loses a digit
  if (std::none_of(values.begin(), values.end(), [](double value) { return std::abs(value) >= kAllExact; })) return;
  const std::string place = H5Tget_sign(type) == H5T_SGN_NONE
                                ? describe_long_integer<std::uint64_t>(dataset, field, selection, values.size())
                                : describe_long_integer<std::int64_t>(dataset, field, selection, values.size());
  if (!place.empty())
    throw bad_input(
        "{}: '{}' holds integers with more digits than a float64 has: {}, beyond 2^53; subtract what they have in "
        "common, or write them as texts if they are labels",
        path_.string(), array_name(name, field), place);
}

template <class T>
void Hdf5File::read(const std::string& name, std::span<T> values) const {
  const Hdf5Lock lock;
  read_numbers<T>(name, {}, [&](std::size_t count) {
    invariant(values.size() == count, "an array is read into a span of its size");
    return values.data();
  });
}

template <class T>
std::vector<T> Hdf5File::read(const std::string& name, const Hdf5Part& part) const {
  const Hdf5Lock lock;
  std::vector<T> values;
  read_numbers<T>(name, part, [&](std::size_t count) {
    require_memory(path_.string(), count * sizeof(T));
    values.resize(count);
    return values.data();
  });
  return values;
}

std::vector<std::string> Hdf5File::read_strings(const std::string& name, const Hdf5Part& part) const {
  const Hdf5Lock lock;
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle type = hdf5_stored_type(dataset, part.field);
  const Hdf5Selection selection(dataset, part.rows);
  return strings_of(array_name(name, part.field), type, selection.space_in_memory(),
                    [&](hid_t value_type, void* values) {
                      if (!selection.read(dataset, memory_type(value_type, part.field), H5P_DEFAULT, values))
                        throw unreadable(name);
                    });
}

std::vector<std::string> Hdf5File::read_strings(const std::string& object, const std::string& attribute_name) const {
  const Hdf5Lock lock;
  const Hdf5Handle attribute(H5Aopen_by_name(file_, object.c_str(), attribute_name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                             H5Aclose);
  const std::string name = fmt::format("{}.attrs['{}']", object, attribute_name);
  if (attribute < 0) throw bad_input("{}: cannot open '{}': {}", path_.string(), name, hdf5_cause());
  const Hdf5Handle type(H5Aget_type(attribute), H5Tclose);
  const Hdf5Handle space(H5Aget_space(attribute), H5Sclose);
  return strings_of(name, type, space, [&](hid_t memory_type, void* values) {
    if (H5Aread(attribute, memory_type, values) < 0)
      throw bad_input("{}: cannot read '{}': {}", path_.string(), name, hdf5_cause());
  });
}

std::vector<std::string> Hdf5File::strings_of(const std::string& name, hid_t stored, hid_t space,
                                              const std::function<void(hid_t, void*)>& read_as) const {
  if (H5Tget_class(stored) != H5T_STRING)
    throw bad_input("{}: '{}' holds no texts, which are expected there", path_.string(), name);
  const bool variable = H5Tis_variable_str(stored) > 0;
  const std::size_t length = variable ? sizeof(char*) : H5Tget_size(stored);
  const std::size_t count = value_count(path_.string(), name, hdf5_extents(space), length);
  std::vector<std::string> values;
  if (count == 0) return values;
  require_memory(path_.string(), count * (length + sizeof(std::string)));
  values.reserve(count);
  if (variable) {
    const Hdf5Handle type = hdf5_string_type(H5Tget_cset(stored));
    std::vector<char*> pointers(count);
    read_as(type, pointers.data());
    for (const char* pointer : pointers) values.emplace_back(pointer == nullptr ? "" : pointer);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
    return values;
  }
  // Padded to one length, with zeros by NumPy and with blanks by Fortran, which HDF5 does not convert.
  std::string text(count * length, '\0');
  read_as(stored, text.data());
  const bool blanks = H5Tget_strpad(stored) == H5T_STR_SPACEPAD;
  for (std::size_t begin = 0; begin < text.size(); begin += length) {
    std::string& value = values.emplace_back(text.data() + begin, strnlen(text.data() + begin, length));
    if (blanks) value.erase(value.find_last_not_of(' ') + 1);
  }
  return values;
}

#define LOCKSTEP_ELEMENT(T)                                                             \
  template std::vector<T> Hdf5File::read<T>(const std::string&, const Hdf5Part&) const; \
  template void Hdf5File::read<T>(const std::string&, std::span<T>) const;
LOCKSTEP_ELEMENT(float)
LOCKSTEP_ELEMENT(double)
LOCKSTEP_ELEMENT(std::int64_t)
LOCKSTEP_ELEMENT(std::int32_t)
LOCKSTEP_ELEMENT(std::uint8_t)
#undef LOCKSTEP_ELEMENT

}  // namespace lockstep

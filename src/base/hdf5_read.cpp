// Reads HDF5 files: numbers and texts, and what is to be said where they cannot be read.
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

/// What a link that leads nowhere points to; "" where `name` is no such link.
std::string describe_dangling(hid_t file, const std::string& name) {
  H5L_info_t info{};
  if (H5Oexists_by_name(file, name.c_str(), H5P_DEFAULT) > 0 ||
      H5Lget_info(file, name.c_str(), &info, H5P_DEFAULT) < 0 || info.type == H5L_TYPE_HARD)
    return "";
  std::vector<char> value(info.u.val_size + 1);
  H5Lget_val(file, name.c_str(), value.data(), info.u.val_size, H5P_DEFAULT);
  const char* target_file = nullptr;
  const char* target = value.data();
  if (info.type == H5L_TYPE_EXTERNAL &&
      H5Lunpack_elink_val(value.data(), info.u.val_size, nullptr, &target_file, &target) >= 0)
    return fmt::format(
        "'{}' in the file {}, which is missing, damaged or without it; put that file where the link "
        "says",
        target, target_file);
  return fmt::format("'{}', which is not there; correct the link", target);
}

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

/// The position of a value in words: "sample 3, column 2".
std::string place_of(std::size_t index, const Hdf5File::Shape& shape) {
  if (shape.empty()) return "the value";
  std::size_t width = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) width *= shape[d];
  std::string place = fmt::format("sample {}", index / width);
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

/// The first integer of an array that float64 does not hold exactly.
template <class T>
std::string describe_long_integer(hid_t dataset, hid_t space, const Hdf5File::Shape& shape, std::size_t count) {
  std::vector<T> values(count);
  if (H5Dread(dataset, native_type<T>(), space, space, H5P_DEFAULT, values.data()) < 0) return "";
  for (std::size_t i = 0; i < count; ++i)
    if (static_cast<long double>(static_cast<double>(values[i])) != static_cast<long double>(values[i]))
      return fmt::format("{} is {}", place_of(i, shape), values[i]);
  return "";
}

}  // namespace

Hdf5File::Shape hdf5_extents(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> size(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) H5Sget_simple_extent_dims(space, size.data(), nullptr);
  return {size.begin(), size.end()};
}

Hdf5Handle Hdf5File::open_unchecked(const std::string& name) const {
  if (!has(name)) throw bad_input("{}: there is no dataset '{}' in it; {}", path_.string(), name, list_datasets());
  if (const std::string target = describe_dangling(file_, name); !target.empty())
    throw bad_input("{}: '{}' is a link to {}", path_.string(), name, target);
  // Sources that carry a number are looked for beyond a gap, where HDF5 would take the array to end.
  constexpr hsize_t kWidestGap = 1000;
  const Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_virtual_printf_gap(access, kWidestGap);
  const hid_t id = H5Dopen2(file_, name.c_str(), access);
  if (id >= 0) return {id, H5Dclose};
  const std::string cause = hdf5_cause();
  H5O_info_t info{};
  if (H5Oget_info_by_name2(file_, name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 && info.type == H5O_TYPE_GROUP)
    throw bad_input("{}: '{}' is a group, not a dataset; {}", path_.string(), name, list_datasets());
  throw bad_input("{}: cannot open dataset '{}': {}", path_.string(), name, cause);
}

Hdf5Handle Hdf5File::open_dataset(const std::string& name) const {
  Hdf5Handle dataset = open_unchecked(name);
  if (!checked_.contains(name)) checked_[name] = check_stored(dataset, path_.string(), name);
  return dataset;
}

Hdf5File::Shape Hdf5File::shape(const std::string& name) const {
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  if (space < 0) throw bad_input("{}: cannot read '{}': {}", path_.string(), name, hdf5_cause());
  return hdf5_extents(space);
}

ArrayKind Hdf5File::kind(const std::string& name) const {
  const Hdf5Handle type(H5Dget_type(open_dataset(name)), H5Tclose);
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return ArrayKind::integer;
    case H5T_FLOAT:
      return ArrayKind::real;
    case H5T_STRING:
      return ArrayKind::text;
    case H5T_ENUM: {
      const auto members = enum_members(name);
      const bool boolean = members.size() == 2 && members[0].second == "FALSE" && members[1].second == "TRUE";
      return boolean ? ArrayKind::boolean : ArrayKind::enumeration;
    }
    default:
      return ArrayKind::other;
  }
}

std::vector<std::pair<std::int64_t, std::string>> Hdf5File::enum_members(const std::string& name) const {
  const Hdf5Handle type(H5Dget_type(open_dataset(name)), H5Tclose);
  std::vector<std::pair<std::int64_t, std::string>> members;
  if (H5Tget_class(type) != H5T_ENUM) return members;
  const Hdf5Handle number(H5Tget_super(type), H5Tclose);
  for (unsigned i = 0; i < static_cast<unsigned>(std::max(H5Tget_nmembers(type), 0)); ++i) {
    std::int64_t value = 0;
    std::array<char, 64> raw{};
    H5Tget_member_value(type, i, raw.data());
    if (H5Tconvert(number, H5T_NATIVE_INT64, 1, raw.data(), nullptr, H5P_DEFAULT) < 0) continue;
    std::memcpy(&value, raw.data(), sizeof value);
    char* text = H5Tget_member_name(type, i);
    members.emplace_back(value, text == nullptr ? "" : text);
    H5free_memory(text);
  }
  std::sort(members.begin(), members.end());
  return members;
}

bool Hdf5File::holds_bytes(const std::string& name) const {
  const Hdf5Handle type(H5Dget_type(open_dataset(name)), H5Tclose);
  return H5Tequal(type, H5T_NATIVE_UINT8) > 0;
}

double Hdf5File::relative_step(const std::string& name) const {
  const Hdf5Handle type(H5Dget_type(open_dataset(name)), H5Tclose);
  std::size_t sign = 0;
  std::size_t exponent = 0;
  std::size_t exponent_bits = 0;
  std::size_t fraction = 0;
  std::size_t fraction_bits = 0;
  if (H5Tget_class(type) != H5T_FLOAT ||
      H5Tget_fields(type, &sign, &exponent, &exponent_bits, &fraction, &fraction_bits) < 0)
    return 0;
  return std::ldexp(1.0, -static_cast<int>(fraction_bits));
}

std::vector<std::string> Hdf5File::datasets() const {
  std::vector<std::string> names;
  H5Ovisit2(
      file_, H5_INDEX_NAME, H5_ITER_INC,
      [](hid_t, const char* name, const H5O_info_t* info, void* out) -> herr_t {
        if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(out)->emplace_back(name);
        return 0;
      },
      &names, H5O_INFO_BASIC);
  return names;
}

std::string Hdf5File::list_datasets() const {
  constexpr std::size_t kMost = 10;
  const std::vector<std::string> names = datasets();
  if (names.empty()) return "the file has no datasets";
  std::vector<std::string> shown;
  for (const std::string& name : std::span(names).first(std::min(names.size(), kMost))) {
    const Hdf5Handle space(H5Dget_space(open_unchecked(name)), H5Sclose);
    shown.push_back(fmt::format("'{}' ({})", name, fmt::join(hdf5_extents(space), ", ")));
  }
  return fmt::format("its datasets are {}{}", fmt::join(shown, ", "), names.size() > kMost ? ", ..." : "");
}

Error Hdf5File::unreadable(const std::string& name) const {
  const std::string cause = hdf5_cause();
  const std::string& missing_filter = checked_.at(name);
  if (!missing_filter.empty()) return bad_input("{}: {}", path_.string(), missing_filter);
  return bad_input("{}: cannot read '{}': {}", path_.string(), name, cause);
}

template <class T>
void Hdf5File::read_numbers(const std::string& name, const std::function<T*(std::size_t)>& room) const {
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const H5T_class_t type_class = H5Tget_class(type);
  if (type_class != H5T_INTEGER && type_class != H5T_FLOAT && type_class != H5T_ENUM)
    throw bad_input("{}: '{}' holds {}, where numbers are expected", path_.string(), name, describe_class(type_class));
  // One space for the count and for reading: a virtual array grows with its sources.
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const Shape shape = hdf5_extents(space);
  const std::size_t count = value_count(path_.string(), name, shape, sizeof(T));
  T* values = room(count);
  if (count == 0) return;
  bool beyond = false;
  const Hdf5Handle transfer(H5Pcreate(H5P_DATASET_XFER), H5Pclose);
  H5Pset_type_conv_cb(transfer, on_exception, &beyond);
  if (H5Dread(dataset, native_type<T>(), space, space, transfer, values) >= 0) {
    if constexpr (std::is_same_v<T, double>)
      if (type_class == H5T_INTEGER) check_digits(name, dataset, type, space, std::span(values, count));
    return;
  }
  if (beyond) throw bad_input("{}: '{}' holds numbers beyond what is expected there", path_.string(), name);
  throw unreadable(name);
}

void Hdf5File::check_digits(const std::string& name, hid_t dataset, hid_t type, hid_t space,
                            std::span<const double> values) const {
  constexpr double kAllExact = 9007199254740992;  // 2^53: no integer up to here loses a digit
  if (std::none_of(values.begin(), values.end(), [](double value) { return std::abs(value) >= kAllExact; })) return;
  const Shape shape = hdf5_extents(space);
  const std::string place = H5Tget_sign(type) == H5T_SGN_NONE
                                ? describe_long_integer<std::uint64_t>(dataset, space, shape, values.size())
                                : describe_long_integer<std::int64_t>(dataset, space, shape, values.size());
  if (!place.empty())
    throw bad_input(
        "{}: '{}' holds integers with more digits than a float64 has: {}, beyond 2^53; subtract what they have in "
        "common, or write them as texts if they are labels",
        path_.string(), name, place);
}

template <class T>
void Hdf5File::read(const std::string& name, std::span<T> values) const {
  read_numbers<T>(name, [&](std::size_t count) {
    invariant(values.size() == count, "an array is read into a span of its size");
    return values.data();
  });
}

template <class T>
std::vector<T> Hdf5File::read(const std::string& name) const {
  std::vector<T> values;
  read_numbers<T>(name, [&](std::size_t count) {
    require_memory(path_.string(), count * sizeof(T));
    values.resize(count);
    return values.data();
  });
  return values;
}

std::vector<std::string> Hdf5File::read_strings(const std::string& name) const {
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  return strings_of(name, type, space, [&](hid_t memory_type, void* values) {
    if (H5Dread(dataset, memory_type, space, space, H5P_DEFAULT, values) < 0) throw unreadable(name);
  });
}

std::vector<std::string> Hdf5File::read_strings(const std::string& object, const std::string& attribute_name) const {
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

#define LOCKSTEP_ELEMENT(T)                                            \
  template std::vector<T> Hdf5File::read<T>(const std::string&) const; \
  template void Hdf5File::read<T>(const std::string&, std::span<T>) const;
LOCKSTEP_ELEMENT(float)
LOCKSTEP_ELEMENT(double)
LOCKSTEP_ELEMENT(std::int64_t)
LOCKSTEP_ELEMENT(std::int32_t)
LOCKSTEP_ELEMENT(std::uint8_t)
#undef LOCKSTEP_ELEMENT

}  // namespace lockstep

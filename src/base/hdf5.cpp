#include "base/hdf5.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string_view>

#include "base/error.hpp"

namespace lockstep {

namespace {

template <class T>
hid_t native_type();
template <>
hid_t native_type<float>() {
  return H5T_NATIVE_FLOAT;
}
template <>
hid_t native_type<double>() {
  return H5T_NATIVE_DOUBLE;
}
template <>
hid_t native_type<std::int64_t>() {
  return H5T_NATIVE_INT64;
}
template <>
hid_t native_type<std::int32_t>() {
  return H5T_NATIVE_INT32;
}
template <>
hid_t native_type<std::uint8_t>() {
  return H5T_NATIVE_UINT8;
}

/// The innermost entry of HDF5's error stack: the cause. Where it tells an error of the system among other things, that
/// alone.
std::string cause() {
  std::string text = "unknown cause";
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_UPWARD,
      [](unsigned, const H5E_error2_t* entry, void* out) -> herr_t {
        if (entry->desc != nullptr) *static_cast<std::string*>(out) = entry->desc;
        return 1;
      },
      &text);
  constexpr std::string_view kSystem = "error message = '";
  if (const std::size_t begin = text.find(kSystem); begin != std::string::npos) {
    text.erase(0, begin + kSystem.size());
    text.erase(std::min(text.find('\''), text.size()));
  }
  return text;
}

Error error_of(const std::filesystem::path& path, const std::string& what) {
  return failure("{}: {}: {}", path.string(), what, cause());
}

Hdf5Handle checked(hid_t id, Hdf5Handle::Close close, const std::filesystem::path& path, const std::string& what) {
  if (id < 0) throw error_of(path, what);
  return {id, close};
}

/// File locking is off: network file systems often lack it, and files appear whole by renaming.
Hdf5Handle file_access() {
  Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(access, false, true);
  return access;
}

/// Errors become exceptions instead of texts on standard error. At its end the program leaves the library alone: it
/// would try again to write what could not be written, a full disk's checkpoint, and crash.
void prepare_library() {
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Handle string_type() {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

std::size_t element_count(const Hdf5File::Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

/// Strings as NumPy's arrays of bytes have them, padded to one length, which HDF5 does not convert.
std::vector<std::string> read_fixed_strings(const std::filesystem::path& path, const std::string& name, hid_t dataset,
                                            hid_t type, std::size_t count) {
  const std::size_t length = H5Tget_size(type);
  std::vector<char> text(count * length);
  if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()) < 0)
    throw bad_input("{}: cannot read '{}': {}", path.string(), name, cause());
  std::vector<std::string> values;
  for (std::size_t begin = 0; begin < text.size(); begin += length)
    values.emplace_back(text.data() + begin, strnlen(text.data() + begin, length));
  return values;
}

}  // namespace

Hdf5File::Hdf5File(std::filesystem::path path, hid_t id) : path_(std::move(path)), file_(id, H5Fclose) {}

Hdf5File Hdf5File::create(const std::filesystem::path& path, std::size_t user_block) {
  prepare_library();
  const Hdf5Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_userblock(creation, user_block);
  const Hdf5Handle access = file_access();
  const hid_t id = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access);
  if (id < 0) throw error_of(path, "cannot create");
  return {path, id};
}

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  prepare_library();
  if (!std::filesystem::exists(path)) throw bad_input("{}: no such file", path.string());
  if (!recognises(path)) throw bad_input("{}: not an HDF5 file, or a damaged one", path.string());
  const Hdf5Handle access = file_access();
  const hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
  if (id < 0) throw bad_input("{}: cannot open: {}", path.string(), cause());
  return {path, id};
}

bool Hdf5File::recognises(const std::filesystem::path& path) {
  prepare_library();
  return H5Fis_hdf5(path.c_str()) > 0;
}

Hdf5Handle Hdf5File::create_dataset(const std::string& name, hid_t type, const Shape& shape, Storage storage) {
  std::vector<hsize_t> size(shape.begin(), shape.end());
  std::vector<hsize_t> limit = size;
  std::vector<hsize_t> chunk = size;
  Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  if (storage == Storage::extendable) {
    limit[0] = H5S_UNLIMITED;
    chunk[0] = std::clamp<hsize_t>(chunk[0], 256, 65536);
  } else if (element_count(shape) > 0) {
    constexpr hsize_t kMostElements = hsize_t{1} << 24;  // HDF5 takes chunks below 4 GiB
    const hsize_t row = element_count(shape) / size[0];
    chunk[0] = std::clamp<hsize_t>(kMostElements / row, 1, size[0]);
  }
  if (std::all_of(chunk.begin(), chunk.end(), [](hsize_t extent) { return extent > 0; })) {
    H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
    // HDF5 has no checksums of strings of variable length.
    if (H5Tis_variable_str(type) == 0) H5Pset_fletcher32(creation);
  }
  Hdf5Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(links, 1);
  const Hdf5Handle space =
      checked(H5Screate_simple(static_cast<int>(size.size()), size.data(), limit.data()), H5Sclose, path_, name);
  return checked(H5Dcreate2(file_, name.c_str(), type, space, links, creation, H5P_DEFAULT), H5Dclose, path_,
                 "cannot create " + name);
}

template <class T>
void Hdf5File::write(const std::string& name, std::span<const T> values, const Shape& shape, Storage storage) {
  invariant(values.size() == element_count(shape), "an array has as many values as its shape says");
  const Hdf5Handle dataset = create_dataset(name, native_type<T>(), shape, storage);
  if (H5Dwrite(dataset, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    throw error_of(path_, "cannot write " + name);
}

void Hdf5File::write_strings(const std::string& name, std::span<const std::string> values, Storage storage) {
  const Hdf5Handle type = string_type();
  const Hdf5Handle dataset = create_dataset(name, type, {values.size()}, storage);
  std::vector<const char*> pointers;
  pointers.reserve(values.size());
  for (const std::string& value : values) pointers.push_back(value.c_str());
  if (!values.empty() && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0)
    throw error_of(path_, "cannot write " + name);
}

void Hdf5File::write_scalar_attribute(const std::string& name, hid_t type, const void* value) {
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Handle attribute = checked(H5Acreate2(file_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                                       path_, "cannot create attribute " + name);
  if (H5Awrite(attribute, type, value) < 0) throw error_of(path_, "cannot write attribute " + name);
}

void Hdf5File::write_attribute(const std::string& name, const std::string& value) {
  const char* pointer = value.c_str();
  write_scalar_attribute(name, string_type(), &pointer);
}

void Hdf5File::write_attribute(const std::string& name, std::int64_t value) {
  write_scalar_attribute(name, H5T_NATIVE_INT64, &value);
}

void Hdf5File::write_attribute(const std::string& name, double value) {
  write_scalar_attribute(name, H5T_NATIVE_DOUBLE, &value);
}

void Hdf5File::close() {
  std::string reason = H5Fflush(file_, H5F_SCOPE_GLOBAL) < 0 ? cause() : "";  // closing has other causes to fail then
  if (!file_.close() && reason.empty()) reason = cause();
  if (!reason.empty()) throw failure("{}: cannot write: {}", path_.string(), reason);
}

bool Hdf5File::has(const std::string& name) const {
  for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
    if (H5Lexists(file_, name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
  return H5Lexists(file_, name.c_str(), H5P_DEFAULT) > 0;
}

bool Hdf5File::has_attribute(const std::string& name) const {
  return H5Aexists(file_, name.c_str()) > 0;
}

Hdf5Handle Hdf5File::open_dataset(const std::string& name) const {
  if (!has(name)) throw bad_input("{}: there is no dataset '{}' in it", path_.string(), name);
  const hid_t id = H5Dopen2(file_, name.c_str(), H5P_DEFAULT);
  if (id < 0) throw bad_input("{}: cannot open dataset '{}': {}", path_.string(), name, cause());
  return {id, H5Dclose};
}

Hdf5Handle Hdf5File::open_attribute(const std::string& name) const {
  if (!has_attribute(name)) throw bad_input("{}: there is no attribute '{}' in it", path_.string(), name);
  const hid_t id = H5Aopen(file_, name.c_str(), H5P_DEFAULT);
  if (id < 0) throw bad_input("{}: cannot open attribute '{}': {}", path_.string(), name, cause());
  return {id, H5Aclose};
}

Hdf5File::Shape Hdf5File::shape(const std::string& name) const {
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle space = checked(H5Dget_space(dataset), H5Sclose, path_, name);
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0) throw bad_input("{}: the dataset '{}' is no array", path_.string(), name);
  std::vector<hsize_t> size(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space, size.data(), nullptr);
  return {size.begin(), size.end()};
}

bool Hdf5File::holds_bytes(const std::string& name) const {
  const Hdf5Handle type = checked(H5Dget_type(open_dataset(name)), H5Tclose, path_, name);
  return H5Tequal(type, H5T_NATIVE_UINT8) > 0;
}

template <class T>
void Hdf5File::read(const std::string& name, std::span<T> values) const {
  invariant(values.size() == element_count(shape(name)), "an array is read into a span of its size");
  const Hdf5Handle dataset = open_dataset(name);
  if (H5Dread(dataset, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    throw bad_input("{}: cannot read '{}': {}", path_.string(), name, cause());
}

template <class T>
std::vector<T> Hdf5File::read(const std::string& name) const {
  std::vector<T> values(element_count(shape(name)));
  read(name, std::span<T>(values));
  return values;
}

std::vector<std::string> Hdf5File::read_strings(const std::string& name) const {
  const std::size_t count = element_count(shape(name));
  if (count == 0) return {};
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle stored = checked(H5Dget_type(dataset), H5Tclose, path_, name);
  if (H5Tget_class(stored) == H5T_STRING && H5Tis_variable_str(stored) == 0)
    return read_fixed_strings(path_, name, dataset, stored, count);
  const Hdf5Handle type = string_type();
  std::vector<char*> pointers(count);
  const Hdf5Handle space = checked(H5Dget_space(dataset), H5Sclose, path_, name);
  if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0)
    throw bad_input("{}: cannot read '{}': {}", path_.string(), name, cause());
  std::vector<std::string> values;
  values.reserve(pointers.size());
  for (const char* pointer : pointers) values.emplace_back(pointer == nullptr ? "" : pointer);
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  return values;
}

std::string Hdf5File::read_text_attribute(const std::string& name) const {
  const Hdf5Handle attribute = open_attribute(name);
  const Hdf5Handle type = string_type();
  char* pointer = nullptr;
  if (H5Aread(attribute, type, &pointer) < 0 || pointer == nullptr)
    throw bad_input("{}: cannot read attribute '{}': {}", path_.string(), name, cause());
  std::string value = pointer;
  H5free_memory(pointer);
  return value;
}

std::int64_t Hdf5File::read_integer_attribute(const std::string& name) const {
  const Hdf5Handle attribute = open_attribute(name);
  std::int64_t value = 0;
  if (H5Aread(attribute, H5T_NATIVE_INT64, &value) < 0)
    throw bad_input("{}: cannot read attribute '{}': {}", path_.string(), name, cause());
  return value;
}

double Hdf5File::read_real_attribute(const std::string& name) const {
  const Hdf5Handle attribute = open_attribute(name);
  double value = 0;
  if (H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) < 0)
    throw bad_input("{}: cannot read attribute '{}': {}", path_.string(), name, cause());
  return value;
}

#define LOCKSTEP_ELEMENT(T)                                                                        \
  template void Hdf5File::write<T>(const std::string&, std::span<const T>, const Shape&, Storage); \
  template std::vector<T> Hdf5File::read<T>(const std::string&) const;                             \
  template void Hdf5File::read<T>(const std::string&, std::span<T>) const;
LOCKSTEP_ELEMENT(float)
LOCKSTEP_ELEMENT(double)
LOCKSTEP_ELEMENT(std::int64_t)
LOCKSTEP_ELEMENT(std::int32_t)
LOCKSTEP_ELEMENT(std::uint8_t)
#undef LOCKSTEP_ELEMENT

}  // namespace lockstep

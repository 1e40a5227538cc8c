// Opens and writes HDF5 files, and their attributes; hdf5_read.cpp reads their arrays.
#include "base/hdf5.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <string_view>

#include "base/error.hpp"
#include "base/hdf5_detail.hpp"

namespace lockstep {

std::string hdf5_cause() {
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

Hdf5Handle hdf5_file_access() {
  Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(access, false, true);
  return access;
}

Hdf5Handle hdf5_string_type(H5T_cset_t characters, std::size_t length) {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, length);
  if (length != H5T_VARIABLE) H5Tset_strpad(type, H5T_STR_NULLPAD);
  H5Tset_cset(type, characters);
  return type;
}

std::string hdf5_filter_name(H5Z_filter_t id, const std::string& own_name) {
  static const std::map<H5Z_filter_t, const char*> kNames = {
      {4, "szip"},           {307, "bzip2"},  {32000, "lzf"},   {32001, "blosc"}, {32004, "lz4"},
      {32008, "bitshuffle"}, {32013, "zfp"},  {32014, "fpzip"}, {32015, "zstd"},  {32017, "sz"},
      {32018, "fcidecomp"},  {32019, "jpeg"}, {32024, "sz3"},   {32026, "blosc2"}};
  const auto known = kNames.find(id);
  return known != kNames.end() ? known->second : own_name.empty() ? "an unknown filter" : own_name;
}

namespace {

Error error_of(const std::filesystem::path& path, const std::string& what) {
  return failure("{}: {}: {}", path.string(), what, hdf5_cause());
}

Hdf5Handle checked(hid_t id, Hdf5Handle::Close close, const std::filesystem::path& path, const std::string& what) {
  if (id < 0) throw error_of(path, what);
  return {id, close};
}

/// Errors become exceptions instead of texts on standard error. At its end the program leaves the library alone: it
/// would try again to write what could not be written, a full disk's checkpoint, and crash.
///
/// The variable turns file locking off also where HDF5 opens a virtual data set's sources by itself: where a file
/// system refuses locks it would take them for missing.
void prepare_library() {
  static const int kOnce = setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
  static_cast<void>(kOnce);
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::size_t element_count(const Hdf5File::Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

/// Texts as the library takes them.
std::vector<const char*> pointers_to(std::span<const std::string> texts) {
  std::vector<const char*> pointers;
  pointers.reserve(texts.size());
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  return pointers;
}

}  // namespace

std::recursive_mutex& Hdf5Lock::mutex() {
  static std::recursive_mutex the_one;
  return the_one;
}

std::string hdf5_version() {
  prepare_library();
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

Hdf5File::Hdf5File(std::filesystem::path path, hid_t id) : path_(std::move(path)), file_(id, H5Fclose) {}

Hdf5File Hdf5File::create(const std::filesystem::path& path, std::size_t user_block) {
  const Hdf5Lock lock;
  prepare_library();
  const Hdf5Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_userblock(creation, user_block);
  const Hdf5Handle access = hdf5_file_access();
  const hid_t id = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access);
  if (id < 0) throw error_of(path, "cannot create");
  return {path, id};
}

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  const Hdf5Lock lock;
  prepare_library();
  const std::filesystem::file_status status = std::filesystem::status(path);
  if (!exists(status)) throw bad_input("{}: no such file", path.string());
  if (is_directory(status)) throw bad_input("{}: not an HDF5 file, but a folder", path.string());
  // To open a pipe would wait for ever for somebody who writes to it.
  if (!is_regular_file(status)) throw bad_input("{}: not a regular file", path.string());
  if (!recognises(path)) throw bad_input("{}: not an HDF5 file, or a damaged one", path.string());
  const Hdf5Handle access = hdf5_file_access();
  const hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
  if (id < 0) throw bad_input("{}: cannot open: {}", path.string(), hdf5_cause());
  return {path, id};
}

bool Hdf5File::recognises(const std::filesystem::path& path) {
  const Hdf5Lock lock;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;  // a pipe would be waited for
  prepare_library();
  return H5Fis_hdf5(path.c_str()) > 0;
}

Hdf5Handle Hdf5File::create_dataset(const std::string& name, hid_t type, const Shape& shape, Storage storage) {
  std::vector<hsize_t> chunk(shape.begin(), shape.end());
  if (storage == Storage::extendable) {
    chunk[0] = std::clamp<hsize_t>(chunk[0], 256, 65536);
  } else if (element_count(shape) > 0) {
    constexpr hsize_t kMostElements = hsize_t{1} << 24;  // HDF5 takes chunks below 4 GiB
    const hsize_t row = element_count(shape) / shape[0];
    chunk[0] = std::clamp<hsize_t>(kMostElements / row, 1, shape[0]);
  }
  return create_in_chunks(name, type, shape, chunk, storage);
}

Hdf5Handle Hdf5File::create_in_chunks(const std::string& name, hid_t type, const Shape& shape,
                                      const std::vector<hsize_t>& chunk, Storage storage) {
  const std::vector<hsize_t> size(shape.begin(), shape.end());
  std::vector<hsize_t> limit = size;
  if (storage == Storage::extendable) limit[0] = H5S_UNLIMITED;
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  if (std::all_of(chunk.begin(), chunk.end(), [](hsize_t extent) { return extent > 0; })) {
    H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
    // HDF5 has no checksums of strings of variable length.
    if (H5Tis_variable_str(type) == 0) H5Pset_fletcher32(creation);
  }
  const Hdf5Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(links, 1);
  const Hdf5Handle space =
      checked(H5Screate_simple(static_cast<int>(size.size()), size.data(), limit.data()), H5Sclose, path_, name);
  return checked(H5Dcreate2(file_, name.c_str(), type, space, links, creation, H5P_DEFAULT), H5Dclose, path_,
                 "cannot create " + name);
}

template <class T>
void Hdf5File::write(const std::string& name, std::span<const T> values, const Shape& shape, Storage storage) {
  const Hdf5Lock lock;
  invariant(values.size() == element_count(shape), "an array has as many values as its shape says");
  const Hdf5Handle dataset = create_dataset(name, native_type<T>(), shape, storage);
  if (H5Dwrite(dataset, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    throw error_of(path_, "cannot write " + name);
}

void Hdf5File::append_rows(const std::string& name, hid_t type, const Shape& row, std::size_t rows,
                           std::size_t chunk_rows, const void* values) {
  Shape shape = {0};
  shape.insert(shape.end(), row.begin(), row.end());
  std::vector<hsize_t> size(shape.begin(), shape.end());
  size.front() = chunk_rows;
  if (!has(name)) create_in_chunks(name, type, shape, size, Storage::extendable);
  const Hdf5Handle dataset = checked(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose, path_, name);
  const std::size_t before = hdf5_extents(Hdf5Handle(H5Dget_space(dataset), H5Sclose)).front();
  size.front() = before + rows;
  if (H5Dset_extent(dataset, size.data()) < 0) throw error_of(path_, "cannot extend " + name);
  write_rows(name, dataset, type, {before, size.front()}, values);
}

void Hdf5File::write_rows(const std::string& name, hid_t dataset, hid_t type, const Range& rows, const void* values) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const Shape shape = hdf5_extents(space);
  std::vector<hsize_t> begin(shape.size());
  std::vector<hsize_t> size(shape.begin(), shape.end());
  begin.front() = rows.begin;
  size.front() = rows.size();
  H5Sselect_hyperslab(space, H5S_SELECT_SET, begin.data(), nullptr, size.data(), nullptr);
  const Hdf5Handle memory(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
  if (H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, values) < 0) throw error_of(path_, "cannot write " + name);
}

template <class T>
void Hdf5File::append(const std::string& name, std::span<const T> values, const Shape& row, std::size_t chunk_rows) {
  const Hdf5Lock lock;
  const std::size_t rows = values.size() / element_count(row);
  invariant(values.size() == rows * element_count(row), "as many values as the rows have");
  append_rows(name, native_type<T>(), row, rows, chunk_rows, values.data());
}

void Hdf5File::append_strings(const std::string& name, std::span<const std::string> values, std::size_t chunk_rows) {
  const Hdf5Lock lock;
  append_rows(name, hdf5_string_type(H5T_CSET_UTF8), {}, values.size(), chunk_rows, pointers_to(values).data());
}

void Hdf5File::append_names(const std::string& name, std::span<const std::size_t> which,
                            std::span<const std::string> names, std::size_t chunk_rows) {
  const Hdf5Lock lock;
  std::size_t length = 1;
  for (const std::string& text : names) length = std::max(length, text.size());
  std::string texts(which.size() * length, '\0');
  for (std::size_t i = 0; i < which.size(); ++i) names[which[i]].copy(&texts[i * length], length);
  append_rows(name, hdf5_string_type(H5T_CSET_UTF8, length), {}, which.size(), chunk_rows, texts.data());
}

template <class T>
void Hdf5File::replace(const std::string& name, const Range& rows, std::span<const T> values) {
  const Hdf5Lock lock;
  const Hdf5Handle dataset = checked(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose, path_, name);
  Shape shape = hdf5_extents(Hdf5Handle(H5Dget_space(dataset), H5Sclose));
  shape.front() = rows.size();
  invariant(values.size() == element_count(shape), "as many values as the rows have");
  write_rows(name, dataset, native_type<T>(), rows, values.data());
}

void Hdf5File::write_strings(const std::string& name, std::span<const std::string> values, Storage storage) {
  const Hdf5Lock lock;
  const Hdf5Handle type = hdf5_string_type(H5T_CSET_UTF8);
  const Hdf5Handle dataset = create_dataset(name, type, {values.size()}, storage);
  if (!values.empty() && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers_to(values).data()) < 0)
    throw error_of(path_, "cannot write " + name);
}

void Hdf5File::write_scalar_attribute(const std::string& name, hid_t type, const void* value) {
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Handle attribute = checked(H5Acreate2(file_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                                       path_, "cannot create attribute " + name);
  if (H5Awrite(attribute, type, value) < 0) throw error_of(path_, "cannot write attribute " + name);
}

void Hdf5File::write_attribute(const std::string& name, const std::string& value) {
  const Hdf5Lock lock;
  const char* pointer = value.c_str();
  write_scalar_attribute(name, hdf5_string_type(H5T_CSET_UTF8), &pointer);
}

void Hdf5File::write_attribute(const std::string& name, std::int64_t value) {
  const Hdf5Lock lock;
  write_scalar_attribute(name, H5T_NATIVE_INT64, &value);
}

void Hdf5File::write_attribute(const std::string& name, double value) {
  const Hdf5Lock lock;
  write_scalar_attribute(name, H5T_NATIVE_DOUBLE, &value);
}

void Hdf5File::close() {
  const Hdf5Lock lock;
  std::string reason =
      H5Fflush(file_, H5F_SCOPE_GLOBAL) < 0 ? hdf5_cause() : "";  // closing has other causes to fail then
  if (!file_.close() && reason.empty()) reason = hdf5_cause();
  if (!reason.empty()) throw failure("{}: cannot write: {}", path_.string(), reason);
}

bool Hdf5File::has(const std::string& name) const {
  const Hdf5Lock lock;
  for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
    if (H5Lexists(file_, name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
  return H5Lexists(file_, name.c_str(), H5P_DEFAULT) > 0;
}

bool Hdf5File::has_attribute(const std::string& name) const {
  const Hdf5Lock lock;
  return H5Aexists(file_, name.c_str()) > 0;
}

bool Hdf5File::has_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Lock lock;
  return H5Aexists_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

Hdf5Handle Hdf5File::open_attribute(const std::string& name) const {
  if (!has_attribute(name)) throw bad_input("{}: there is no attribute '{}' in it", path_.string(), name);
  const hid_t id = H5Aopen(file_, name.c_str(), H5P_DEFAULT);
  if (id < 0) throw bad_input("{}: cannot open attribute '{}': {}", path_.string(), name, hdf5_cause());
  return {id, H5Aclose};
}

std::string Hdf5File::read_text_attribute(const std::string& name) const {
  const Hdf5Lock lock;
  const Hdf5Handle attribute = open_attribute(name);
  const Hdf5Handle type = hdf5_string_type(H5T_CSET_UTF8);
  char* pointer = nullptr;
  if (H5Aread(attribute, type, &pointer) < 0 || pointer == nullptr)
    throw bad_input("{}: cannot read attribute '{}': {}", path_.string(), name, hdf5_cause());
  std::string value = pointer;
  H5free_memory(pointer);
  return value;
}

std::int64_t Hdf5File::read_integer_attribute(const std::string& name) const {
  const Hdf5Lock lock;
  const Hdf5Handle attribute = open_attribute(name);
  std::int64_t value = 0;
  if (H5Aread(attribute, H5T_NATIVE_INT64, &value) < 0)
    throw bad_input("{}: cannot read attribute '{}': {}", path_.string(), name, hdf5_cause());
  return value;
}

double Hdf5File::read_real_attribute(const std::string& name) const {
  const Hdf5Lock lock;
  const Hdf5Handle attribute = open_attribute(name);
  double value = 0;
  if (H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) < 0)
    throw bad_input("{}: cannot read attribute '{}': {}", path_.string(), name, hdf5_cause());
  return value;
}

#define LOCKSTEP_ELEMENT(T)                                                                             \
  template void Hdf5File::write<T>(const std::string&, std::span<const T>, const Shape&, Storage);      \
  template void Hdf5File::append<T>(const std::string&, std::span<const T>, const Shape&, std::size_t); \
  template void Hdf5File::replace<T>(const std::string&, const Range&, std::span<const T>);
LOCKSTEP_ELEMENT(float)
LOCKSTEP_ELEMENT(double)
LOCKSTEP_ELEMENT(std::int64_t)
LOCKSTEP_ELEMENT(std::int32_t)
LOCKSTEP_ELEMENT(std::uint8_t)
#undef LOCKSTEP_ELEMENT

}  // namespace lockstep

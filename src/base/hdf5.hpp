// HDF5 files: named arrays and attributes, with errors that name the file. The only home of hdf5.h.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/array_kind.hpp"
#include "base/error.hpp"
#include "base/partition.hpp"

namespace lockstep {

/// Held while a thread works with the library, which knows nothing of threads. Every member of Hdf5File does so, and
/// every identifier that closes itself.
class Hdf5Lock {
 public:
  Hdf5Lock() : lock_(mutex()) {}

 private:
  static std::recursive_mutex& mutex();

  std::lock_guard<std::recursive_mutex> lock_;
};

/// An HDF5 identifier that closes itself.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Hdf5Handle(hid_t id, Close closer) : id_(id), close_(closer) {}
  Hdf5Handle(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(const Hdf5Handle&) = delete;
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5Handle() { close(); }

  operator hid_t() const { return id_; }  // NOLINT(google-explicit-constructor): what the C library takes

  /// Returns false when the library could not close it, for a file: when data could not be written.
  bool close() {
    if (id_ < 0) return true;
    const Hdf5Lock lock;
    return close_(std::exchange(id_, H5I_INVALID_HID)) >= 0;
  }

 private:
  hid_t id_;
  Close close_;
};

/// What is read of an array: a field of its records, some rows, that is elements of its first dimension; without, all.
struct Hdf5Part {
  std::string field;
  std::optional<Range> rows;
};

struct Hdf5Selection;

/// How the values of a new array lie in the file.
enum class Storage {
  checked,     // with Fletcher-32 checksums; strings without
  extendable,  // may grow along its first dimension
};

/// Of the library that is linked, for example "1.10.8".
std::string hdf5_version();

/// One HDF5 file. Element types are float, double, std::int64_t, std::int32_t and std::uint8_t; reading converts
/// numbers, and refuses those that the type cannot hold. What is read stands in the file: bad input, naming the source,
/// where HDF5 would fill in values for parts that are missing. Names are paths; groups on the way are created. Every
/// failure throws Error with the file's name.
class Hdf5File {
 public:
  using Shape = std::vector<std::size_t>;

  /// A new, empty file in place of whatever was there. Its first `user_block` bytes, 0 or a power of two from 512, are
  /// left to others.
  static Hdf5File create(const std::filesystem::path& path, std::size_t user_block = 0);

  /// An existing file, to read. Bad input when it is missing or no HDF5 file.
  static Hdf5File open(const std::filesystem::path& path);

  /// True when the file begins with HDF5's signature.
  static bool recognises(const std::filesystem::path& path);

  template <class T>
  void write(const std::string& name, std::span<const T> values, const Shape& shape, Storage storage);
  void write_strings(const std::string& name, std::span<const std::string> values, Storage storage = Storage::checked);
  /// Adds rows, each of shape `row`, at the end of an array, which is made where it is not there, in chunks of
  /// `chunk_rows` rows with checksums; texts without. replace() puts rows in the place of others.
  template <class T>
  void append(const std::string& name, std::span<const T> values, const Shape& row, std::size_t chunk_rows);
  void append_strings(const std::string& name, std::span<const std::string> values, std::size_t chunk_rows);
  /// Adds texts of which there are few: those of `names` with the numbers `which`. All have the length of the longest,
  /// so that they need no heap and have checksums.
  void append_names(const std::string& name, std::span<const std::size_t> which, std::span<const std::string> names,
                    std::size_t chunk_rows);
  template <class T>
  void replace(const std::string& name, const Range& rows, std::span<const T> values);
  void write_attribute(const std::string& name, const std::string& value);
  void write_attribute(const std::string& name, std::int64_t value);
  void write_attribute(const std::string& name, double value);

  /// Writes everything out and closes the file. Throws where that fails, which a destructor could not.
  void close();

  [[nodiscard]] bool has(const std::string& name) const;
  /// Of the whole file, or of an array or a group in it.
  [[nodiscard]] bool has_attribute(const std::string& name) const;
  [[nodiscard]] bool has_attribute(const std::string& object, const std::string& name) const;
  [[nodiscard]] Shape shape(const std::string& name) const;

  /// The fields of an array of records; none of others. Where a `field` may be given, that of all records stands for an
  /// array.
  [[nodiscard]] std::vector<std::string> fields(const std::string& name) const;

  [[nodiscard]] ArrayKind kind(const std::string& name, const std::string& field = "") const;

  /// The values and names of an enumeration, by value.
  [[nodiscard]] std::vector<std::pair<std::int64_t, std::string>> enum_members(const std::string& name,
                                                                               const std::string& field = "") const;

  /// The paths of all arrays in the file.
  [[nodiscard]] std::vector<std::string> datasets() const;

  /// A message's words about the first ten arrays in the file and their shapes.
  [[nodiscard]] std::string list_datasets() const;

  /// True when the array holds unsigned bytes.
  [[nodiscard]] bool holds_bytes(const std::string& name) const;

  /// True when the array holds numbers of a type that float32 has exactly.
  [[nodiscard]] bool holds_floats(const std::string& name) const;

  /// From one number of the array's type to the next, relative to it, at most: 2^-23 for float32, 2^-52 for float64, 0
  /// for integers.
  [[nodiscard]] double relative_step(const std::string& name, const std::string& field = "") const;

  /// How many elements of an array's first dimension are stored as one; 1 where they are not in chunks.
  [[nodiscard]] std::size_t rows_of_chunk(const std::string& name) const;

  /// Makes ready for reading the array some rows at a time, in their order: a chunk from which more rows are to come
  /// stays in memory, so that none is decompressed twice.
  void keep_chunks(const std::string& name) const;

  /// The array in row order, or a part of it. The second form fills `values`, whose size must be the array's.
  template <class T>
  [[nodiscard]] std::vector<T> read(const std::string& name, const Hdf5Part& part = {}) const;
  template <class T>
  void read(const std::string& name, std::span<T> values) const;
  [[nodiscard]] std::vector<std::string> read_strings(const std::string& name, const Hdf5Part& part = {}) const;
  [[nodiscard]] std::vector<std::string> read_strings(const std::string& object, const std::string& attribute) const;
  [[nodiscard]] std::string read_text_attribute(const std::string& name) const;
  [[nodiscard]] std::int64_t read_integer_attribute(const std::string& name) const;
  [[nodiscard]] double read_real_attribute(const std::string& name) const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  Hdf5File(std::filesystem::path path, hid_t id);

  [[nodiscard]] Hdf5Handle open_unchecked(const std::string& name) const;
  /// The same for an array all of whose values are there.
  [[nodiscard]] Hdf5Handle open_dataset(const std::string& name) const;
  /// Why an array cannot be read, after HDF5 has failed.
  [[nodiscard]] Error unreadable(const std::string& name) const;
  template <class T>
  void read_numbers(const std::string& name, const Hdf5Part& part, const std::function<T*(std::size_t)>& room) const;
  /// Bad input when an integer became another number as float64.
  void check_digits(const std::string& name, const std::string& field, hid_t dataset, hid_t type,
                    const Hdf5Selection& selection, std::span<const double> values) const;
  [[nodiscard]] std::vector<std::string> strings_of(const std::string& name, hid_t stored, hid_t space,
                                                    const std::function<void(hid_t, void*)>& read_as) const;
  [[nodiscard]] Hdf5Handle open_attribute(const std::string& name) const;
  Hdf5Handle create_dataset(const std::string& name, hid_t type, const Shape& shape, Storage storage);
  Hdf5Handle create_in_chunks(const std::string& name, hid_t type, const Shape& shape,
                              const std::vector<hsize_t>& chunk, Storage storage);
  void append_rows(const std::string& name, hid_t type, const Shape& row, std::size_t rows, std::size_t chunk_rows,
                   const void* values);
  void write_rows(const std::string& name, hid_t dataset, hid_t type, const Range& rows, const void* values);
  void write_scalar_attribute(const std::string& name, hid_t type, const void* value);

  /// An array all of whose values are there.
  struct CheckedDataset {
    Hdf5Handle handle;
    std::string missing_filter;  // words about the compression that this program lacks; empty: none
  };

  std::filesystem::path path_;
  Hdf5Handle file_;
  mutable std::map<std::string, CheckedDataset> checked_;  // open, so that part after part can be read
};

}  // namespace lockstep

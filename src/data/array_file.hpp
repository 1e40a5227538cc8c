// Named arrays in files: what HDF5, NumPy and IDX have in common, and all that a reader of tables asks of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/array_kind.hpp"
#include "base/partition.hpp"

namespace lockstep {

/// An array, whose values are read when they are asked for, once. In row order, whatever that of the file. Bad input,
/// with file and array, where they are not of the kind that is asked for, or damaged.
class Array {
 public:
  using Shape = std::vector<std::size_t>;
  using Strings = std::vector<std::string>;

  /// `path` and `name` for messages.
  Array(std::string path, std::string name) : path_(std::move(path)), name_(std::move(name)) {}
  virtual ~Array() = default;
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] virtual Shape shape() const = 0;
  [[nodiscard]] virtual ArrayKind kind() const = 0;
  /// True for unsigned bytes.
  [[nodiscard]] virtual bool holds_bytes() const = 0;
  /// True for numbers of a type that float32 has exactly.
  [[nodiscard]] virtual bool holds_floats() const = 0;
  /// From one number of the array's type to the next, relative to it, at most; 0 for integers.
  [[nodiscard]] virtual double relative_step() const = 0;
  /// The values and names of an enumeration, by value.
  [[nodiscard]] virtual std::vector<std::pair<std::int64_t, std::string>> members() const { return {}; }
  /// The names of the fields, of an array of records.
  [[nodiscard]] virtual Strings fields() const { return {}; }
  /// A field of all records, as an array.
  [[nodiscard]] virtual std::unique_ptr<Array> field(const std::string& /*field_name*/) const { return nullptr; }
  /// A list of texts that belongs to the array and is called so; nothing where there is none.
  [[nodiscard]] virtual std::optional<Strings> attribute(const std::string& /*name*/) const { return std::nullopt; }

  /// Some rows of it, that is elements of its first dimension, as an array of their own, which is read without the
  /// others. Nothing where the file's storage does not allow it.
  [[nodiscard]] virtual std::unique_ptr<Array> rows(const Range& /*rows*/) const { return nullptr; }
  /// The same where all rows before these have been read so, and none after them: from the first row to the last, as a
  /// compressed file is read. Where is_read_in_parts() is false, all rows are read at once.
  [[nodiscard]] virtual std::unique_ptr<Array> rows_in_turn(const Range& rows) { return this->rows(rows); }
  [[nodiscard]] virtual bool is_read_in_parts() const { return true; }
  /// The number in the file of its first row.
  [[nodiscard]] virtual std::size_t first_row() const { return 0; }
  /// Rows that are stored as one, so that it takes as long to read a part of them as to read all.
  [[nodiscard]] virtual std::size_t rows_stored_together() const { return 1; }

  [[nodiscard]] virtual std::vector<std::uint8_t> bytes() = 0;
  /// The numbers where holds_floats().
  [[nodiscard]] virtual std::vector<float> floats() = 0;
  [[nodiscard]] virtual std::vector<double> numbers() = 0;
  [[nodiscard]] virtual std::vector<std::int64_t> integers() = 0;
  [[nodiscard]] virtual Strings texts() = 0;

 private:
  std::string path_;
  std::string name_;
};

/// The arrays of a data set, in one file or in several.
class ArrayFile {
 public:
  ArrayFile() = default;
  virtual ~ArrayFile() = default;
  ArrayFile(const ArrayFile&) = delete;
  ArrayFile& operator=(const ArrayFile&) = delete;

  /// The file of the features.
  [[nodiscard]] virtual const std::string& path() const = 0;
  [[nodiscard]] virtual bool has(const std::string& name) const = 0;
  /// Bad input, with the names of those that are there, where it is none of them.
  [[nodiscard]] virtual std::unique_ptr<Array> open(const std::string& name) const = 0;
  /// Of all arrays; none where each is a file of its own.
  [[nodiscard]] virtual std::vector<std::string> names() const = 0;
  /// A message's words about the first ten arrays and their shapes.
  [[nodiscard]] virtual std::string list_arrays() const = 0;
};

}  // namespace lockstep

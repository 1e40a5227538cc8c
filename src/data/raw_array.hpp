// Arrays whose values lie in a file one after the other, as in IDX and NumPy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/array_file.hpp"
#include "data/input_file.hpp"
#include "data/raw_type.hpp"

namespace lockstep {

/// A field of records.
struct RawField {
  std::string name;
  RawType type;
  std::size_t offset = 0;  // bytes from the beginning of a record
  std::string refusal;     // of a type that is not read: why, and what to do
};

/// What stands before the values.
struct RawHeader {
  Array::Shape shape;
  RawType type;
  bool columns_first = false;    // Fortran's order: the first index runs fastest
  std::vector<RawField> fields;  // of records, of which `type` has the size; empty: `type` is that of values
};

/// Fills `out` as far as there is something and returns how many bytes that were: fewer than asked for at the end
/// alone.
using ByteSource = std::function<std::size_t(std::span<std::byte> out)>;

/// A source of the values from this byte on, which others do not disturb. Empty: there is none but the one from the
/// first to the last.
using OpenBytes = std::function<ByteSource(std::uint64_t byte)>;

/// The array whose values `source` gives, from the first on. Bad input, as they are read, where they end before what
/// the header promises, or go on. Memory is bounded by what there is.
std::unique_ptr<Array> make_raw_array(const std::string& path, const std::string& name, RawHeader header,
                                      ByteSource source, OpenBytes open = {});

/// The same of the rest of a file whose header has been read.
std::unique_ptr<Array> make_raw_array(const std::string& path, const std::string& name, RawHeader header,
                                      const std::shared_ptr<InputFile>& file);

/// At most so many bytes of a source.
ByteSource first_bytes(ByteSource source, std::uint64_t count);

}  // namespace lockstep

// Arrays whose values lie in a file one after the other, as in IDX and NumPy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "data/array_file.hpp"
#include "data/input_file.hpp"

namespace lockstep {

/// How a value lies in a file.
struct RawType {
  enum class Kind { boolean, unsigned_integer, signed_integer, real, bytes, utf32 };

  Kind kind = Kind::unsigned_integer;
  std::size_t size = 1;  // bytes
  bool big_endian = false;
};

/// What stands before the values.
struct RawHeader {
  Array::Shape shape;
  RawType type;
  bool columns_first = false;  // Fortran's order: the first index runs fastest
};

/// Fills `out` as far as there is something and returns how many bytes that were: fewer than asked for at the end
/// alone.
using ByteSource = std::function<std::size_t(std::span<std::byte> out)>;

/// Has a ByteSource go on from this byte of the values. Empty: it cannot.
using SeekBytes = std::function<void(std::uint64_t byte)>;

/// The array whose values `source` gives, from the first on. Bad input, as they are read, where they end before what
/// the header promises, or go on. Memory is bounded by what there is.
std::unique_ptr<Array> make_raw_array(const std::string& path, const std::string& name, RawHeader header,
                                      ByteSource source, SeekBytes seek = {});

/// The same of the rest of a file whose header has been read.
std::unique_ptr<Array> make_raw_array(const std::string& path, const std::string& name, RawHeader header,
                                      const std::shared_ptr<InputFile>& file);

}  // namespace lockstep

// Reads IDX files. Header: two zero bytes, the type, the number of dimensions, then each size as a big-endian
// word.
#include "data/idx.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "data/input_file.hpp"

namespace lockstep {

namespace {

using Word = std::array<std::uint8_t, 4>;

constexpr std::uint8_t kUnsignedByte = 0x08;
constexpr std::uint8_t kMostDimensions = 8;

template <class Bytes>
std::size_t read_bytes(InputFile& file, Bytes&& bytes) {
  return file.read(std::as_writable_bytes(std::span(bytes)));
}

bool is_magic(const Word& word) {
  return word[0] == 0 && word[1] == 0 && word[2] == kUnsignedByte && word[3] >= 1 && word[3] <= kMostDimensions;
}

std::vector<std::uint64_t> read_sizes(InputFile& file, const std::string& path) {
  Word word{};
  if (read_bytes(file, word) < word.size()) throw bad_input("{}: not an IDX file: too short for a header", path);
  if (!is_magic(word))
    throw bad_input(
        "{}: not an IDX file of unsigned bytes: it begins with {:02x}, where that has 00 00 08 and 01 to 08 "
        "for its "
        "number of dimensions",
        path, fmt::join(word, " "));
  std::vector<std::uint64_t> sizes(word[3]);
  for (std::uint64_t& size : sizes) {
    if (read_bytes(file, word) < word.size()) throw bad_input("{}: ends within its header; copy the file again", path);
    for (const std::uint8_t byte : word) size = size << 8U | byte;
  }
  return sizes;
}

std::uint64_t product(const std::vector<std::uint64_t>& sizes, const std::string& path) {
  if (std::find(sizes.begin(), sizes.end(), 0U) != sizes.end()) return 0;
  std::uint64_t count = 1;
  for (const std::uint64_t size : sizes) {
    if (count > std::numeric_limits<std::uint64_t>::max() / size)
      throw bad_input("{}: damaged: no file holds the {} values that its header promises", path,
                      fmt::join(sizes, " x "));
    count *= size;
  }
  return count;
}

}  // namespace

bool is_idx(const std::string& path) {
  InputFile file(path);
  Word word{};
  return read_bytes(file, word) == word.size() && is_magic(word);
}

IdxArray read_idx(const std::string& path) {
  constexpr std::uint64_t first_piece = 1U << 24;
  InputFile file(path);
  IdxArray array;
  array.sizes = read_sizes(file, path);
  const std::uint64_t count = product(array.sizes, path);

  // The header of a damaged file may promise anything: memory is asked for when there is more than a first piece.
  while (array.bytes.size() < count) {
    const std::size_t have = array.bytes.size();
    if (have == first_piece) {
      require_memory(path, count);
      array.bytes.reserve(count);
    }
    const std::size_t want = std::min(count, std::max(2 * have, first_piece));
    array.bytes.resize(want);
    const std::size_t got = read_bytes(file, std::span(array.bytes).subspan(have));
    if (have + got < want)
      throw bad_input("{}: ends after {} of the {} = {} values that its header promises; copy the file again", path,
                      have + got, fmt::join(array.sizes, " x "), count);
  }
  // Reading past the end is also what makes zlib compare the checksum.
  std::array<std::uint8_t, 1> extra{};
  if (read_bytes(file, extra) > 0)
    throw bad_input("{}: holds more than the {} = {} values that its header promises; copy the file again", path,
                    fmt::join(array.sizes, " x "), count);
  return array;
}

}  // namespace lockstep

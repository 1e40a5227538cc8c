// Reads IDX files. Header: two zero bytes, the type, the number of dimensions, then each size as a big-endian
// word.
#include "data/idx_arrays.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/error.hpp"
#include "data/input_file.hpp"
#include "data/raw_array.hpp"

namespace lockstep {

namespace {

using Word = std::array<std::uint8_t, 4>;

struct IdxType {
  std::uint8_t code = 0;
  RawType type;
};

constexpr IdxType kTypes[] = {{0x08, {RawType::Kind::unsigned_integer, 1, true}},
                              {0x09, {RawType::Kind::signed_integer, 1, true}},
                              {0x0B, {RawType::Kind::signed_integer, 2, true}},
                              {0x0C, {RawType::Kind::signed_integer, 4, true}},
                              {0x0D, {RawType::Kind::real, 4, true}},
                              {0x0E, {RawType::Kind::real, 8, true}}};

std::size_t read_word(InputFile& file, Word& word) {
  return file.read(std::as_writable_bytes(std::span(word)));
}

/// The type that a file's first word tells; nullptr where that is not one of an IDX file.
const IdxType* type_of(const Word& word) {
  const auto* const type = std::ranges::find(kTypes, word[2], &IdxType::code);
  return word[0] == 0 && word[1] == 0 && word[3] >= 1 && type != std::end(kTypes) ? type : nullptr;
}

RawHeader read_header(InputFile& file, const std::string& path) {
  Word word{};
  if (read_word(file, word) < word.size()) throw bad_input("{}: not an IDX file: too short for a header", path);
  const IdxType* const type = type_of(word);
  if (type == nullptr)
    throw bad_input(
        "{}: not an IDX file: it begins with {:02x}, where that has 00 00, the type of its numbers (08, 09, 0b, 0c, 0d "
        "or 0e) and the number of its dimensions",
        path, fmt::join(word, " "));
  RawHeader header;
  header.type = type->type;
  header.shape.resize(word[3]);
  for (std::size_t& size : header.shape) {
    if (read_word(file, word) < word.size()) throw bad_input("{}: ends within its header; copy the file again", path);
    for (const std::uint8_t byte : word) size = size << 8U | byte;
  }
  return header;
}

}  // namespace

bool is_idx(const std::string& path) {
  InputFile file(path);
  Word word{};
  return read_word(file, word) == word.size() && type_of(word) != nullptr;
}

std::unique_ptr<Array> open_idx_array(const std::string& path, const std::string& name) {
  const auto file = std::make_shared<InputFile>(path);
  RawHeader header = read_header(*file, path);
  return make_raw_array(path, name, std::move(header), file);
}

}  // namespace lockstep

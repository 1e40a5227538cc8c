#include "data/npy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

Error damaged(const std::string& what) {
  return bad_input("{}: its header is damaged; copy the file again, or write it anew with numpy.save", what);
}

std::string read_text(const ByteSource& source, std::size_t size, const std::string& what) {
  std::string text(size, '\0');
  if (source(std::as_writable_bytes(std::span(text))) < size)
    throw bad_input("{}: ends within its header; copy the file again", what);
  return text;
}

/// Reads the Python dictionary of a header, of which each of three keys has a value of a kind of its own.
class DictionaryReader {
 public:
  DictionaryReader(std::string_view text, const std::string& what) : text_(text), what_(what) {}

  RawHeader read();

 private:
  void skip_blanks() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n')) text_.remove_prefix(1);
  }
  bool take(std::string_view word) {
    skip_blanks();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  void expect(std::string_view word) {
    if (!take(word)) throw damaged(what_);
  }
  std::string quoted() {
    expect("'");
    const std::size_t end = text_.find('\'');
    if (end == std::string_view::npos) throw damaged(what_);
    std::string word(text_.substr(0, end));
    text_.remove_prefix(end + 1);
    return word;
  }
  Array::Shape shape() {
    Array::Shape sizes;
    expect("(");
    while (!take(")")) {
      skip_blanks();
      std::size_t size = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
      if (error != std::errc()) throw damaged(what_);
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
      static_cast<void>(take("L"));  // Python 2 wrote it after long numbers
      sizes.push_back(size);
      if (!take(",")) {
        expect(")");
        break;
      }
    }
    return sizes;
  }
  [[nodiscard]] RawType type(const std::string& text) const;

  std::string_view text_;
  const std::string& what_;
};

/// "<f8": order of bytes, kind, size.
RawType DictionaryReader::type(const std::string& text) const {
  constexpr std::pair<char, RawType::Kind> kKinds[] = {
      {'b', RawType::Kind::boolean},        {'u', RawType::Kind::unsigned_integer},
      {'i', RawType::Kind::signed_integer}, {'f', RawType::Kind::real},
      {'S', RawType::Kind::bytes},          {'U', RawType::Kind::utf32}};
  std::size_t size = 0;
  const char* const end = text.data() + text.size();
  const bool has_size = text.size() > 2 && std::from_chars(text.data() + 2, end, size).ptr == end;
  if (text.size() > 1 && text[1] == 'O')
    throw bad_input(
        "{}: holds Python objects, which only Python reads; write numbers or texts (NumPy: array.astype(float), "
        "or array.astype(str))",
        what_);
  const auto* const kind =
      std::ranges::find(kKinds, text.size() > 1 ? text[1] : '\0', &std::pair<char, RawType::Kind>::first);
  const std::size_t largest = kind != std::end(kKinds) && kind->second >= RawType::Kind::bytes     ? 1U << 24U
                              : kind != std::end(kKinds) && kind->second == RawType::Kind::boolean ? 1
                                                                                                   : 8;
  const bool is_power = kind != std::end(kKinds) && (kind->second >= RawType::Kind::bytes || std::has_single_bit(size));
  if (!has_size || kind == std::end(kKinds) || !is_power || size > largest ||
      (kind->second == RawType::Kind::real && size == 1))
    throw bad_input(
        "{}: holds values of NumPy's type '{}', where numbers of up to 64 bits, bool or texts are expected; "
        "convert them (NumPy: array.astype(float))",
        what_, shortened(text, 40));
  if (kind->second == RawType::Kind::utf32) size *= 4;
  return {kind->second, size, text[0] == '>'};
}

RawHeader DictionaryReader::read() {
  RawHeader header;
  bool has_type = false;
  bool has_shape = false;
  expect("{");
  while (!take("}")) {
    const std::string key = quoted();
    expect(":");
    skip_blanks();
    if (key == "descr" && text_.starts_with("["))
      throw bad_input(
          "{}: holds records of several fields; write one array of numbers (NumPy: "
          "numpy.lib.recfunctions.structured_to_unstructured), or a CSV table",
          what_);
    if (key == "descr") {
      header.type = type(quoted());
      has_type = true;
    } else if (key == "shape") {
      header.shape = shape();
      has_shape = true;
    } else if (key == "fortran_order") {
      header.columns_first = take("True");
      if (!header.columns_first) expect("False");
    } else {
      throw damaged(what_);
    }
    static_cast<void>(take(","));
  }
  if (!has_type || !has_shape) throw damaged(what_);
  return header;
}

}  // namespace

RawHeader read_npy_header(const ByteSource& source, const std::string& what) {
  constexpr std::size_t kLongest = 1U << 20U;
  std::array<std::byte, 8> start{};
  const std::size_t got = source(start);
  const std::string_view mark(reinterpret_cast<const char*>(start.data()), kNpyMark.size());
  if (got < start.size() || mark != kNpyMark) throw bad_input("{}: not a NumPy file (numpy.save, numpy.savez)", what);
  const auto version = std::to_integer<unsigned>(start[kNpyMark.size()]);
  if (version < 1 || version > 3)
    throw bad_input("{}: is of version {} of NumPy's format, and 1 to 3 are known; write it anew with numpy.save", what,
                    version);
  std::size_t size = 0;
  const std::string digits = read_text(source, version == 1 ? 2 : 4, what);
  for (std::size_t i = digits.size(); i-- > 0;) size = size << 8U | static_cast<unsigned char>(digits[i]);
  if (size > kLongest) throw damaged(what);
  const std::string text = read_text(source, size, what);
  return DictionaryReader(text, what).read();
}

}  // namespace lockstep

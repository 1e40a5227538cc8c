#include "data/npy_header.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "data/checks.hpp"
#include "data/utf8.hpp"

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

/// The unit of a datetime64, such as "ns" or "25s".
std::optional<TimeUnit> time_unit(std::string_view text) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  constexpr std::int64_t kThousand = 1000;
  static constexpr std::pair<std::string_view, TimeUnit> kUnits[] = {
      {"Y", {12, 0, 1}},
      {"M", {1, 0, 1}},
      {"W", {0, 7 * kDay, 1}},
      {"D", {0, kDay, 1}},
      {"h", {0, kHour, 1}},
      {"m", {0, kMinute, 1}},
      {"s", {0, 1, 1}},
      {"ms", {0, 1, kThousand}},
      {"us", {0, 1, kThousand * kThousand}},
      {"ns", {0, 1, kThousand * kThousand * kThousand}},
      {"ps", {0, 1, kThousand * kThousand * kThousand * kThousand}},
      {"fs", {0, 1, kThousand * kThousand * kThousand * kThousand * kThousand}},
      {"as", {0, 1, kThousand * kThousand * kThousand * kThousand * kThousand * kThousand}}};
  std::int32_t times = 1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), times);
  if (error == std::errc()) text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto* const entry = std::ranges::find(kUnits, text, &std::pair<std::string_view, TimeUnit>::first);
  if (entry == std::end(kUnits) || times < 1) return std::nullopt;
  TimeUnit unit = entry->second;
  unit.months *= times;
  unit.seconds *= times;
  return unit;
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
  /// As Python writes it: in single quotes, or in double ones where there is a single one in it.
  std::string quoted() {
    const char quote = take("\"") ? '"' : '\'';
    if (quote == '\'') expect("'");
    std::string word;
    for (;; text_.remove_prefix(1)) {
      if (text_.starts_with('\\'))
        text_.remove_prefix(1);
      else if (text_.starts_with(quote))
        break;
      if (text_.empty()) throw damaged(what_);
      word += text_.front();
    }
    text_.remove_prefix(1);
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
  /// Words of refusal for a type that is not read.
  [[nodiscard]] std::string type(const std::string& text, RawType& type) const;
  void type_of_values(RawHeader& header);
  void records(RawHeader& header);

  std::string_view text_;
  const std::string& what_;
};

/// "<f8": order of bytes, kind, size.
std::string DictionaryReader::type(const std::string& text, RawType& type) const {
  constexpr std::pair<char, RawType::Kind> kKinds[] = {
      {'b', RawType::Kind::boolean},        {'u', RawType::Kind::unsigned_integer},
      {'i', RawType::Kind::signed_integer}, {'f', RawType::Kind::real},
      {'M', RawType::Kind::time},           {'S', RawType::Kind::bytes},
      {'U', RawType::Kind::utf32},          {'c', RawType::Kind::other},
      {'V', RawType::Kind::other},          {'m', RawType::Kind::other}};
  const char letter = text.size() > 1 ? text[1] : '\0';
  if (letter == 'O')
    throw bad_input(
        "{}: holds Python objects, which only Python reads; write numbers or texts (NumPy: array.astype(float), "
        "or array.astype(str))",
        what_);
  const char* const end = text.data() + text.size();
  std::size_t size = 0;
  const char* const after = text.size() > 2 ? std::from_chars(text.data() + 2, end, size).ptr : nullptr;
  const auto* const kind = std::ranges::find(kKinds, letter, &std::pair<char, RawType::Kind>::first);
  type = {RawType::Kind::other, size, text[0] == '>', {}};
  if (letter == 'c')
    return "holds complex numbers; write their real and imaginary parts, each as a column (NumPy: "
           "numpy.stack([array.real, array.imag], -1))";
  const auto others = [&] {
    return fmt::format(
        "holds values of NumPy's type '{}', where numbers of up to 64 bits, bool, points in time or texts are "
        "expected; convert them (NumPy: array.astype(float))",
        shortened(text, 40));
  };
  if (kind == std::end(kKinds) || kind->second == RawType::Kind::other) return others();
  const bool is_text = kind->second == RawType::Kind::bytes || kind->second == RawType::Kind::utf32;
  const std::size_t largest = is_text ? 1U << 24U : kind->second == RawType::Kind::boolean ? 1 : 8;
  if ((!is_text && !std::has_single_bit(size)) || size > largest) return others();
  if (kind->second == RawType::Kind::real && size == 1) return others();
  if (kind->second == RawType::Kind::time) {  // "<M8[ns]"
    const std::string_view unit(after, end);
    const auto found =
        unit.starts_with('[') && unit.ends_with(']') ? time_unit(unit.substr(1, unit.size() - 2)) : std::nullopt;
    if (!found || size != 8) return others();
    type.unit = *found;
  } else if (after != end) {
    return others();
  }
  type.kind = kind->second;
  if (type.kind == RawType::Kind::utf32) type.size *= 4;
  return "";
}

void DictionaryReader::type_of_values(RawHeader& header) {
  skip_blanks();
  if (text_.starts_with("[")) return records(header);
  if (const std::string refusal = type(quoted(), header.type); !refusal.empty())
    throw bad_input("{}: {}", what_, refusal);
}

/// "[('x', '<f4'), (('title', 'y'), '<i8'), ('position', '<f8', (3,)), ('', '|V4')]": names, types and, of arrays
/// within a record, shapes. Fields without a name are room between others.
void DictionaryReader::records(RawHeader& header) {
  constexpr std::size_t kLargest = 1U << 30U;  // bytes of a record
  std::size_t offset = 0;
  expect("[");
  while (!take("]")) {
    RawField field;
    field.offset = offset;
    expect("(");
    if (take("(")) {
      static_cast<void>(quoted());
      expect(",");
      field.name = quoted();
      expect(")");
    } else {
      field.name = quoted();
    }
    expect(",");
    skip_blanks();
    if (text_.starts_with("["))
      throw bad_input(
          "{}: the field '{}' of its records holds records; write an array without records in others (NumPy: "
          "numpy.lib.recfunctions)",
          what_, field.name);
    field.refusal = type(quoted(), field.type);
    std::size_t bytes = field.type.size;
    if (take(",")) {
      skip_blanks();
      for (const std::size_t size : shape())
        if (__builtin_mul_overflow(bytes, size, &bytes)) throw damaged(what_);
      field.refusal = "holds an array in each record; write its columns as fields of their own";
    }
    expect(")");
    static_cast<void>(take(","));
    if (bytes > kLargest - offset) throw damaged(what_);
    offset += bytes;
    if (field.name.empty()) continue;
    if (std::ranges::find(header.fields, field.name, &RawField::name) != header.fields.end()) throw damaged(what_);
    header.fields.push_back(std::move(field));
  }
  if (header.fields.empty() || offset == 0) throw damaged(what_);
  header.type = {RawType::Kind::other, offset, false, {}};
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
    if (key == "descr") {
      type_of_values(header);
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
  const std::string bytes = read_text(source, size, what);
  std::string text;
  for (const char byte : bytes)  // in Latin 1, and since version 3 in UTF-8
    if (version == 3)
      text += byte;
    else
      append_utf8(text, static_cast<unsigned char>(byte));
  return DictionaryReader(text, what).read();
}

}  // namespace lockstep

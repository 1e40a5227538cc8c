#include "data/raw_array.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "data/utf8.hpp"

namespace lockstep {

namespace {

using Shape = Array::Shape;

/// The number of IEEE's half precision with these bits.
double half_to_double(std::uint16_t bits) {
  constexpr int kFractionBits = 10;
  const int exponent = bits >> kFractionBits & 0x1F;
  const int fraction = bits & 0x3FF;
  double size = 0;
  if (exponent == 0x1F)
    size = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  else if (exponent == 0)
    size = std::ldexp(fraction, -24);
  else
    size = std::ldexp(fraction + 0x400, exponent - 25);
  return (bits & 0x8000U) != 0 ? -size : size;
}

/// The bits of a value, the last of which is the lowest.
std::uint64_t bits_of(const std::byte* value, const RawType& type) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < type.size; ++i)
    bits = bits << 8U | std::to_integer<std::uint64_t>(value[type.big_endian ? i : type.size - 1 - i]);
  return bits;
}

std::int64_t signed_of(std::uint64_t bits, std::size_t size) {
  const std::size_t unused = 64 - 8 * size;
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

double real_of(std::uint64_t bits, std::size_t size) {
  if (size == 2) return half_to_double(static_cast<std::uint16_t>(bits));
  if (size == 4) return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  return std::bit_cast<double>(bits);
}

/// The text of NumPy's U, code points in four bytes each, or S, filled up with zeros.
std::string text_of(const std::byte* value, const RawType& type) {
  if (type.kind == RawType::Kind::bytes) {
    std::string text(reinterpret_cast<const char*>(value), type.size);
    return text.erase(text.find_last_not_of('\0') + 1);
  }
  std::string text;
  std::size_t zeros = 0;
  const RawType character{RawType::Kind::unsigned_integer, 4, type.big_endian};
  for (std::size_t i = 0; i < type.size; i += character.size) {
    const auto point = static_cast<char32_t>(bits_of(value + i, character));
    if (point == 0) {
      ++zeros;
      continue;
    }
    text.append(std::exchange(zeros, 0), '\0');
    append_utf8(text, point);
  }
  return text;
}

class RawArray : public Array {
 public:
  RawArray(const std::string& path, const std::string& name, RawHeader header, ByteSource source, SeekBytes seek,
           std::size_t first_row = 0)
      : Array(path, name),
        header_(std::move(header)),
        source_(std::move(source)),
        seek_(std::move(seek)),
        first_row_(first_row) {
    static_cast<void>(count());
  }

  [[nodiscard]] Shape shape() const override { return header_.shape; }
  [[nodiscard]] ArrayKind kind() const override {
    switch (header_.type.kind) {
      case RawType::Kind::boolean:
        return ArrayKind::boolean;
      case RawType::Kind::real:
        return ArrayKind::real;
      case RawType::Kind::bytes:
      case RawType::Kind::utf32:
        return ArrayKind::text;
      default:
        return ArrayKind::integer;
    }
  }
  [[nodiscard]] bool holds_bytes() const override {
    return header_.type.kind == RawType::Kind::unsigned_integer && header_.type.size == 1;
  }
  [[nodiscard]] double relative_step() const override {
    if (header_.type.kind != RawType::Kind::real) return 0;
    const int fraction_bits = header_.type.size == 2 ? 10 : header_.type.size == 4 ? 23 : 52;
    return std::ldexp(1.0, -fraction_bits);
  }

  [[nodiscard]] std::unique_ptr<Array> rows(const Range& rows) const override {
    if (!seek_ || is_in_columns()) return nullptr;
    seek_(rows.begin * row_bytes());
    return part(rows, source_);
  }
  [[nodiscard]] bool is_read_in_parts() const override { return !is_in_columns(); }
  [[nodiscard]] std::unique_ptr<Array> next_rows(std::size_t count) override {
    const Range next{next_row_, next_row_ + count};
    next_row_ = next.end;
    // The last ones end where the file has to.
    return part(next, source_, next.end == header_.shape.front());
  }
  [[nodiscard]] std::size_t first_row() const override { return first_row_; }

  [[nodiscard]] std::vector<std::uint8_t> bytes() override {
    check_numbers();
    return read<std::uint8_t>([](std::span<const std::byte> raw, std::uint8_t* out) {
      std::ranges::copy(raw, reinterpret_cast<std::byte*>(out));
    });
  }

  [[nodiscard]] std::vector<double> numbers() override {
    check_numbers();
    if (is_native<float>()) return read_native<float>();
    if (is_native<double>()) return read_native<double>();
    if (header_.type.kind == RawType::Kind::real)
      return read_each<double>([this](std::uint64_t bits) { return real_of(bits, header_.type.size); });
    if (header_.type.kind == RawType::Kind::signed_integer)
      return read_each<double>([this](std::uint64_t bits) { return exact(signed_of(bits, header_.type.size)); });
    return read_each<double>([this](std::uint64_t bits) { return exact(bits); });
  }

  [[nodiscard]] std::vector<std::int64_t> integers() override {
    check_numbers();
    return read_each<std::int64_t>([this](std::uint64_t bits) {
      if (header_.type.kind == RawType::Kind::signed_integer) return signed_of(bits, header_.type.size);
      if (bits > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        throw bad_input("{}: '{}' holds {}, beyond the integers of 64 bits with a sign", path(), name(), bits);
      return static_cast<std::int64_t>(bits);
    });
  }

  [[nodiscard]] Strings texts() override {
    if (kind() != ArrayKind::text) throw bad_input("{}: '{}' holds no texts, which are expected there", path(), name());
    return read<std::string>([this](std::span<const std::byte> raw, std::string* out) {
      for (; !raw.empty(); raw = raw.subspan(header_.type.size)) *out++ = text_of(raw.data(), header_.type);
    });
  }

 private:
  void check_numbers() const {
    if (kind() == ArrayKind::text) throw bad_input("{}: '{}' holds texts, where numbers are expected", path(), name());
  }

  /// Bad input when an integer would lose digits.
  template <class Integer>
  [[nodiscard]] double exact(Integer integer) const {
    const auto number = static_cast<double>(integer);
    if (static_cast<long double>(number) != static_cast<long double>(integer))
      throw bad_input(
          "{}: '{}' holds integers with more digits than a float64 has, such as {}, beyond 2^53; subtract what they "
          "have in common, or write them as texts if they are labels",
          path(), name(), integer);
    return number;
  }

  /// The number of values. Bad input where no file holds so many.
  [[nodiscard]] std::uint64_t count() const {
    std::uint64_t bytes = std::max<std::size_t>(header_.type.size, 1);
    bool fits = true;
    for (const std::size_t size : header_.shape) fits = !__builtin_mul_overflow(bytes, size, &bytes) && fits;
    if (std::ranges::count(header_.shape, 0U) > 0) return 0;
    if (!fits) throw bad_input("{}: damaged: no file holds the {} values that its header promises", path(), sizes());
    return bytes / std::max<std::size_t>(header_.type.size, 1);
  }

  [[nodiscard]] std::string sizes() const { return fmt::format("{}", fmt::join(header_.shape, " x ")); }

  [[nodiscard]] bool is_in_columns() const { return header_.columns_first && header_.shape.size() > 1; }
  [[nodiscard]] std::uint64_t row_bytes() const { return count() / header_.shape.front() * header_.type.size; }

  /// Rows that `source` gives now. Without `to_end` others may follow.
  [[nodiscard]] std::unique_ptr<Array> part(const Range& rows, const ByteSource& source, bool to_end = false) const {
    RawHeader header = header_;
    header.shape.front() = rows.size();
    const ByteSource some = [source, left = rows.size() * row_bytes()](std::span<std::byte> out) mutable {
      const std::size_t got = source(out.first(std::min<std::uint64_t>(out.size(), left)));
      left -= got;
      return got;
    };
    return std::make_unique<RawArray>(path(), name(), std::move(header), to_end ? source : some, SeekBytes(),
                                      rows.begin);
  }

  /// True where the values are those of the processor.
  template <class Real>
  [[nodiscard]] bool is_native() const {
    return header_.type.kind == RawType::Kind::real && header_.type.size == sizeof(Real) &&
           header_.type.big_endian == (std::endian::native == std::endian::big);
  }

  template <class Real>
  std::vector<double> read_native() {
    return read<double>([](std::span<const std::byte> raw, double* out) {
      for (; !raw.empty(); raw = raw.subspan(sizeof(Real))) {
        Real value;
        std::memcpy(&value, raw.data(), sizeof value);
        *out++ = value;
      }
    });
  }

  /// All values in row order, each of which `convert` makes of its bits.
  template <class T, class Convert>
  std::vector<T> read_each(const Convert& convert) {
    return read<T>([&](std::span<const std::byte> raw, T* out) {
      const RawType type = header_.type;
      invariant(type.size > 0, "a value has bytes");
      for (; !raw.empty(); raw = raw.subspan(type.size)) *out++ = convert(bits_of(raw.data(), type));
    });
  }

  /// The same by blocks, which `decode` puts where they belong. The header of a damaged file may promise anything:
  /// memory is asked for when there is more than a first piece.
  template <class T, class Decode>
  std::vector<T> read(const Decode& decode) {
    constexpr std::size_t kFirstPiece = std::size_t{1} << 20U;
    constexpr std::size_t kBlock = std::size_t{1} << 18U;  // bytes
    const std::uint64_t count = this->count();
    const std::size_t size = header_.type.size;
    std::vector<T> values;
    const std::size_t most = std::max<std::size_t>(kBlock / std::max<std::size_t>(size, 1), 1);  // values of a block
    std::vector<std::byte> block(most * size);
    while (values.size() < count) {
      const std::size_t have = values.size();
      if (have >= kFirstPiece && values.capacity() < count) {
        require_memory(path(), count * sizeof(T));
        values.reserve(count);
      }
      const std::size_t wanted = std::min<std::uint64_t>(count - have, most);
      const std::span<std::byte> raw = std::span(block).first(wanted * size);
      const std::size_t got = source_(raw);
      if (got < raw.size())
        throw bad_input("{}: ends after {} of the {} = {} values that its header promises; copy the file again", path(),
                        have + got / size, sizes(), count);
      values.resize(have + wanted);
      if (size > 0) decode(raw, values.data() + have);
    }
    // Reading past the end is also what makes decoders compare checksums.
    std::array<std::byte, 1> extra{};
    if (source_(extra) > 0)
      throw bad_input("{}: holds more than the {} = {} values that its header promises; copy the file again", path(),
                      sizes(), count);
    if (is_in_columns()) return rows_first(values);
    return values;
  }

  /// The values in row order, of which those of Fortran's order are given.
  template <class T>
  std::vector<T> rows_first(const std::vector<T>& values) {
    require_memory(path(), values.size() * sizeof(T));
    std::vector<T> rows(values.size());
    Shape place(header_.shape.size());
    for (const T& value : values) {
      std::size_t row = 0;
      for (std::size_t d = 0; d < place.size(); ++d) row = row * header_.shape[d] + place[d];
      rows[row] = value;
      for (std::size_t d = 0; d < place.size() && ++place[d] == header_.shape[d]; ++d) place[d] = 0;
    }
    return rows;
  }

  RawHeader header_;
  ByteSource source_;
  SeekBytes seek_;
  std::size_t first_row_;
  std::size_t next_row_ = 0;
};

}  // namespace

std::unique_ptr<Array> make_raw_array(const std::string& path, const std::string& name, RawHeader header,
                                      ByteSource source, SeekBytes seek) {
  return std::make_unique<RawArray>(path, name, std::move(header), std::move(source), std::move(seek));
}

std::unique_ptr<Array> make_raw_array(const std::string& path, const std::string& name, RawHeader header,
                                      const std::shared_ptr<InputFile>& file) {
  SeekBytes seek;
  if (file->can_seek()) seek = [file, first = file->place()](std::uint64_t byte) { file->seek(first + byte); };
  return make_raw_array(
      path, name, std::move(header), [file](std::span<std::byte> out) { return file->read(out); }, std::move(seek));
}

}  // namespace lockstep

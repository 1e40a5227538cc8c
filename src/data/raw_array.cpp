#include "data/raw_array.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "data/raw_records.hpp"

namespace lockstep {

namespace {

using Shape = Array::Shape;

/// A source all of whose copies go on where another one has stopped.
ByteSource in_common(ByteSource source) {
  return
      [shared = std::make_shared<ByteSource>(std::move(source))](std::span<std::byte> out) { return (*shared)(out); };
}

class RawArray : public Array {
 public:
  RawArray(const std::string& path, const std::string& name, RawHeader header, ByteSource source, OpenBytes open)
      : Array(path, name),
        header_(std::move(header)),
        whole_(header_.shape),
        source_(in_common(std::move(source))),
        open_(std::move(open)) {
    static_cast<void>(count());
  }
  /// Rows of another array, which `source` gives.
  RawArray(const RawArray& whole, const Range& rows, ByteSource source)
      : Array(whole.path(), whole.name()),
        header_(whole.header_),
        whole_(whole.whole_),
        first_row_(whole.first_row_ + rows.begin),
        source_(in_common(std::move(source))) {
    header_.shape.front() = rows.size();
  }

  [[nodiscard]] Shape shape() const override { return header_.shape; }
  [[nodiscard]] ArrayKind kind() const override { return kind_of(header_.type); }
  [[nodiscard]] bool holds_bytes() const override {
    return header_.type.kind == RawType::Kind::unsigned_integer && header_.type.size == 1;
  }
  [[nodiscard]] bool holds_floats() const override {
    const std::size_t most = header_.type.kind == RawType::Kind::real ? sizeof(float) : sizeof(std::int16_t);
    return kind() != ArrayKind::text && header_.type.size <= most;
  }
  [[nodiscard]] double relative_step() const override { return relative_step_of(header_.type); }

  [[nodiscard]] std::unique_ptr<Array> rows(const Range& rows) const override {
    if (!open_) return nullptr;
    const bool to_end = false;  // others may be asked for, too
    return is_in_columns() ? part(rows, strips(rows, to_end), to_end)
                           : part(rows, open_(rows.begin * row_bytes()), to_end);
  }
  [[nodiscard]] std::unique_ptr<Array> rows_in_turn(const Range& rows) override {
    const bool to_end = rows.end == header_.shape.front();  // they end where the file has to
    if (!is_in_columns()) return part(rows, source_, to_end);
    return open_ ? part(rows, strips(rows, to_end), to_end) : nullptr;
  }
  [[nodiscard]] bool is_read_in_parts() const override { return open_ || !is_in_columns(); }
  [[nodiscard]] std::size_t first_row() const override { return first_row_; }
  /// Of each column so much as a file is read by.
  [[nodiscard]] std::size_t rows_stored_together() const override {
    constexpr std::size_t kPage = 4096;
    return is_in_columns() ? std::max<std::size_t>(kPage / std::max<std::size_t>(header_.type.size, 1), 1) : 1;
  }

  [[nodiscard]] std::vector<std::uint8_t> bytes() override {
    check_numbers();
    return read<std::uint8_t>([](std::span<const std::byte> raw, std::uint8_t* out) {
      std::ranges::copy(raw, reinterpret_cast<std::byte*>(out));
    });
  }

  [[nodiscard]] std::vector<float> floats() override { return reals<float>(); }
  [[nodiscard]] std::vector<double> numbers() override { return reals<double>(); }

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
    if (!fits) throw bad_input("{}: damaged: no file holds the {} values that its header promises", path(), promise());
    return bytes / std::max<std::size_t>(header_.type.size, 1);
  }

  /// The sizes of the array of which this is all or some rows.
  [[nodiscard]] std::string promise() const { return fmt::format("{}", fmt::join(whole_, " x ")); }
  [[nodiscard]] std::uint64_t promised() const { return whole_.empty() ? 1 : whole_.front() * width(); }

  /// The values of a row, and its bytes.
  [[nodiscard]] std::size_t width() const {
    const auto& shape = header_.shape;
    return std::accumulate(shape.begin() + (shape.empty() ? 0 : 1), shape.end(), std::size_t{1}, std::multiplies<>());
  }
  [[nodiscard]] std::uint64_t row_bytes() const { return width() * header_.type.size; }

  [[nodiscard]] bool is_in_columns() const { return header_.columns_first && header_.shape.size() > 1; }

  /// Rows that `source` gives now. Without `to_end` others may follow.
  [[nodiscard]] std::unique_ptr<Array> part(const Range& rows, ByteSource source, bool to_end) const {
    return std::make_unique<RawArray>(
        *this, rows, to_end ? std::move(source) : first_bytes(std::move(source), rows.size() * row_bytes()));
  }

  /// Of an array in columns, of each of which some rows lie together; with `to_end` what follows the last one, too.
  [[nodiscard]] ByteSource strips(const Range& rows, bool to_end) const {
    const std::size_t size = header_.type.size;
    return [open = open_, size, rows, all = header_.shape.front(), columns = width(), to_end, column = std::size_t{0},
            source = ByteSource(), left = std::size_t{0}](std::span<std::byte> out) mutable {
      std::size_t done = 0;
      while (done < out.size()) {
        if (left == 0 && column < columns) {
          source = open((column++ * all + rows.begin) * size);
          left = rows.size() * size;
        }
        const std::size_t wanted = left == 0 && to_end ? out.size() - done : std::min(left, out.size() - done);
        const std::size_t got = wanted == 0 ? 0 : source(out.subspan(done, wanted));
        if (got == 0) break;
        done += got;
        left -= std::min(got, left);
      }
      return done;
    };
  }

  /// True where the values are those of the processor.
  template <class Real>
  [[nodiscard]] bool is_native() const {
    return header_.type.kind == RawType::Kind::real && header_.type.size == sizeof(Real) &&
           header_.type.big_endian == (std::endian::native == std::endian::big);
  }

  template <class Real>
  std::vector<Real> reals() {
    check_numbers();
    if (is_native<float>()) return read_native<float, Real>();
    if (is_native<double>()) return read_native<double, Real>();
    const RawType& type = header_.type;
    return read_each<Real>([&](std::uint64_t bits) { return static_cast<Real>(number_of(bits, type)); });
  }

  [[nodiscard]] double number_of(std::uint64_t bits, const RawType& type) const {
    switch (type.kind) {
      case RawType::Kind::real:
        return real_of(bits, type.size);
      case RawType::Kind::time:
        if (const std::optional<double> seconds = seconds_of(bits, type.unit)) return *seconds;
        throw bad_input("{}: '{}' holds a point in time too far away, {} of its units from 1970", path(), name(),
                        static_cast<std::int64_t>(bits));
      case RawType::Kind::signed_integer:
        return exact(signed_of(bits, type.size));
      default:
        return exact(bits);
    }
  }

  template <class Stored, class Real>
  std::vector<Real> read_native() {
    return read<Real>([](std::span<const std::byte> raw, Real* out) {
      for (; !raw.empty(); raw = raw.subspan(sizeof(Stored))) {
        Stored value;
        std::memcpy(&value, raw.data(), sizeof value);
        *out++ = static_cast<Real>(value);
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

  /// The same by blocks, which `decode` makes values of. The header of a damaged file may promise anything: memory is
  /// asked for when there is more than a first piece.
  template <class T, class Decode>
  std::vector<T> read(const Decode& decode) {
    constexpr std::size_t kFirstPiece = std::size_t{1} << 20U;
    constexpr std::size_t kBlock = std::size_t{1} << 18U;  // bytes
    const std::uint64_t count = this->count();
    const std::size_t size = header_.type.size;
    std::vector<T> in_columns;  // those of a block
    std::vector<T> values;
    values.reserve(std::min<std::uint64_t>(count, kFirstPiece));
    const std::size_t most = std::max<std::size_t>(kBlock / std::max<std::size_t>(size, 1), 1);  // values of a block
    std::vector<std::byte> block(most * size);
    for (std::uint64_t have = 0; have < count;) {
      if (have >= kFirstPiece && values.capacity() < count) {
        require_memory(path(), count * sizeof(T));
        values.reserve(count);
      }
      const std::size_t wanted = std::min<std::uint64_t>(count - have, most);
      const std::span<std::byte> raw = std::span(block).first(wanted * size);
      const std::size_t got = source_(raw);
      if (got < raw.size()) throw too_short(have + got / size);
      std::vector<T>& to = is_in_columns() ? in_columns : values;
      to.resize(to.size() + wanted);
      if (size > 0) decode(raw, to.data() + to.size() - wanted);
      if (is_in_columns()) put_columns(in_columns, have, values);
      in_columns.clear();
      have += wanted;
    }
    // Reading past the end is also what makes decoders compare checksums.
    std::array<std::byte, 1> extra{};
    if (source_(extra) > 0)
      throw bad_input("{}: holds more than the {} = {} values that its header promises; copy the file again", path(),
                      promise(), promised());
    return values;
  }

  /// Puts values that lie in columns where they are in rows: those of a block, of which `before` others come first.
  template <class T>
  void put_columns(std::vector<T>& block, std::uint64_t before, std::vector<T>& values) const {
    if (values.empty()) {
      require_memory(path(), count() * sizeof(T));
      values.resize(count());
    }
    const std::size_t rows = header_.shape.front();
    for (std::size_t i = 0; i < block.size();) {
      const std::size_t row = (before + i) % rows;
      const std::size_t some = std::min(rows - row, block.size() - i);
      std::size_t to = row * width() + place_in_row((before + i) / rows);
      for (const std::size_t end = i + some; i < end; to += width()) values[to] = std::move(block[i++]);
    }
  }

  /// Where in a row the value is that stands in this column, counted as the file does.
  [[nodiscard]] std::size_t place_in_row(std::size_t column) const {
    std::size_t place = 0;
    std::size_t step = width();
    for (std::size_t d = 1; d < header_.shape.size(); ++d) {
      step /= header_.shape[d];
      place += column % header_.shape[d] * step;
      column /= header_.shape[d];
    }
    return place;
  }

  /// `have` values of these rows are there. Of an array in columns nobody knows then how many are in all.
  [[nodiscard]] Error too_short(std::uint64_t have) const {
    const bool some_columns = is_in_columns() && header_.shape != whole_;
    const std::string where = some_columns ? "too early for" : fmt::format("after {} of", first_row_ * width() + have);
    return bad_input("{}: ends {} the {} = {} values that its header promises; copy the file again", path(), where,
                     promise(), promised());
  }

  RawHeader header_;
  Shape whole_;
  std::size_t first_row_ = 0;
  ByteSource source_;
  OpenBytes open_;
};

}  // namespace

std::unique_ptr<Array> make_raw_array(const std::string& path, const std::string& name, RawHeader header,
                                      ByteSource source, OpenBytes open) {
  if (!header.fields.empty())
    return make_raw_records(path, name, std::move(header), std::move(source), std::move(open));
  return std::make_unique<RawArray>(path, name, std::move(header), std::move(source), std::move(open));
}

std::unique_ptr<Array> make_raw_array(const std::string& path, const std::string& name, RawHeader header,
                                      const std::shared_ptr<InputFile>& file) {
  if (!file->can_seek())
    return make_raw_array(path, name, std::move(header), [file](std::span<std::byte> out) { return file->read(out); });
  const OpenBytes open = [file, first = file->place()](std::uint64_t byte) -> ByteSource {
    return [file, place = first + byte](std::span<std::byte> out) mutable {
      if (file->place() != place) file->seek(place);
      const std::size_t got = file->read(out);
      place += got;
      return got;
    };
  };
  return make_raw_array(path, name, std::move(header), open(0), open);
}

ByteSource first_bytes(ByteSource source, std::uint64_t count) {
  return [source = std::move(source), left = count](std::span<std::byte> out) mutable {
    const std::size_t got = source(out.first(std::min<std::uint64_t>(out.size(), left)));
    left -= got;
    return got;
  };
}

}  // namespace lockstep

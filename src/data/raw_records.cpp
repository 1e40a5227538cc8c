#include "data/raw_records.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/error.hpp"
#include "base/memory.hpp"

namespace lockstep {

namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t kReadAtOnce = std::size_t{1} << 18U;  // bytes

/// Of records that `records` gives, a field each.
ByteSource field_source(ByteSource records, std::size_t record, const RawField& field) {
  const std::size_t most = std::max<std::size_t>(kReadAtOnce / record, 1);
  return [records = std::move(records), record, offset = field.offset, size = field.type.size,
          block = Bytes(most * record), most](std::span<std::byte> out) mutable -> std::size_t {
    if (size == 0) return 0;
    if (out.size() < size) return records(std::span(block).first(out.size()));  // to see whether there is more
    std::size_t done = 0;
    while (done + size <= out.size()) {
      const std::size_t wanted = std::min((out.size() - done) / size, most);
      const std::size_t got = records(std::span(block).first(wanted * record)) / record;
      for (std::size_t i = 0; i < got; ++i, done += size)
        std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(i * record + offset), size,
                    out.begin() + static_cast<std::ptrdiff_t>(done));
      if (got < wanted) break;
    }
    return done;
  };
}

class RawRecords : public Array {
 public:
  RawRecords(const std::string& path, const std::string& name, RawHeader header, ByteSource source, OpenBytes open,
             std::optional<Range> rows = {})
      : Array(path, name),
        header_(std::move(header)),
        source_(std::move(source)),
        open_(std::move(open)),
        rows_(rows) {}

  [[nodiscard]] Shape shape() const override { return rows_ ? Shape{rows_->size()} : header_.shape; }
  [[nodiscard]] ArrayKind kind() const override { return ArrayKind::record; }
  [[nodiscard]] bool holds_bytes() const override { return false; }
  [[nodiscard]] bool holds_floats() const override { return false; }
  [[nodiscard]] double relative_step() const override { return 0; }
  [[nodiscard]] Strings fields() const override {
    Strings names;
    for (const RawField& field : header_.fields) names.push_back(field.name);
    return names;
  }
  [[nodiscard]] std::unique_ptr<Array> field(const std::string& field_name) const override {
    const auto field = std::ranges::find(header_.fields, field_name, &RawField::name);
    if (field == header_.fields.end() || !field->refusal.empty())
      throw bad_input("{}: '{}['{}']' {}", path(), name(), field_name,
                      field == header_.fields.end() ? "is not there" : field->refusal);
    std::unique_ptr<Array> all =
        make_raw_array(path(), fmt::format("{}['{}']", name(), field_name), {header_.shape, field->type, false, {}},
                       field_source(from_first(), header_.type.size, *field));
    return rows_ ? all->rows_in_turn(*rows_) : std::move(all);
  }

  [[nodiscard]] std::unique_ptr<Array> rows(const Range& rows) const override {
    return open_ ? part(rows, some(rows, open_(rows.begin * header_.type.size))) : nullptr;
  }
  [[nodiscard]] std::unique_ptr<Array> rows_in_turn(const Range& rows) override {
    ByteSource source = open_ ? open_(rows.begin * header_.type.size) : source_;
    const bool to_end = rows.end == header_.shape.front();  // they end where the file has to
    return part(rows, to_end ? std::move(source) : some(rows, std::move(source)));
  }
  [[nodiscard]] std::size_t first_row() const override { return rows_ ? rows_->begin : 0; }

  [[nodiscard]] std::vector<std::uint8_t> bytes() override { throw no_values(); }
  [[nodiscard]] std::vector<float> floats() override { throw no_values(); }
  [[nodiscard]] std::vector<double> numbers() override { throw no_values(); }
  [[nodiscard]] std::vector<std::int64_t> integers() override { throw no_values(); }
  [[nodiscard]] Strings texts() override { throw no_values(); }

 private:
  [[nodiscard]] Error no_values() const {
    return bad_input("{}: '{}' holds records of several fields, where numbers or texts are expected", path(), name());
  }

  [[nodiscard]] std::unique_ptr<Array> part(const Range& rows, ByteSource source) const {
    return std::make_unique<RawRecords>(path(), name(), header_, std::move(source), OpenBytes(), rows);
  }
  [[nodiscard]] ByteSource some(const Range& rows, ByteSource source) const {
    return first_bytes(std::move(source), rows.size() * header_.type.size);
  }

  /// Gives all records, however often it is asked for.
  [[nodiscard]] ByteSource from_first() const {
    if (open_) return open_(0);
    if (!bytes_) bytes_ = std::make_shared<const Bytes>(read_bytes());
    return [bytes = bytes_, place = std::size_t{0}](std::span<std::byte> out) mutable {
      const std::size_t count = std::min(out.size(), bytes->size() - place);
      std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(place), count, out.begin());
      place += count;
      return count;
    };
  }

  /// As many as there are, up to one too many.
  [[nodiscard]] Bytes read_bytes() const {
    std::uint64_t most = header_.type.size;
    for (const std::size_t size : shape())
      if (__builtin_mul_overflow(most, size, &most)) most = std::numeric_limits<std::uint64_t>::max() - 1;
    Bytes all;
    for (std::size_t got = 1; got > 0 && all.size() <= most;) {
      const std::size_t have = all.size();
      const std::size_t wanted = std::min<std::uint64_t>(kReadAtOnce, most + 1 - have);
      if (all.capacity() < have + wanted && have > kReadAtOnce) {
        require_memory(path(), most);
        all.reserve(most + 1);
      }
      all.resize(have + wanted);
      got = source_(std::span(all).subspan(have));
      all.resize(have + got);
    }
    return all;
  }

  RawHeader header_;
  ByteSource source_;
  OpenBytes open_;
  std::optional<Range> rows_;  // in a list of records; nothing: all
  mutable std::shared_ptr<const Bytes> bytes_;
};

}  // namespace

std::unique_ptr<Array> make_raw_records(const std::string& path, const std::string& name, RawHeader header,
                                        ByteSource source, OpenBytes open) {
  return std::make_unique<RawRecords>(path, name, std::move(header), std::move(source), std::move(open));
}

}  // namespace lockstep

#include "data/array_rows.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "data/array_column.hpp"
#include "data/array_labels.hpp"
#include "data/checks.hpp"
#include "data/field_targets.hpp"
#include "data/match.hpp"
#include "data/split.hpp"

namespace lockstep {

namespace {

/// In which rows are asked for.
enum class Order { any, forwards };

/// A file whose arrays stay open.
class OpenFile {
 public:
  OpenFile(std::unique_ptr<ArrayFile> file, DataQuery query, Order order) : file_(std::move(file)), order_(order) {
    query.names = names_in(*file_, query);
    of_samples_ = arrays_of_samples(query);
    const Array::Shape shape = features().shape();
    if (shape.empty())
      throw bad_input("{}: '{}' is a single number, where (samples, features...) is expected", file_->path(),
                      of_samples_.front());
    samples_ = shape.front();
    kept_ = names_to_keep(*file_, features(), query);
  }

  [[nodiscard]] const ArrayFile& file() const { return *file_; }
  [[nodiscard]] std::size_t samples() const { return samples_; }
  /// What is carried along, by name.
  [[nodiscard]] const std::vector<std::string>& kept() const { return kept_; }
  [[nodiscard]] Array& features() { return *open_whole(of_samples_.front()); }

  /// True where some rows can be read after the others.
  [[nodiscard]] bool is_read_in_parts() {
    return std::ranges::all_of(of_samples_, [this](const std::string& name) {
      return !file_->has(name) || open_whole(name)->is_read_in_parts();
    });
  }

  /// Some rows of an array that has one per sample; another array as it is.
  [[nodiscard]] std::unique_ptr<Array> open(const std::string& name, const Range& rows) {
    const bool kept = std::ranges::count(kept_, name) > 0;
    if (!kept && std::ranges::count(of_samples_, name) == 0) return file_->open(name);
    std::unique_ptr<Array>& whole = open_whole(name);
    if (kept) check_column(*whole, samples_);
    const Array::Shape shape = whole->shape();
    const bool fits = !shape.empty() && shape.front() == samples_;  // else it is bad input
    if (!fits || (order_ == Order::forwards && rows.size() == samples_)) return std::move(whole);
    std::unique_ptr<Array> part = order_ == Order::forwards ? whole->rows_in_turn(rows) : whole->rows(rows);
    if (part == nullptr)
      throw bad_input(
          "{}: cannot be read in parts, as data.order = \"blocks\" wants it: it is compressed as a whole, or in an "
          "archive; give plain files, or write it once with lockstep pack",
          whole->path());
    return part;
  }

 private:
  /// Those that have a row for each sample, the features first.
  static std::vector<std::string> arrays_of_samples(const DataQuery& query) {
    const ArrayNames& names = query.names;
    std::vector<std::string> all = {names.features};
    if (query.features_only) return all;
    for (const std::string& name : {names.labels, names.targets, query.options.weights, query.group})
      if (!name.empty()) all.push_back(name);
    return all;
  }

  std::unique_ptr<Array>& open_whole(const std::string& name) {
    std::unique_ptr<Array>& array = arrays_[name];
    if (array == nullptr) array = file_->open(name);
    return array;
  }

  std::unique_ptr<ArrayFile> file_;
  std::size_t samples_ = 0;
  std::vector<std::string> of_samples_;  // arrays with a row for each
  std::vector<std::string> kept_;        // likewise
  Order order_;
  std::map<std::string, std::unique_ptr<Array>> arrays_;
};

/// The same file with some rows of its arrays.
class SomeRows : public ArrayFile {
 public:
  SomeRows(std::shared_ptr<OpenFile> whole, const Range& rows) : whole_(std::move(whole)), rows_(rows) {}

  [[nodiscard]] const std::string& path() const override { return whole_->file().path(); }
  [[nodiscard]] bool has(const std::string& name) const override { return whole_->file().has(name); }
  [[nodiscard]] std::unique_ptr<Array> open(const std::string& name) const override {
    return whole_->open(name, rows_);
  }
  [[nodiscard]] std::vector<std::string> names() const override { return whole_->file().names(); }
  [[nodiscard]] std::string list_arrays() const override { return whole_->file().list_arrays(); }

 private:
  std::shared_ptr<OpenFile> whole_;
  Range rows_;
};

/// One of several files.
struct SourceArrays {
  DataPart part;
  std::uint64_t first = 0;  // sample
  std::shared_ptr<OpenFile> arrays;
};

/// Calls use(rows, first of them in the data set) for pieces of a file of at most so many rows.
template <class Use>
void for_each_piece(const SourceArrays& file, std::uint64_t rows_at_once, Use&& use) {
  const std::uint64_t all = file.arrays->samples();
  std::uint64_t begin = 0;
  do {  // also where there are none
    const Range rows{begin, std::min(begin + rows_at_once, all)};
    use(std::make_unique<SomeRows>(file.arrays, rows), file.first + begin);
    begin = rows.end;
  } while (begin < all);
}

/// The files of a data set.
struct SourceFiles {
  SourceFiles(const std::vector<DataPart>& parts, const OpenArrays& open, const DataQuery& query, Order order) {
    for (const DataPart& part : parts) {
      auto arrays = std::make_shared<OpenFile>(open(part), query, order);
      together = std::max<std::uint64_t>(together, arrays->features().rows_stored_together());
      bytes = bytes && arrays->features().holds_bytes();
      files.push_back({part, samples, arrays});
      samples += arrays->samples();
    }
  }

  std::vector<SourceArrays> files;
  std::uint64_t samples = 0;
  std::uint64_t together = 1;  // rows that a file stores as one
  bool bytes = true;           // all files have unsigned bytes
};

class ArrayRows : public RowReader {
 public:
  ArrayRows(const std::vector<DataPart>& parts, const OpenArrays& open, const DataQuery& query)
      : query_(query), source_(parts, open, query_, Order::any) {
    describe();
  }

  [[nodiscard]] const DatasetInfo& info() const override { return info_; }
  [[nodiscard]] std::uint64_t rows_stored_together() const override { return source_.together; }

  Dataset look_through(std::uint64_t rows_at_once, bool keep) override {
    DataQuery query = query_;
    query.outputs_only = true;
    ArrayTable table(query, source_.bytes);
    Dataset outputs;
    if (keep) outputs.rows.reserve(source_.samples);
    if (keep && info_.task == Task::classification) outputs.labels.reserve(source_.samples);
    for (const SourceArrays& file : source_.files)
      for_each_piece(file, rows_at_once, [&](std::unique_ptr<ArrayFile> some, std::uint64_t first) {
        table.add(std::move(some));
        Dataset piece = table.read();
        if (!keep) return;
        number_rows(piece, first, piece.info.samples);
        append_samples(piece, outputs);
      });
    PartsRead read = table.settled();
    for (std::int32_t& label : outputs.labels) label = read.classes[static_cast<std::size_t>(label)];
    outputs.info = std::move(read.info);
    outputs.info.feature_names = info_.feature_names;  // as they are known
    outputs.info.feature_shape = info_.feature_shape;
    return outputs;
  }

  Samples read(const Range& rows, const DatasetInfo& info) override {
    DataQuery query = query_;
    query.classes = classes_of(info);
    query.known = &info;
    query.group = {};
    Dataset data = read_rows(rows, query);
    return std::move(static_cast<Samples&>(data));
  }

 private:
  [[nodiscard]] Dataset read_rows(const Range& rows, const DataQuery& query) const {
    ArrayTable table(query, source_.bytes);
    for (const SourceArrays& file : source_.files) {
      const Range own{std::max(rows.begin, file.first), std::min(rows.end, file.first + file.arrays->samples())};
      if (own.begin < own.end)
        table.add(std::make_unique<SomeRows>(file.arrays, Range{own.begin - file.first, own.end - file.first}));
    }
    Dataset data = table.read();
    table.settle(data);
    if (query.known != nullptr) match_features(data, *query.known);
    return data;
  }

  /// What a first sample tells. Its class is none of interest, and with no others it may be any.
  void describe() {
    const std::vector<SourceArrays>& files = source_.files;
    const std::string& path = files.front().part.path;
    if (source_.samples == 0) throw bad_input("{}: there are no samples in it", path);
    DataQuery query = query_;
    query.group = {};
    query.classes.trained = true;
    info_ = read_rows({0, 1}, query).info;
    if (info_.task == Task::classification) info_.output_names.clear();
    info_.class_values.clear();
    if (query_.known == nullptr) info_.feature_words.clear();
    info_.notes.clear();
    info_.samples = source_.samples;
    info_.source = path + (files.size() > 1 ? fmt::format(" and {} more", files.size() - 1) : "");
    info_.files.clear();
    for (const SourceArrays& file : files)
      if (files.size() > 1) info_.files.push_back({file.part.path, file.first});
    check_sizes(info_);
  }

  DataQuery query_;
  SourceFiles source_;
  DatasetInfo info_;
};

}  // namespace

PartsRead read_array_parts(const std::vector<DataPart>& parts, const OpenArrays& open, const DataQuery& query,
                           std::uint64_t rows, const UsePart& use) {
  const SourceFiles source(parts, open, query, Order::forwards);
  DataQuery by_name = query;
  by_name.keep = source.files.front().arrays->kept();
  ArrayTable table(by_name, source.bytes);
  for (const SourceArrays& file : source.files)
    for_each_piece(file, file.arrays->is_read_in_parts() ? rows : file.arrays->samples(),
                   [&](std::unique_ptr<ArrayFile> piece, std::uint64_t /*first*/) {
                     table.add(std::move(piece));
                     Dataset part = table.read();
                     if (table.is_right()) use(std::move(part));
                   });
  return table.settled();
}

std::unique_ptr<RowReader> open_array_rows(const std::vector<DataPart>& parts, const OpenArrays& open,
                                           const DataQuery& query) {
  return std::make_unique<ArrayRows>(parts, open, query);
}

}  // namespace lockstep

#include "data/array_rows.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/error.hpp"
#include "data/array_labels.hpp"
#include "data/checks.hpp"
#include "data/field_targets.hpp"
#include "data/match.hpp"

namespace lockstep {

namespace {

/// A file whose arrays stay open.
class OpenFile {
 public:
  OpenFile(std::unique_ptr<ArrayFile> file, std::size_t samples, const ArrayNames& names)
      : file_(std::move(file)), samples_(samples), of_samples_{names.features, names.labels, names.targets} {}

  [[nodiscard]] const ArrayFile& file() const { return *file_; }
  [[nodiscard]] std::size_t samples() const { return samples_; }

  /// Some rows of an array that has one per sample; another array as it is.
  [[nodiscard]] std::unique_ptr<Array> open(const std::string& name, const Range& rows) {
    if (std::ranges::count(of_samples_, name) == 0) return file_->open(name);
    auto known = arrays_.find(name);
    if (known == arrays_.end()) known = arrays_.emplace(name, file_->open(name)).first;
    const Array& array = *known->second;
    const Array::Shape shape = array.shape();
    if (shape.empty() || shape.front() != samples_) return file_->open(name);  // which is bad input
    std::unique_ptr<Array> part = array.rows(rows);
    if (part == nullptr)
      throw bad_input(
          "{}: cannot be read in parts, as data.order = \"blocks\" wants it: it is compressed as a whole, or has "
          "Fortran's order; decompress it, or write it once with lockstep pack",
          array.path());
    return part;
  }

 private:
  std::unique_ptr<ArrayFile> file_;
  std::size_t samples_;
  std::array<std::string, 3> of_samples_;  // arrays with a row for each
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

class ArrayRows : public RowReader {
 public:
  ArrayRows(const std::vector<DataPart>& parts, const OpenArrays& open, const DataQuery& query) : query_(query) {
    for (const DataPart& part : parts) {
      std::unique_ptr<ArrayFile> file = open(part);
      const std::unique_ptr<Array> features = file->open(query_.names.features);
      const Array::Shape shape = features->shape();
      if (shape.empty())
        throw bad_input("{}: '{}' is a single number, where (samples, features...) is expected", features->path(),
                        features->name());
      together_ = std::max<std::uint64_t>(together_, features->rows_stored_together());
      files_.push_back({part, samples_, std::make_shared<OpenFile>(std::move(file), shape.front(), query_.names)});
      samples_ += shape.front();
    }
    describe();
  }

  [[nodiscard]] const DatasetInfo& info() const override { return info_; }
  [[nodiscard]] std::uint64_t rows_stored_together() const override { return together_; }

  void find_classes(const KnownClasses& given, std::uint64_t rows_at_once, DatasetInfo& info) override {
    ArrayLabels labels(given);
    for (const File& file : files_)
      for (std::uint64_t begin = 0; begin < file.arrays->samples(); begin += rows_at_once) {
        const Range rows{begin, std::min<std::uint64_t>(begin + rows_at_once, file.arrays->samples())};
        std::unique_ptr<ArrayFile> some = std::make_unique<SomeRows>(file.arrays, rows);
        if (!query_.options.target.empty()) some = with_field_targets(std::move(some), query_);
        labels.add(*some, query_.names, rows.size());
        labels.forget_samples();
      }
    labels.settle(info);
  }

  Samples read(const Range& rows, const KnownClasses& classes) override {
    DataQuery query = query_;
    query.classes = classes;
    Dataset data = read_rows(rows, query);
    return std::move(static_cast<Samples&>(data));
  }

 private:
  struct File {
    DataPart part;
    std::uint64_t first = 0;  // sample
    std::shared_ptr<OpenFile> arrays;
  };

  [[nodiscard]] Dataset read_rows(const Range& rows, const DataQuery& query) const {
    std::vector<DataPart> parts;
    std::vector<std::unique_ptr<ArrayFile>> open;
    for (const File& file : files_) {
      const Range own{std::max(rows.begin, file.first), std::min(rows.end, file.first + file.arrays->samples())};
      if (own.begin >= own.end) continue;
      parts.push_back(file.part);
      open.push_back(std::make_unique<SomeRows>(file.arrays, Range{own.begin - file.first, own.end - file.first}));
    }
    std::size_t next = 0;
    Dataset data = read_array_table(
        parts, [&](const DataPart&) { return std::move(open[next++]); }, query);
    if (query.known != nullptr) match_features(data, *query.known);
    return data;
  }

  /// What a first sample tells. Its class is none of interest, and with no others it may be any.
  void describe() {
    const std::string& path = files_.front().part.path;
    if (samples_ == 0) throw bad_input("{}: there are no samples in it", path);
    DataQuery query = query_;
    query.classes.trained = true;
    info_ = read_rows({0, 1}, query).info;
    if (!info_.feature_words.empty())
      throw bad_input(
          "{}: has columns of words, and data.order = \"blocks\" wants numbers; leave them out (data.ignore), or use "
          "data.order = \"global\"",
          path);
    if (info_.task == Task::classification) info_.output_names.clear();
    info_.class_values.clear();
    info_.samples = samples_;
    info_.source = path + (files_.size() > 1 ? fmt::format(" and {} more", files_.size() - 1) : "");
    for (const File& file : files_)
      if (files_.size() > 1) info_.files.push_back({file.part.path, file.first});
    check_sizes(info_);
  }

  DataQuery query_;
  std::vector<File> files_;
  std::uint64_t samples_ = 0;
  std::uint64_t together_ = 1;
  DatasetInfo info_;
};

}  // namespace

std::unique_ptr<RowReader> open_array_rows(const std::vector<DataPart>& parts, const OpenArrays& open,
                                           const DataQuery& query) {
  return std::make_unique<ArrayRows>(parts, open, query);
}

}  // namespace lockstep

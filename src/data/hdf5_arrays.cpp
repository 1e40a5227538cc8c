#include "data/hdf5_arrays.hpp"

#include "base/hdf5.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

/// An array, or a field of an array of records.
class Hdf5Array : public Array {
 public:
  Hdf5Array(std::shared_ptr<const Hdf5File> file, const std::string& name, const Hdf5Part& part)
      : Array(file->path().string(), part.field.empty() ? name : fmt::format("{}['{}']", name, part.field)),
        file_(std::move(file)),
        dataset_(name),
        part_(part) {
    static_cast<void>(file_->shape(name));  // bad input where it is none
  }

  [[nodiscard]] Shape shape() const override {
    Shape shape = file_->shape(dataset_);
    if (part_.rows) shape.front() = part_.rows->size();
    return shape;
  }
  [[nodiscard]] ArrayKind kind() const override { return file_->kind(dataset_, part_.field); }
  [[nodiscard]] bool holds_bytes() const override { return part_.field.empty() && file_->holds_bytes(dataset_); }
  [[nodiscard]] bool holds_floats() const override { return part_.field.empty() && file_->holds_floats(dataset_); }
  [[nodiscard]] double relative_step() const override { return file_->relative_step(dataset_, part_.field); }
  [[nodiscard]] std::vector<std::pair<std::int64_t, std::string>> members() const override {
    return file_->enum_members(dataset_, part_.field);
  }
  [[nodiscard]] Strings fields() const override { return part_.field.empty() ? file_->fields(dataset_) : Strings(); }
  [[nodiscard]] std::unique_ptr<Array> field(const std::string& field_name) const override {
    return std::make_unique<Hdf5Array>(file_, dataset_, Hdf5Part{field_name, part_.rows});
  }
  [[nodiscard]] std::optional<Strings> attribute(const std::string& attribute_name) const override {
    if (!file_->has_attribute(dataset_, attribute_name)) return std::nullopt;
    return file_->read_strings(dataset_, attribute_name);
  }
  [[nodiscard]] std::unique_ptr<Array> rows(const Range& rows) const override {
    const std::size_t first = first_row();
    return std::make_unique<Hdf5Array>(file_, dataset_,
                                       Hdf5Part{part_.field, Range{first + rows.begin, first + rows.end}});
  }
  [[nodiscard]] std::unique_ptr<Array> rows_in_turn(const Range& rows) override {
    if (!keeps_chunks_ && !part_.rows) file_->keep_chunks(dataset_);
    keeps_chunks_ = true;
    return this->rows(rows);
  }
  [[nodiscard]] std::size_t first_row() const override { return part_.rows ? part_.rows->begin : 0; }
  [[nodiscard]] std::size_t rows_stored_together() const override { return file_->rows_of_chunk(dataset_); }

  [[nodiscard]] std::vector<std::uint8_t> bytes() override { return file_->read<std::uint8_t>(dataset_, part_); }
  [[nodiscard]] std::vector<float> floats() override { return file_->read<float>(dataset_, part_); }
  [[nodiscard]] std::vector<double> numbers() override { return file_->read<double>(dataset_, part_); }
  [[nodiscard]] std::vector<std::int64_t> integers() override { return file_->read<std::int64_t>(dataset_, part_); }
  [[nodiscard]] Strings texts() override { return file_->read_strings(dataset_, part_); }

 private:
  std::shared_ptr<const Hdf5File> file_;
  std::string dataset_;
  Hdf5Part part_;
  bool keeps_chunks_ = false;
};

class Hdf5Arrays : public ArrayFile {
 public:
  explicit Hdf5Arrays(const std::string& path) : path_(path) {
    check_data_file(path);
    file_ = std::make_shared<const Hdf5File>(Hdf5File::open(path));
  }

  [[nodiscard]] const std::string& path() const override { return path_; }
  [[nodiscard]] bool has(const std::string& name) const override { return file_->has(name); }
  [[nodiscard]] std::unique_ptr<Array> open(const std::string& name) const override {
    return std::make_unique<Hdf5Array>(file_, name, Hdf5Part());
  }
  [[nodiscard]] std::vector<std::string> names() const override { return file_->datasets(); }
  [[nodiscard]] std::string list_arrays() const override { return file_->list_datasets(); }

 private:
  std::string path_;
  std::shared_ptr<const Hdf5File> file_;
};

}  // namespace

bool is_hdf5(const std::string& path) {
  return Hdf5File::recognises(path);
}

std::unique_ptr<ArrayFile> open_hdf5_arrays(const std::string& path) {
  return std::make_unique<Hdf5Arrays>(path);
}

}  // namespace lockstep

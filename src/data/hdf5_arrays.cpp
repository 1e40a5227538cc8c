#include "data/hdf5_arrays.hpp"

#include "base/hdf5.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

class Hdf5Array : public Array {
 public:
  Hdf5Array(std::shared_ptr<const Hdf5File> file, const std::string& name)
      : Array(file->path().string(), name), file_(std::move(file)) {
    static_cast<void>(file_->shape(name));  // bad input where it is none
  }

  [[nodiscard]] Shape shape() const override { return file_->shape(name()); }
  [[nodiscard]] ArrayKind kind() const override { return file_->kind(name()); }
  [[nodiscard]] bool holds_bytes() const override { return file_->holds_bytes(name()); }
  [[nodiscard]] double relative_step() const override { return file_->relative_step(name()); }
  [[nodiscard]] std::vector<std::pair<std::int64_t, std::string>> members() const override {
    return file_->enum_members(name());
  }
  [[nodiscard]] std::optional<Strings> attribute(const std::string& attribute_name) const override {
    if (!file_->has_attribute(name(), attribute_name)) return std::nullopt;
    return file_->read_strings(name(), attribute_name);
  }
  [[nodiscard]] std::vector<std::uint8_t> bytes() override { return file_->read<std::uint8_t>(name()); }
  [[nodiscard]] std::vector<double> numbers() override { return file_->read<double>(name()); }
  [[nodiscard]] std::vector<std::int64_t> integers() override { return file_->read<std::int64_t>(name()); }
  [[nodiscard]] Strings texts() override { return file_->read_strings(name()); }

 private:
  std::shared_ptr<const Hdf5File> file_;
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
    return std::make_unique<Hdf5Array>(file_, name);
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

#include "data/raw_files.hpp"

#include "base/error.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

using OpenArray = std::function<std::unique_ptr<Array>(const std::string& path, const std::string& name)>;

class ArrayFiles : public ArrayFile {
 public:
  ArrayFiles(const DataPart& part, OpenArray open) : part_(part), open_(std::move(open)) {}

  [[nodiscard]] const std::string& path() const override { return part_.path; }
  [[nodiscard]] bool has(const std::string& name) const override { return !path_of(name).empty(); }
  [[nodiscard]] std::unique_ptr<Array> open(const std::string& name) const override {
    const std::string path = path_of(name);
    if (path.empty()) throw bad_input("{}: there is no array '{}'; {}", part_.path, name, list_arrays());
    return open_(path, name);
  }
  [[nodiscard]] std::vector<std::string> names() const override { return {}; }
  [[nodiscard]] std::string list_arrays() const override {
    return "each of these files holds one array: give the features one, and the labels or the targets another";
  }

 private:
  [[nodiscard]] std::string path_of(const std::string& name) const {
    if (name == "features") return part_.path;
    if (name == "labels") return part_.labels;
    if (name == "targets") return part_.targets;
    return "";
  }

  DataPart part_;
  OpenArray open_;
};

}  // namespace

std::unique_ptr<ArrayFile> make_array_files(const DataPart& part, OpenArray open) {
  return std::make_unique<ArrayFiles>(part, std::move(open));
}

}  // namespace lockstep

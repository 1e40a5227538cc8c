#include "data/npy_arrays.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "data/checks.hpp"
#include "data/input_file.hpp"
#include "data/npy_header.hpp"
#include "data/raw_files.hpp"
#include "data/zip_file.hpp"

namespace lockstep {

namespace {

constexpr std::string_view kEnding = ".npy";

std::unique_ptr<Array> open_npy_array(const std::string& path, const std::string& name) {
  const auto file = std::make_shared<InputFile>(path);
  const ByteSource source = [file](std::span<std::byte> out) { return file->read(out); };
  RawHeader header = read_npy_header(source, path);
  return make_raw_array(path, name, std::move(header), file);
}

class NpzArrays : public ArrayFile {
 public:
  explicit NpzArrays(const std::string& path) : path_(path), members_(list_zip(path)) {}

  [[nodiscard]] const std::string& path() const override { return path_; }
  [[nodiscard]] bool has(const std::string& name) const override { return find(name) != members_.end(); }
  [[nodiscard]] std::unique_ptr<Array> open(const std::string& name) const override {
    const auto member = find(name);
    if (member == members_.end()) throw bad_input("{}: there is no array '{}' in it; {}", path_, name, list_arrays());
    const ByteSource source = open_zip_member(path_, *member);
    RawHeader header = read_npy_header(source, fmt::format("{}: '{}'", path_, name));
    return make_raw_array(path_, name, std::move(header), source);
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const ZipMember& member : members_)
      if (member.name.ends_with(kEnding)) all.push_back(member.name.substr(0, member.name.size() - kEnding.size()));
    return all;
  }
  [[nodiscard]] std::string list_arrays() const override {
    const std::vector<std::string> all = names();
    return all.empty() ? "the archive has no arrays" : fmt::format("its arrays are {}", list_names(all));
  }

 private:
  [[nodiscard]] std::vector<ZipMember>::const_iterator find(const std::string& name) const {
    return std::ranges::find(members_, name + std::string(kEnding), &ZipMember::name);
  }

  std::string path_;
  std::vector<ZipMember> members_;
};

bool begins_as_npy(const std::string& path) {
  InputFile file(path);
  std::array<std::byte, kNpyMark.size()> start{};
  return file.read(start) == start.size() &&
         std::string_view(reinterpret_cast<const char*>(start.data()), start.size()) == kNpyMark;
}

}  // namespace

bool is_npy(const std::string& path) {
  if (!is_zip(path)) return begins_as_npy(path);
  return std::ranges::any_of(list_zip(path), [](const ZipMember& member) { return member.name.ends_with(kEnding); });
}

std::unique_ptr<ArrayFile> open_npy_arrays(const DataPart& part) {
  if (part.path == kStandardInput || !is_zip(part.path)) return make_array_files(part, open_npy_array);
  if (!part.labels.empty() || !part.targets.empty())
    throw bad_input(
        "{}: a .npz file holds all arrays; give its path alone, and data.names where they are called otherwise",
        part.path);
  return std::make_unique<NpzArrays>(part.path);
}

}  // namespace lockstep

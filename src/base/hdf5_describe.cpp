// What there is in an HDF5 file: arrays, their shapes and types.
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/error.hpp"
#include "base/hdf5.hpp"
#include "base/hdf5_detail.hpp"

namespace lockstep {

namespace {

/// What a link that leads nowhere points to; "" where `name` is no such link.
std::string describe_dangling(hid_t file, const std::string& name) {
  H5L_info_t info{};
  if (H5Oexists_by_name(file, name.c_str(), H5P_DEFAULT) > 0 ||
      H5Lget_info(file, name.c_str(), &info, H5P_DEFAULT) < 0 || info.type == H5L_TYPE_HARD)
    return "";
  std::vector<char> value(info.u.val_size + 1);
  H5Lget_val(file, name.c_str(), value.data(), info.u.val_size, H5P_DEFAULT);
  const char* target_file = nullptr;
  const char* target = value.data();
  if (info.type == H5L_TYPE_EXTERNAL &&
      H5Lunpack_elink_val(value.data(), info.u.val_size, nullptr, &target_file, &target) >= 0)
    return fmt::format(
        "'{}' in the file {}, which is missing, damaged or without it; put that file where the link "
        "says",
        target, target_file);
  return fmt::format("'{}', which is not there; correct the link", target);
}

}  // namespace

Hdf5Handle hdf5_stored_type(hid_t dataset, const std::string& field) {
  Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  if (field.empty()) return type;
  return {H5Tget_member_type(type, static_cast<unsigned>(H5Tget_member_index(type, field.c_str()))), H5Tclose};
}

Hdf5File::Shape hdf5_extents(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> size(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) H5Sget_simple_extent_dims(space, size.data(), nullptr);
  return {size.begin(), size.end()};
}

Hdf5Handle Hdf5File::open_unchecked(const std::string& name) const {
  if (!has(name)) throw bad_input("{}: there is no dataset '{}' in it; {}", path_.string(), name, list_datasets());
  if (const std::string target = describe_dangling(file_, name); !target.empty())
    throw bad_input("{}: '{}' is a link to {}", path_.string(), name, target);
  // Sources that carry a number are looked for beyond a gap, where HDF5 would take the array to end.
  constexpr hsize_t kWidestGap = 1000;
  const Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_virtual_printf_gap(access, kWidestGap);
  const hid_t id = H5Dopen2(file_, name.c_str(), access);
  if (id >= 0) return {id, H5Dclose};
  const std::string cause = hdf5_cause();
  H5O_info_t info{};
  if (H5Oget_info_by_name2(file_, name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 && info.type == H5O_TYPE_GROUP)
    throw bad_input("{}: '{}' is a group, not a dataset; {}", path_.string(), name, list_datasets());
  throw bad_input("{}: cannot open dataset '{}': {}", path_.string(), name, cause);
}

Hdf5Handle Hdf5File::open_dataset(const std::string& name) const {
  auto known = checked_.find(name);
  if (known == checked_.end()) {
    Hdf5Handle dataset = open_unchecked(name);
    std::string missing_filter = check_stored(dataset, path_.string(), name);
    known = checked_.emplace(name, CheckedDataset{std::move(dataset), std::move(missing_filter)}).first;
  }
  const hid_t id = known->second.handle;
  H5Iinc_ref(id);
  return {id, H5Dclose};
}

std::size_t Hdf5File::rows_of_chunk(const std::string& name) const {
  const Hdf5Lock lock;
  const Hdf5Handle creation(H5Dget_create_plist(open_dataset(name)), H5Pclose);
  std::array<hsize_t, H5S_MAX_RANK> sizes{};
  if (H5Pget_layout(creation) != H5D_CHUNKED || H5Pget_chunk(creation, H5S_MAX_RANK, sizes.data()) < 1) return 1;
  return sizes.front();
}

void Hdf5File::keep_chunks(const std::string& name) const {
  const Hdf5Lock lock;
  std::size_t chunk_bytes = 0;
  std::size_t across = 1;  // chunks that share their rows
  {
    const Hdf5Handle dataset = open_dataset(name);
    const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose);
    const Shape shape = hdf5_extents(Hdf5Handle(H5Dget_space(dataset), H5Sclose));
    std::vector<hsize_t> chunk(shape.size());
    if (H5Pget_layout(creation) != H5D_CHUNKED) return;
    H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
    chunk_bytes = H5Tget_size(Hdf5Handle(H5Dget_type(dataset), H5Tclose));
    for (const hsize_t extent : chunk) chunk_bytes *= extent;
    for (std::size_t d = 1; d < shape.size(); ++d) across *= (shape[d] + chunk[d] - 1) / chunk[d];
  }
  // The cache is that of the first of all that have the array open. Chunks that have been read to their end go first.
  Hdf5Handle& known = checked_.at(name).handle;
  known.close();
  const Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_chunk_cache(access, H5D_CHUNK_CACHE_NSLOTS_DEFAULT, (across + 1) * chunk_bytes, 1);
  known = Hdf5Handle(H5Dopen2(file_, name.c_str(), access), H5Dclose);
}

Hdf5File::Shape Hdf5File::shape(const std::string& name) const {
  const Hdf5Lock lock;
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  if (space < 0) throw bad_input("{}: cannot read '{}': {}", path_.string(), name, hdf5_cause());
  return hdf5_extents(space);
}

std::vector<std::string> Hdf5File::fields(const std::string& name) const {
  const Hdf5Lock lock;
  const Hdf5Handle type(H5Dget_type(open_dataset(name)), H5Tclose);
  std::vector<std::string> names;
  if (H5Tget_class(type) != H5T_COMPOUND) return names;
  for (unsigned i = 0; i < static_cast<unsigned>(std::max(H5Tget_nmembers(type), 0)); ++i) {
    char* text = H5Tget_member_name(type, i);
    names.emplace_back(text == nullptr ? "" : text);
    H5free_memory(text);
  }
  return names;
}

ArrayKind Hdf5File::kind(const std::string& name, const std::string& field) const {
  const Hdf5Lock lock;
  const Hdf5Handle type = hdf5_stored_type(open_dataset(name), field);
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return ArrayKind::integer;
    case H5T_FLOAT:
      return ArrayKind::real;
    case H5T_STRING:
      return ArrayKind::text;
    case H5T_COMPOUND:
      return ArrayKind::record;
    case H5T_ENUM: {
      const auto members = enum_members(name, field);
      const bool boolean = members.size() == 2 && members[0].second == "FALSE" && members[1].second == "TRUE";
      return boolean ? ArrayKind::boolean : ArrayKind::enumeration;
    }
    default:
      return ArrayKind::other;
  }
}

std::vector<std::pair<std::int64_t, std::string>> Hdf5File::enum_members(const std::string& name,
                                                                         const std::string& field) const {
  const Hdf5Lock lock;
  const Hdf5Handle type = hdf5_stored_type(open_dataset(name), field);
  std::vector<std::pair<std::int64_t, std::string>> members;
  if (H5Tget_class(type) != H5T_ENUM) return members;
  const Hdf5Handle number(H5Tget_super(type), H5Tclose);
  for (unsigned i = 0; i < static_cast<unsigned>(std::max(H5Tget_nmembers(type), 0)); ++i) {
    std::int64_t value = 0;
    std::array<char, 64> raw{};
    H5Tget_member_value(type, i, raw.data());
    if (H5Tconvert(number, H5T_NATIVE_INT64, 1, raw.data(), nullptr, H5P_DEFAULT) < 0) continue;
    std::memcpy(&value, raw.data(), sizeof value);
    char* text = H5Tget_member_name(type, i);
    members.emplace_back(value, text == nullptr ? "" : text);
    H5free_memory(text);
  }
  std::sort(members.begin(), members.end());
  return members;
}

bool Hdf5File::holds_bytes(const std::string& name) const {
  const Hdf5Lock lock;
  const Hdf5Handle type(H5Dget_type(open_dataset(name)), H5Tclose);
  return H5Tequal(type, H5T_NATIVE_UINT8) > 0;
}

bool Hdf5File::holds_floats(const std::string& name) const {
  constexpr std::size_t kMostIntegerBytes = 2;
  const Hdf5Lock lock;
  const Hdf5Handle type(H5Dget_type(open_dataset(name)), H5Tclose);
  if (H5Tget_class(type) == H5T_INTEGER) return H5Tget_size(type) <= kMostIntegerBytes;
  const std::vector<hid_t> floats = {H5T_IEEE_F32LE, H5T_IEEE_F32BE};
  return std::ranges::any_of(floats, [&](hid_t one) { return H5Tequal(type, one) > 0; });
}

double Hdf5File::relative_step(const std::string& name, const std::string& field) const {
  const Hdf5Lock lock;
  const Hdf5Handle type = hdf5_stored_type(open_dataset(name), field);
  std::size_t sign = 0;
  std::size_t exponent = 0;
  std::size_t exponent_bits = 0;
  std::size_t fraction = 0;
  std::size_t fraction_bits = 0;
  if (H5Tget_class(type) != H5T_FLOAT ||
      H5Tget_fields(type, &sign, &exponent, &exponent_bits, &fraction, &fraction_bits) < 0)
    return 0;
  return std::ldexp(1.0, -static_cast<int>(fraction_bits));
}

std::vector<std::string> Hdf5File::datasets() const {
  const Hdf5Lock lock;
  std::vector<std::string> names;
  H5Ovisit2(
      file_, H5_INDEX_NAME, H5_ITER_INC,
      [](hid_t, const char* name, const H5O_info_t* info, void* out) -> herr_t {
        if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(out)->emplace_back(name);
        return 0;
      },
      &names, H5O_INFO_BASIC);
  return names;
}

std::string Hdf5File::list_datasets() const {
  const Hdf5Lock lock;
  constexpr std::size_t kMost = 10;
  const std::vector<std::string> names = datasets();
  if (names.empty()) return "the file has no datasets";
  std::vector<std::string> shown;
  for (const std::string& name : std::span(names).first(std::min(names.size(), kMost))) {
    const Hdf5Handle space(H5Dget_space(open_unchecked(name)), H5Sclose);
    shown.push_back(fmt::format("'{}' ({})", name, fmt::join(hdf5_extents(space), ", ")));
  }
  return fmt::format("its datasets are {}{}", fmt::join(shown, ", "), names.size() > kMost ? ", ..." : "");
}

}  // namespace lockstep

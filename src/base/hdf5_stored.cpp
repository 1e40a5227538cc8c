// Whether all values of an array in an HDF5 file are there: virtual sources, external files, chunks never written.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/hdf5_detail.hpp"
#include "base/hdf5_sources.hpp"

namespace lockstep {

namespace {

namespace fs = std::filesystem;
using Shape = Hdf5File::Shape;

/// A text that a function of HDF5 gives in two calls: its length, then itself.
template <class Get>
std::string text_of(Get&& get) {
  const ssize_t length = get(nullptr, 0);
  if (length <= 0) return {};
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  get(text.data(), text.size());
  text.pop_back();
  return text;
}

fs::path file_of(hid_t object) {
  return text_of([&](char* text, std::size_t size) { return H5Fget_name(object, text, size); });
}

/// A regular selection in a space.
struct Slab {
  explicit Slab(std::size_t rank) : start(rank), stride(rank), count(rank), block(rank) {}

  /// The dimension in which it has no end; nothing where it has one in all.
  [[nodiscard]] std::optional<std::size_t> endless() const {
    for (std::size_t d = 0; d < count.size(); ++d)
      if (count[d] == H5S_UNLIMITED || block[d] == H5S_UNLIMITED) return d;
    return std::nullopt;
  }

  std::vector<hsize_t> start, stride, count, block;
};

std::optional<Slab> slab_of(hid_t space) {
  if (H5Sget_select_type(space) != H5S_SEL_HYPERSLABS || H5Sis_regular_hyperslab(space) <= 0) return std::nullopt;
  Slab slab(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
  H5Sget_regular_hyperslab(space, slab.start.data(), slab.stride.data(), slab.count.data(), slab.block.data());
  return slab;
}

Hdf5Handle space_of(const Shape& extents) {
  const std::vector<hsize_t> sizes(extents.begin(), extents.end());
  return {H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), H5Sclose};
}

/// The selection of `space`, one without an end as far as `extents` go. Nothing of it may be left.
Hdf5Handle clipped(hid_t space, const Shape& extents) {
  std::optional<Slab> slab = slab_of(space);
  const std::optional<std::size_t> endless = slab ? slab->endless() : std::nullopt;
  if (!endless) return {H5Scopy(space), H5Sclose};
  const std::size_t d = *endless;
  const hsize_t room = extents[d] > slab->start[d] ? extents[d] - slab->start[d] : 0;
  Hdf5Handle result = space_of(extents);
  if (slab->block[d] == H5S_UNLIMITED)
    slab->block[d] = room;
  else
    slab->count[d] = (room + slab->stride[d] - 1) / slab->stride[d];
  if (slab->block[d] == 0 || slab->count[d] == 0)
    H5Sselect_none(result);
  else
    H5Sselect_hyperslab(result, H5S_SELECT_SET, slab->start.data(), slab->stride.data(), slab->count.data(),
                        slab->block.data());
  return result;
}

class Check {
 public:
  explicit Check(const std::string& path) : path_(path) {}

  /// `subject` is what messages call the data set.
  void dataset(hid_t dataset, const std::string& subject) {
    const Hdf5Handle creation(H5Dget_create_plist(dataset), H5Pclose);
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    const H5D_layout_t layout = H5Pget_layout(creation);
    if (layout == H5D_VIRTUAL) return virtual_parts(dataset, creation, space, subject);
    look_for_filters(creation, subject);
    if (H5Sget_simple_extent_npoints(space) <= 0) return;
    if (layout == H5D_CHUNKED) return chunks(dataset, creation, space, subject);
    if (H5Pget_external_count(creation) > 0) return external_files(dataset, creation, space, subject);
    H5D_space_status_t status = H5D_SPACE_STATUS_ALLOCATED;
    if (H5Dget_space_status(dataset, &status) >= 0 && status == H5D_SPACE_STATUS_NOT_ALLOCATED)
      throw bad_input("{}: nothing was ever written to {}; write its values", path_, subject);
  }

  [[nodiscard]] const std::string& missing_filter() const { return missing_filter_; }

 private:
  void look_for_filters(hid_t creation, const std::string& subject) {
    for (int i = 0; missing_filter_.empty() && i < H5Pget_nfilters(creation); ++i) {
      unsigned flags = 0;
      std::size_t values = 0;
      std::array<char, 64> name{};
      const H5Z_filter_t id = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values, nullptr,
                                             name.size() - 1, name.data(), nullptr);
      if (id >= 0 && H5Zfilter_avail(id) <= 0)
        missing_filter_ = fmt::format(
            "{} is compressed with {} (HDF5 filter {}), which this program cannot read; write it with gzip "
            "(h5py: compression=\"gzip\"; h5repack -f GZIP=4 where that filter is installed)",
            subject, hdf5_filter_name(id, name.data()), id);
    }
  }

  /// A value that nobody wrote is missing, whatever the file has it filled with.
  void chunks(hid_t dataset, hid_t creation, hid_t space, const std::string& subject) const {
    const Shape extents = hdf5_extents(space);
    std::vector<hsize_t> sizes(extents.size());
    H5Pget_chunk(creation, static_cast<int>(sizes.size()), sizes.data());
    double expected = 1;  // may be more than any integer
    for (std::size_t d = 0; d < sizes.size(); ++d) {
      const hsize_t along = (extents[d] - 1) / std::max<hsize_t>(sizes[d], 1) + 1;
      expected *= static_cast<double>(along);
    }
    hsize_t written = 0;
    if (H5Dget_num_chunks(dataset, space, &written) < 0)
      throw bad_input("{}: cannot read {}: {}", path_, subject, hdf5_cause());
    if (written == 0) throw bad_input("{}: nothing was ever written to {}; write its values", path_, subject);
    if (static_cast<double>(written) < expected)
      throw bad_input(
          "{}: only {} of the {:.0f} chunks of {} were ever written, and HDF5 makes up the rest; write all values "
          "(also zeros), or cut it to those that are there (h5py: resize)",
          path_, written, expected, subject);
  }

  void external_files(hid_t dataset, hid_t creation, hid_t space, const std::string& subject) const {
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    const std::vector<fs::path> folders =
        hdf5_folders("HDF5_EXTFILE_PREFIX", fs::absolute(file_of(dataset)).parent_path());
    double wanted = static_cast<double>(H5Sget_simple_extent_npoints(space)) * static_cast<double>(H5Tget_size(type));
    for (int i = 0; i < H5Pget_external_count(creation) && wanted > 0; ++i) {
      std::array<char, 4096> name{};
      off_t offset = 0;
      hsize_t size = 0;
      H5Pget_external(creation, static_cast<unsigned>(i), name.size() - 1, name.data(), &offset, &size);
      fs::path file = name.data();
      if (file.is_relative() && !folders.empty()) file = folders.front() / file;
      std::error_code error;
      const std::uintmax_t there = fs::file_size(file, error);
      if (error)
        throw bad_input("{}: the values of {} stand in another file, {}, which cannot be read: {}; put it there", path_,
                        subject, file.string(), error.message());
      const double part = size == H5F_UNLIMITED ? wanted : std::min(wanted, static_cast<double>(size));
      if (static_cast<double>(there) < static_cast<double>(offset) + part)
        throw bad_input(
            "{}: the values of {} stand in another file, {}, which is cut short: it has {} bytes, where {:.0f} are "
            "expected; copy it again",
            path_, subject, file.string(), there, static_cast<double>(offset) + part);
      wanted -= part;
    }
  }

  void virtual_parts(hid_t dataset, hid_t creation, hid_t space, const std::string& subject) {
    const Shape extents = hdf5_extents(space);
    const Hdf5Handle covered(H5Scopy(space), H5Sclose);
    H5Sselect_none(covered);
    std::size_t parts = 0;
    H5Pget_virtual_count(creation, &parts);
    for (std::size_t i = 0; i < parts; ++i) {
      const Hdf5Handle all(H5Pget_virtual_vspace(creation, i), H5Sclose);
      const Hdf5Handle here = clipped(all, extents);
      cover(covered, here);
      part(dataset, creation, i, all, here, subject);
    }
    if (H5Sget_select_npoints(covered) < H5Sget_simple_extent_npoints(space))
      throw bad_input("{}: {} is a virtual data set of which only {} of {} values have a source; give it all", path_,
                      subject, H5Sget_select_npoints(covered), H5Sget_simple_extent_npoints(space));
  }

  static void cover(hid_t covered, hid_t part) {
    const H5S_sel_type type = H5Sget_select_type(part);
    if (type == H5S_SEL_NONE || H5Sget_select_type(covered) == H5S_SEL_ALL) return;
    if (type == H5S_SEL_ALL)
      H5Sselect_all(covered);
    else if (H5Sget_select_type(covered) == H5S_SEL_NONE)
      H5Sselect_copy(covered, part);
    else
      H5Smodify_select(covered, H5S_SELECT_OR, part);
  }

  /// One mapping of a virtual data set: `all` is its selection there, `here` the same within the extents.
  void part(hid_t dataset, hid_t creation, std::size_t index, hid_t all, hid_t here, const std::string& subject) {
    const std::string file =
        text_of([&](char* text, std::size_t size) { return H5Pget_virtual_filename(creation, index, text, size); });
    const std::string name =
        text_of([&](char* text, std::size_t size) { return H5Pget_virtual_dsetname(creation, index, text, size); });
    const Hdf5Handle from(H5Pget_virtual_srcspace(creation, index), H5Sclose);
    const std::optional<Slab> slab = slab_of(all);
    const std::optional<std::size_t> endless = slab ? slab->endless() : std::nullopt;
    const std::optional<Slab> from_slab = slab_of(from);
    if (!endless || (from_slab && from_slab->endless()))
      return source(dataset, hdf5_source_name(file, 0), hdf5_source_name(name, 0), from, H5Sget_select_npoints(here),
                    subject);
    // A source for each block, with its number in a name. Block 0 must be there even where the array seems empty.
    const std::size_t along = endless.value();
    const std::optional<Slab> blocks = slab_of(here);
    const hsize_t count = blocks ? blocks->count[along] : 0;
    hsize_t wanted = 1;
    for (std::size_t d = 0; d < slab->count.size(); ++d)
      wanted *= d == along ? slab->block[d] : slab->block[d] * slab->count[d];
    for (hsize_t block = 0; block < std::max<hsize_t>(count, 1); ++block)
      source(dataset, hdf5_source_name(file, block), hdf5_source_name(name, block), from, static_cast<hssize_t>(wanted),
             subject);
  }

  /// One source, of which the selection `from`, `wanted` values, is taken.
  void source(hid_t dataset, const std::string& file_name, const std::string& name, hid_t from, hssize_t wanted,
              const std::string& subject) {
    std::string shown;
    const Hdf5Handle file = open_source(dataset, file_name, subject, shown);
    const std::string source_subject = fmt::format("'{}' of {}", name, shown);
    const Hdf5Handle source(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
    if (source < 0)
      throw bad_input("{}: {} is a virtual data set, but its source {} cannot be opened: {}", path_, subject,
                      source_subject, hdf5_cause());
    const Hdf5Handle space(H5Dget_space(source), H5Sclose);
    if (!holds(hdf5_extents(space), from, wanted))
      throw bad_input(
          "{}: {} is a virtual data set, but its source {} has not all values that are taken from it: its shape is "
          "({}); copy it again",
          path_, subject, source_subject, fmt::join(hdf5_extents(space), ", "));
    if (std::find(above_.begin(), above_.end(), source_subject) != above_.end())
      throw bad_input("{}: the virtual data set {} is its own source", path_, source_subject);
    if (!checked_.insert(source_subject).second) return;
    above_.push_back(source_subject);
    this->dataset(source, source_subject);
    above_.pop_back();
  }

  /// Whether an array of `extents` has the `wanted` values that `from` selects. The file says no extents for `from`.
  static bool holds(const Shape& extents, hid_t from, hssize_t wanted) {
    if (H5Sget_select_type(from) == H5S_SEL_ALL) return H5Sget_simple_extent_npoints(space_of(extents)) == wanted;
    if (H5Sget_simple_extent_ndims(from) != static_cast<int>(extents.size())) return false;
    if (const std::optional<Slab> slab = slab_of(from); slab && slab->endless())
      return H5Sget_select_npoints(clipped(from, extents)) >= wanted;
    if (H5Sget_select_npoints(from) == 0) return true;
    std::vector<hsize_t> first(extents.size());
    std::vector<hsize_t> last(extents.size());
    H5Sget_select_bounds(from, first.data(), last.data());
    return std::equal(last.begin(), last.end(), extents.begin(), std::less<>());
  }

  /// The file of a source; `shown` is its name for messages. "." is the file of the virtual data set itself.
  Hdf5Handle open_source(hid_t dataset, const std::string& name, const std::string& subject, std::string& shown) const {
    const fs::path own = file_of(dataset);
    if (name == ".") {
      shown = own.string();
      return {H5Iget_file_id(dataset), H5Fclose};
    }
    const Hdf5Handle access = hdf5_file_access();
    std::string found;
    std::string reason;
    for (const fs::path& place : hdf5_source_places(name, own)) {
      std::error_code ignored;
      const fs::file_status status = fs::status(place, ignored);
      if (!fs::exists(status)) continue;
      if (!fs::is_regular_file(status))  // HDF5 would wait for one who writes into a pipe
        throw bad_input("{}: {} is a virtual data set, but its source {} is not a regular file; put the file there",
                        path_, subject, place.string());
      if (found.empty()) found = place.string();
      const hid_t id = H5Fopen(place.c_str(), H5F_ACC_RDONLY, access);
      if (id < 0) {
        reason = hdf5_cause();
        continue;
      }
      shown = place.string();
      return {id, H5Fclose};
    }
    if (!found.empty())
      throw bad_input("{}: {} is a virtual data set, but its source {} cannot be opened ({}); copy it again", path_,
                      subject, found, reason);
    throw bad_input("{}: {} is a virtual data set, but its source {} is missing; put it beside {}", path_, subject,
                    name, own.string());
  }

  const std::string& path_;
  std::vector<std::string> above_;  // virtual data sets, of which the present one is a source
  std::set<std::string> checked_;
  std::string missing_filter_;
};

}  // namespace

std::string check_stored(hid_t dataset, const std::string& path, const std::string& name) {
  Check check(path);
  check.dataset(dataset, fmt::format("'{}'", name));
  return check.missing_filter();
}

}  // namespace lockstep

// What the source files about HDF5 share: the library's own words about an error, and its types.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/hdf5.hpp"

namespace lockstep {

template <class T>
hid_t native_type();
template <>
inline hid_t native_type<float>() {
  return H5T_NATIVE_FLOAT;
}
template <>
inline hid_t native_type<double>() {
  return H5T_NATIVE_DOUBLE;
}
template <>
inline hid_t native_type<std::int64_t>() {
  return H5T_NATIVE_INT64;
}
template <>
inline hid_t native_type<std::uint64_t>() {
  return H5T_NATIVE_UINT64;
}
template <>
inline hid_t native_type<std::int32_t>() {
  return H5T_NATIVE_INT32;
}
template <>
inline hid_t native_type<std::uint8_t>() {
  return H5T_NATIVE_UINT8;
}

/// The innermost entry of HDF5's error stack: the cause. Where it tells an error of the system among other things, that
/// alone.
std::string hdf5_cause();

/// Texts of variable length, or of one length in bytes, padded with zeros; HDF5 does not convert between UTF-8 and
/// ASCII.
Hdf5Handle hdf5_string_type(H5T_cset_t characters, std::size_t length = H5T_VARIABLE);

/// File locking is off: network file systems often lack it, and files appear whole by renaming.
Hdf5Handle hdf5_file_access();

/// A name for what compressed data, where it is one of the filters in common use; else the one that the file gives.
std::string hdf5_filter_name(H5Z_filter_t id, const std::string& own_name);

/// The type of an array's values in the file, or that of a field of its records.
Hdf5Handle hdf5_stored_type(hid_t dataset, const std::string& field);

/// The extents of a data space; none of a scalar.
Hdf5File::Shape hdf5_extents(hid_t space);

/// Bad input, naming the data set `name` of the file `path`, unless `dataset` stands in the file with all its values:
/// HDF5 itself gives zeros for parts of a virtual data set whose source is missing, for external files cut short, and
/// for what was never written. Returns a word about the first compression on the way that this program lacks, "" where
/// it has all: only reading shows whether it was applied.
std::string check_stored(hid_t dataset, const std::string& path, const std::string& name);

}  // namespace lockstep

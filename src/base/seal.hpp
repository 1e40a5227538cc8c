// A seal on a file: the digest of all its bytes, so that any damage to it is noticed.
#pragma once

#include <cstddef>
#include <filesystem>

namespace lockstep {

/// Bytes at the beginning of a file that are left to its seal. HDF5 calls them the user block.
inline constexpr std::size_t kSealSize = 512;

/// Fills the first kSealSize bytes of a file, which has at least as many, with a text that holds the size and the XXH3
/// digest of the rest. Throws Error with the cause.
void seal_file(const std::filesystem::path& path);

enum class SealState {
  whole,     // every byte is as it was sealed
  broken,    // sealed once, and damaged or changed since
  unsealed,  // never sealed, or damaged where it would show
};

/// Reads the whole file. Bad input when it cannot be read.
SealState check_seal(const std::filesystem::path& path);

/// True when the file begins as a sealed one does, whatever has become of the rest.
bool has_seal(const std::filesystem::path& path);

}  // namespace lockstep

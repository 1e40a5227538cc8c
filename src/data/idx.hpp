// IDX files, the format of MNIST and Fashion-MNIST, plain or compressed. http://yann.lecun.com/exdb/mnist describes
// it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep {

/// An IDX file of unsigned bytes: `sizes` are its dimensions, `bytes` the values in row order.
struct IdxArray {
  std::vector<std::uint64_t> sizes;
  std::vector<std::uint8_t> bytes;
};

/// True when the file, decoded where it is compressed, begins as an IDX file of unsigned bytes does.
bool is_idx(const std::string& path);

/// Reads a whole file. Bad input, with the file's name, when it is missing, is no IDX file of unsigned bytes,
/// is damaged, or holds fewer or more bytes than its header says. Memory is bounded by what the file can
/// hold.
IdxArray read_idx(const std::string& path);

}  // namespace lockstep

// IDX files, the format of MNIST and Fashion-MNIST, plain or compressed. http://yann.lecun.com/exdb/mnist describes
// it.
#pragma once

#include <memory>
#include <string>

#include "data/array_file.hpp"

namespace lockstep {

/// True when the file, decoded where it is compressed, begins as an IDX file does.
bool is_idx(const std::string& path);

/// The array of a file: bytes with a sign or without, integers of 16 or 32 bits, or numbers of 32 or 64. Bad input,
/// with the file's name, when it is missing, is no IDX file, or ends within its header.
std::unique_ptr<Array> open_idx_array(const std::string& path, const std::string& name);

}  // namespace lockstep

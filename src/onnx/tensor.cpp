#include "onnx/tensor.hpp"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <string>

#include "base/error.hpp"
#include "base/readable_file.hpp"

namespace lockstep {

namespace {

namespace fs = std::filesystem;

/// Where the bytes of a tensor stand in a file beside the model.
struct ExternalBytes {
  std::string location;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

ExternalBytes external_bytes(const onnx::TensorProto& tensor, const fs::path& model) {
  ExternalBytes bytes;
  for (const onnx::StringStringEntryProto& entry : tensor.external_data()) {
    const std::string& text = entry.value();
    if (entry.key() == "location") bytes.location = text;
    if (entry.key() != "offset" && entry.key() != "length") continue;
    std::uint64_t& number = entry.key() == "offset" ? bytes.offset : bytes.length;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
      throw bad_input("{}: '{}' has no number as its {}: '{}'", model.string(), tensor.name(), entry.key(), text);
  }
  return bytes;
}

/// Bad input unless the file is in the model's folder, or below, and has all these bytes.
std::string read_external(const onnx::TensorProto& tensor, const fs::path& model) {
  const ExternalBytes bytes = external_bytes(tensor, model);
  const fs::path location = fs::path(bytes.location).lexically_normal();
  if (location.empty() || location.is_absolute() || *location.begin() == "..")
    throw bad_input("{}: the values of '{}' are said to be in '{}', which is not below the folder of the model",
                    model.string(), tensor.name(), bytes.location);
  const fs::path path = model.parent_path() / location;
  std::error_code error;
  if (!fs::exists(path, error))
    throw bad_input("{}: the values of '{}' are in another file, {}, which is missing; put it there", model.string(),
                    tensor.name(), path.string());
  check_readable_file(path);
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || bytes.offset > size || bytes.length > size - bytes.offset)
    throw bad_input("{}: has {} bytes, where '{}' of {} has {} from {} on; copy it again", path.string(), size,
                    tensor.name(), model.string(), bytes.length, bytes.offset);
  std::string values(bytes.length, '\0');
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(bytes.offset));
  if (!file.read(values.data(), static_cast<std::streamsize>(values.size())))
    throw bad_input("{}: cannot be read", path.string());
  return values;
}

std::vector<float> floats_of(const std::string& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace

OnnxConstant transposed(const OnnxConstant& matrix) {
  const std::size_t rows = matrix.shape[0];
  const std::size_t cols = matrix.shape[1];
  OnnxConstant result{{cols, rows}, std::vector<float>(matrix.values.size())};
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c) result.values[c * rows + r] = matrix.values[r * cols + c];
  return result;
}

OnnxConstant onnx_constant(const onnx::TensorProto& tensor, const fs::path& model) {
  OnnxConstant result;
  if (tensor.data_type() != onnx::TensorProto::FLOAT) return result;
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL)
    result.values = floats_of(read_external(tensor, model));
  else if (tensor.has_raw_data())
    result.values = floats_of(tensor.raw_data());
  else
    result.values.assign(tensor.float_data().begin(), tensor.float_data().end());
  std::size_t left = result.values.size();  // values, by each index of the dimensions so far
  for (const std::int64_t dim : tensor.dims()) {
    const auto size = static_cast<std::size_t>(std::max<std::int64_t>(dim, 1));
    if (dim < 1 || left % size != 0) left = 0;
    left /= size;
    result.shape.push_back(size);
  }
  if (left != 1)
    throw bad_input("{}: '{}' has {} values, which is not what its shape says", model.string(), tensor.name(),
                    result.values.size());
  if (!std::ranges::all_of(result.values, [](float value) { return std::isfinite(value); }))
    throw bad_input("{}: '{}' has values that are not finite", model.string(), tensor.name());
  return result;
}

}  // namespace lockstep

#include "predict/parameters.hpp"

#include "base/digest.hpp"
#include "checkpoint/schema.hpp"
#include "tensor/elementwise.hpp"

namespace lockstep {

AlignedBuffer unpacked(const Model& model, std::span<const float> buffer) {
  AlignedBuffer row_order(buffer.size());
  model.unpack(buffer, row_order.span());
  return row_order;
}

std::string digest_of_row_order(const Model& model, std::span<const float> row_order) {
  Digest digest;
  for (const auto& tensor : named_tensors(model, "", row_order)) digest.add(tensor.values);
  return digest.text();
}

std::string parameter_digest(const Model& model, std::span<const float> parameters) {
  return digest_of_row_order(model, unpacked(model, parameters).span());
}

void read_packed(const CheckpointReader& reader, const Model& model, const std::string& prefix,
                 std::span<float> buffer) {
  AlignedBuffer row_order(buffer.size());
  for (const auto& tensor : named_tensors(model, prefix, row_order.span())) reader.read(tensor);
  model.pack(row_order.span(), buffer);
}

void load_parameters(const CheckpointReader& reader, const Model& model, std::span<float> parameters) {
  read_packed(reader, model, schema::kModel, parameters);
  if (!all_finite(parameters))
    throw bad_input("{}: holds a weight or bias that is not finite; use an earlier checkpoint",
                    reader.info().data.source);
  const std::string found = parameter_digest(model, parameters);
  if (found != reader.info().digest)
    throw bad_input("{}: damaged: its parameters have digest {}, and it was written with {}", reader.info().data.source,
                    found, reader.info().digest);
}

}  // namespace lockstep

#include "data/dataset.hpp"

#include "base/digest.hpp"

namespace lockstep {

std::string digest_samples(const Dataset& dataset) {
  Digest digest;
  digest.add_bytes(std::as_bytes(dataset.bytes));
  digest.add_bytes(std::as_bytes(dataset.values));
  digest.add_bytes(std::as_bytes(dataset.labels));
  digest.add_bytes(std::as_bytes(dataset.targets));
  return digest.text();
}

bool same_kind(const DatasetInfo& a, const DatasetInfo& b) {
  return a.task == b.task && a.bytes == b.bytes && a.feature_shape == b.feature_shape &&
         a.feature_names == b.feature_names && a.output_names == b.output_names;
}

bool same_data(const DatasetInfo& a, const DatasetInfo& b) {
  return same_kind(a, b) && a.samples == b.samples && a.digest == b.digest;
}

}  // namespace lockstep

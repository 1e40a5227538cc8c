// What an export is made of: a trained network with all that stands between a file's columns and its answers.
#pragma once

#include <span>
#include <string>

#include "data/transform.hpp"
#include "nn/model.hpp"

namespace lockstep {

struct ExportedModel {
  std::string name;    // an identifier of C, after which functions are called
  std::string origin;  // of whom it is, for readers: version and digest
  const DatasetInfo& data;
  const DataTransform& transform;
  const WordOptions& words;
  const ModelOptions& options;
  LossName loss;
  const Model& model;
  std::span<const float> parameters;  // in row order

  [[nodiscard]] std::span<const float> values(const Range& range) const {
    return parameters.subspan(range.begin, range.size());
  }
};

}  // namespace lockstep

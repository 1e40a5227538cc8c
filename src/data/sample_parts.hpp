// What each sample of a file that stays on disk is for, and what it weighs.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.hpp"
#include "data/options.hpp"
#include "data/row_set.hpp"
#include "data/weights.hpp"

namespace lockstep {

struct SampleParts {
  RowSet train;
  std::vector<std::uint32_t> test;        // ascending; empty: none are held back
  std::vector<std::uint32_t> validation;  // likewise
  TrainingWeights weights;                // of those to train with

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& train& test& validation& weights;
  }
};

/// True where it takes the labels, weights or groups of all samples to tell, or where some are left out.
bool needs_all_outputs(const DataOptions& options, const ClassWeights& classes);

/// Divides the `samples` of a file as if they were in memory: what has no weight is left out, and what is held back is
/// what load_parts() would hold back. `outputs` is what RowReader::look_through() has found of them; those to train
/// with are left of it, and notes on what was done. Bad input as for data in memory.
SampleParts divide_samples(std::uint64_t samples, Dataset& outputs, const DataOptions& options,
                           const ClassWeights& classes, std::uint64_t seed);

}  // namespace lockstep

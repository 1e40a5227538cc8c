// Predictions of samples that pass by in blocks.
#pragma once

#include <functional>
#include <span>

#include "comm/helpers.hpp"
#include "data/data_query.hpp"
#include "data/predictions.hpp"
#include "train/trained_model.hpp"

namespace lockstep {

/// Gives all samples to `use`, `rows` at a time, in their order, and returns what describes all of them.
using ReadSamples = std::function<DatasetInfo(std::uint64_t rows, const UsePart& use, const Helpers& helpers)>;

/// Predicts all samples, by the mean of `networks`, which were trained on the same data. The first rank of each host
/// calls `read` and predicts its share of the blocks, with a thread in the place of each rank of the host; rank 0
/// writes them all to `file`, which is not committed. Reading, predicting and writing go on at a time, and no more
/// blocks are in memory than there are threads, and two. With `outside_column`, a column is kept of the features of
/// each sample that lie outside their ranges.
///
/// Returns the description of the samples, with a note on those outside, on rank 0. Bad input as `read` throws it, and
/// where a host has other samples than rank 0's; a failure that names the first sample whose prediction is not finite.
/// Collective.
DatasetInfo predict_in_blocks(const Communicator& world, std::span<const TrainedModel> networks, bool outside_column,
                              const ReadSamples& read, PredictionFile& file);

}  // namespace lockstep

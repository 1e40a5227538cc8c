// The gradient of one rank's samples of a batch: forward, loss, backward.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/profile.hpp"
#include "config/config.hpp"
#include "data/batch.hpp"
#include "data/sampler.hpp"
#include "nn/model.hpp"

namespace lockstep {

/// Computes gradients. Samples pass through the network in blocks that stay in the cache, whatever the size of the
/// batch. No block shows in the bits: sums over the samples of a slice go on from block to block.
class LocalGradient {
 public:
  /// Samples of a block. More do not stay in a cache of a megabyte or two where layers have a thousand units; with
  /// fewer, reading and writing the gradient once per block takes its time.
  static constexpr std::size_t kBlockRows = 512;

  /// For up to `max_rows` samples of `dataset` at a time, in some of `slices` slices, where `nodes` of the summation
  /// tree over slices are this rank's. Batch normalization over the whole batch wants `sum_over_slices`; compute() is
  /// then collective.
  LocalGradient(const Config& config, const Model& model, const PreparedDataset& dataset, Profile& profile,
                std::size_t max_rows, std::size_t slices, std::span<const Range> nodes,
                SumOverSlices sum_over_slices = {});

  /// For each of the nodes the gradient summed over its slices in tree order. `batch` are the samples of step `step`,
  /// of which `slices` are this rank's. False when a number is not finite, or a gradient above kLargestGradient: the
  /// gradients are then incomplete. `on_progress` as in Model::backward().
  [[nodiscard]] bool compute(std::span<const float> parameters, std::uint64_t step, const Batch& batch,
                             const OwnedSlices& slices, std::span<const std::span<float>> gradients,
                             const OnProgress& on_progress);

  /// The sum of the losses of each slice.
  [[nodiscard]] std::span<const double> losses() const { return losses_; }
  /// The numbers of a slice, counted from this rank's first, for the statistics of batch normalization.
  [[nodiscard]] std::span<const double> statistics(std::size_t slice) const {
    return std::span(statistics_).subspan(slice * model_->statistics_size(), model_->statistics_size());
  }

  /// After compute() was false: the failure at what is not finite in the last block, the input or the layer, if it is
  /// there.
  void check_finite(std::uint64_t step);

 private:
  /// What one call of compute() works on.
  struct Task;

  /// Loads the samples of these slices, as training changes them.
  void gather(const Task& task, const OwnedSlices& slices);
  /// Lists them, their partners in mixtures, and which of the listed is the partner of which.
  void add_partners(const Task& task, const OwnedSlices& slices);
  /// The gradient of a node in `gradient`; `scratch` are buffers for right children.
  void sum_node(const Task& task, const Range& node, std::span<float> gradient, std::span<AlignedBuffer> scratch,
                const OnProgress& on_progress);
  /// The gradients of `sums`, whose nodes are those of `slices`, in a single block.
  void add_block(const Task& task, const OwnedSlices& slices, const GradientSums& sums, const OnProgress& on_progress);

  const Model* model_;
  Profile* profile_;
  std::uint64_t seed_;
  LossOptions loss_;
  std::size_t frozen_;  // layers
  std::string remedy_;  // against numbers that are not finite
  std::size_t all_slices_;
  std::size_t block_rows_;  // samples of a block
  std::vector<Range> nodes_;
  std::optional<Augmenter> augmenter_;
  double mixup_;  // 0: none
  bool mixes_within_slices_;
  std::vector<std::uint32_t> numbers_;  // of samples and their partners
  std::vector<std::uint32_t> places_;
  std::vector<std::uint32_t> partners_;
  std::size_t steps_per_epoch_;
  BatchLoader loader_;
  Workspace workspace_;
  std::vector<AlignedBuffer> scratch_;  // a gradient for each depth of the tree whose nodes take several blocks
  SumOverSlices sum_over_slices_;
  std::vector<double> losses_;
  std::vector<double> statistics_;
  bool finite_ = true;
};

}  // namespace lockstep

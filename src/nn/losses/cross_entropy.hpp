// -log softmax(logits)[label], for classes. Smoothed labels: Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, "Rethinking
// the inception architecture for computer vision", 2016, as PyTorch's CrossEntropyLoss has them.
#pragma once

#include <span>
#include <string_view>

#include "nn/losses/options.hpp"
#include "nn/softmax.hpp"

namespace lockstep {

/// The target of class c is (1 - smoothing) [c = label] + smoothing / classes. Stable for any finite logits.
struct CrossEntropy {
  static constexpr std::string_view kName = "cross_entropy";

  explicit CrossEntropy(const LossOptions& options) : smoothing(options.label_smoothing) {}

  double operator()(std::span<const float> logits, std::size_t label, std::span<float> gradient) const {
    const float log_sum = softmax_row(logits, gradient);
    auto expected = static_cast<double>(logits[label]);  // logit, by the targets
    if (smoothing > 0) {
      double sum = 0;
      for (const float logit : logits) sum += static_cast<double>(logit);
      const auto classes = static_cast<double>(logits.size());
      expected = (1 - smoothing) * expected + smoothing / classes * sum;
      for (float& derivative : gradient) derivative -= static_cast<float>(smoothing / classes);
    }
    gradient[label] -= static_cast<float>(1 - smoothing);
    return static_cast<double>(log_sum) - expected;
  }

  static void predict(std::span<float> logits) { softmax_row(logits, logits); }

  double smoothing;
};

}  // namespace lockstep

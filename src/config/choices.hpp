// The numbers and the words that keys may have.
#pragma once

#include <limits>
#include <string_view>
#include <utility>

#include "config/config.hpp"

namespace lockstep {

/// The numbers that a key may have.
struct Limits {
  double least = std::numeric_limits<double>::lowest();
  double most = std::numeric_limits<double>::max();
};

inline Limits at_least(double least) {
  return {least, std::numeric_limits<double>::max()};
}

/// What stands for the largest number below 1, and the least that keeps a divisor away from 0 in float32.
inline constexpr double kBelowOne = 0.999999;
inline constexpr double kLeastEpsilon = 1e-20;

/// Images that are changed more than this are no longer images.
inline constexpr double kMostScale = 0.9;
inline constexpr double kMostShear = 80;
inline constexpr double kLeastSigma = 0.1;
inline constexpr double kMostSigma = 100;

inline constexpr double kMostWindow = 1 << 24;  // MiB

template <class Enum>
using Choice = std::pair<std::string_view, Enum>;

inline constexpr Choice<DataOrder> kDataOrders[] = {{"global", DataOrder::global}, {"blocks", DataOrder::blocks}};
inline constexpr Choice<Separator> kSeparators[] = {{"auto", Separator::automatic}, {",", Separator::comma},
                                                    {";", Separator::semicolon},    {"tab", Separator::tab},
                                                    {"|", Separator::bar},          {"blanks", Separator::blanks}};
inline constexpr Choice<HeaderLine> kHeaderLines[] = {
    {"auto", HeaderLine::automatic}, {"true", HeaderLine::yes}, {"false", HeaderLine::no}};
inline constexpr Choice<Decimal> kDecimals[] = {
    {"auto", Decimal::automatic}, {".", Decimal::point}, {",", Decimal::comma}};
inline constexpr Choice<Missing> kMissing[] = {{"error", Missing::error},
                                               {"mean", Missing::mean},
                                               {"median", Missing::median},
                                               {"zero", Missing::zero},
                                               {"drop", Missing::drop}};
inline constexpr Choice<Unseen> kUnseen[] = {{"error", Unseen::error}, {"zero", Unseen::zero}};
inline constexpr Choice<InitDistribution> kInitDistributions[] = {{"uniform", InitDistribution::uniform},
                                                                  {"normal", InitDistribution::normal}};
inline constexpr Choice<Average> kAverages[] = {{"none", Average::none}, {"ema", Average::ema}};

inline constexpr Choice<Normalization> kNormalizations[] = {
    {"none", Normalization::none}, {"batch", Normalization::batch}, {"layer", Normalization::layer}};
inline constexpr Choice<NormOver> kNormOver[] = {{"batch", NormOver::batch}, {"slice", NormOver::slice}};

inline constexpr Choice<Kernels> kKernels[] = {{"auto", Kernels::automatic},
                                               {"libxsmm", Kernels::libxsmm},
                                               {"portable", Kernels::portable},
                                               {"openblas", Kernels::openblas}};
inline constexpr Choice<Precision> kPrecisions[] = {{"float32", Precision::float32}, {"bfloat16", Precision::bfloat16}};

}  // namespace lockstep

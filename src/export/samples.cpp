#include "export/samples.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "nn/build_model.hpp"
#include "predict/row_predictor.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kSamples = 4;

/// A feature of a sample: one of the words, or a number up to twice its scale from the middle.
double feature(const ExportedModel& exported, std::size_t sample, std::size_t column) {
  const bool is_last = sample + 1 == kSamples;
  const std::vector<GapFill>& gaps = exported.transform.gaps;
  if (is_last && !gaps.empty() && !std::isnan(gaps[column].value)) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t turn = 37 * column + 11 * sample;
  if (exported.data.is_of_words(column)) return static_cast<double>(turn % exported.data.feature_words[column].size());
  constexpr std::size_t kBytes = 256;
  if (exported.data.bytes) return static_cast<double>(turn % kBytes);
  constexpr std::size_t kSteps = 64;
  const double scaled = (static_cast<double>(turn % kSteps) - 0.5 * (kSteps - 1)) / (kSteps / 4.0);
  return exported.transform.features.raw(scaled, column);
}

/// What the network predicts of the samples, (samples, outputs).
std::vector<float> predict(const ExportedModel& exported, const std::vector<double>& features) {
  const std::size_t outputs = exported.data.outputs();
  const Model model = build_model(exported.options, exported.model.inputs(), outputs, Kernels::portable);
  AlignedBuffer parameters(model.size());
  model.pack(exported.parameters, parameters.span());
  const RowPredictor predictor(exported.data, exported.transform, model, parameters.span(), exported.loss, sample_text);
  PredictionRoom room(model, kSamples);
  std::vector<float> result(kSamples * outputs);
  predictor.predict(features, Matrix(result, kSamples, outputs), room);
  return result;
}

}  // namespace

KnownSamples known_samples(const ExportedModel& exported) {
  const std::size_t columns = exported.data.features();
  const std::size_t outputs = exported.data.outputs();
  std::vector<double> features;
  for (std::size_t i = 0; i < kSamples * columns; ++i) features.push_back(feature(exported, i / columns, i % columns));
  const std::vector<float> predicted = predict(exported, features);

  KnownSamples known;
  for (std::size_t s = 0; s < kSamples; ++s) {
    const auto of_sample = std::span(predicted).subspan(s * outputs, outputs);
    std::vector<double> targets;
    if (exported.data.task == Task::regression)
      for (std::size_t c = 0; c < outputs; ++c)
        targets.push_back(exported.transform.targets.raw(static_cast<double>(of_sample[c]), c));
    const auto is_finite = [](auto value) { return std::isfinite(value); };
    if (!std::ranges::all_of(of_sample, is_finite) || !std::ranges::all_of(targets, is_finite)) continue;
    ++known.count;
    const auto from = std::span(features).subspan(s * columns, columns);
    known.features.insert(known.features.end(), from.begin(), from.end());
    known.outputs.insert(known.outputs.end(), of_sample.begin(), of_sample.end());
    known.targets.insert(known.targets.end(), targets.begin(), targets.end());
  }
  if (known.count == 0) throw failure("the network predicts no finite numbers, so that there is nothing to export");
  return known;
}

}  // namespace lockstep

// Evaluation is exact and equal at any number of ranks; data lies in memory once per host.
#include "train/evaluate.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/random.hpp"
#include "comm/together.hpp"
#include "nn/build_model.hpp"
#include "predict/row_predictor.hpp"
#include "train/outcome.hpp"
#include "train/shared_samples.hpp"

namespace lockstep {
namespace {

constexpr std::size_t kSamples = 1003;  // four chunks, the last one not full

double uniform(std::uint64_t index) {
  return 2 * static_cast<double>(RandomSequence(7, Purpose::sample_order, index).next_uniform()) - 1;
}

/// A table of random numbers with labels of three classes, or with two targets.
Dataset random_table(Task task) {
  DatasetInfo info;
  info.source = "random";
  info.task = task;
  info.samples = kSamples;
  info.feature_shape = {4};
  info.feature_names = {"a", "b", "c", "d"};
  info.output_names = {"x", "y"};
  Samples samples;
  for (std::size_t i = 0; i < 4 * kSamples; ++i) samples.values.push_back(uniform(i));
  for (std::size_t i = 0; i < kSamples; ++i) {
    if (task == Task::classification)
      samples.labels.push_back(static_cast<std::int32_t>(i * i % 3));
    else
      samples.targets.insert(samples.targets.end(), {100 + 20 * uniform(i + 5000), uniform(i + 9000)});
  }
  if (task == Task::classification) info.output_names = {"0", "1", "2"};
  return make_dataset(info, samples);
}

struct Fixture {
  explicit Fixture(Task task)
      : data(random_table(task)),
        prepared(prepare(data, {})),
        model(build_model({{{5, kActivation<Tanh>}}, {}}, data.info.features(), data.info.outputs(),
                          resolve(Kernels::automatic))) {
    parameters = AlignedBuffer(model.size());
    model.initialize({}, 3, parameters.span());
  }

  /// The outputs of one sample, by the formula.
  [[nodiscard]] std::vector<double> outputs_of(std::size_t sample) const {
    std::vector<double> x;
    for (std::size_t f = 0; f < 4; ++f) x.push_back(data.values[sample * 4 + f]);
    for (const Layer& layer : model.layers()) {
      const ConstMatrix weight = layer.weight_in(parameters.span()).panel(0);
      std::vector<double> y;
      for (std::size_t o = 0; o < layer.outputs; ++o) {
        double sum = static_cast<double>(layer.bias_in(parameters.span())[o]);
        for (std::size_t i = 0; i < layer.inputs; ++i) sum += x[i] * static_cast<double>(weight.row(i)[o]);
        y.push_back(layer.activation == kActivation<Tanh> ? std::tanh(sum) : sum);
      }
      x = y;
    }
    return x;
  }

  Dataset data;
  PreparedDataset prepared;
  Model model;
  AlignedBuffer parameters;
};

TEST(Evaluator, AccuracyAndCrossEntropyOverAllSamples) {
  const Fixture f(Task::classification);
  double loss = 0;
  double correct = 0;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const std::vector<double> z = f.outputs_of(i);
    const auto label = static_cast<std::size_t>(f.data.labels[i]);
    loss += std::log(std::exp(z[0]) + std::exp(z[1]) + std::exp(z[2])) - z[label];
    correct += *std::max_element(z.begin(), z.end()) == z[label] ? 1 : 0;
  }
  Evaluator evaluator(Communicator::world(), f.model, LossOptions{}, f.prepared);
  const Evaluation result = evaluator.evaluate(f.parameters.span());
  EXPECT_EQ(result.score, correct / kSamples);
  EXPECT_NEAR(result.loss, loss / kSamples, 1e-6);
}

/// R2, the mean over both targets, of what `predict` makes of an output.
template <class Predict>
double r2_of(const Fixture& f, Predict predict) {
  double r2 = 0;
  for (std::size_t t = 0; t < 2; ++t) {
    double mean = 0;
    double residual = 0;
    double total = 0;
    for (std::size_t i = 0; i < kSamples; ++i) mean += f.data.targets[2 * i + t] / kSamples;
    for (std::size_t i = 0; i < kSamples; ++i) {
      const auto target = f.data.targets[2 * i + t];
      residual += std::pow(predict(f.outputs_of(i)[t]) - target, 2);
      total += std::pow(target - mean, 2);
    }
    r2 += (1 - residual / total) / 2;
  }
  return r2;
}

/// The mean over samples of the mean over both targets of `loss`.
template <class Loss>
double mean_loss_of(const Fixture& f, Loss loss) {
  double sum = 0;
  for (std::size_t i = 0; i < kSamples; ++i)
    for (std::size_t t = 0; t < 2; ++t) sum += loss(f.outputs_of(i)[t], f.data.targets[2 * i + t]);
  return sum / (2 * kSamples);
}

TEST(Evaluator, R2IsTheMeanOverTargets) {
  const Fixture f(Task::regression);
  Evaluator evaluator(Communicator::world(), f.model, LossOptions{.name = kLoss<Mse>}, f.prepared);
  const Evaluation result = evaluator.evaluate(f.parameters.span());
  const double r2 = r2_of(f, [](double output) { return output; });
  const double loss = mean_loss_of(f, [](double output, double target) { return std::pow(output - target, 2); });
  EXPECT_NEAR(result.score, r2, 1e-6 * std::abs(r2));
  EXPECT_NEAR(result.loss, loss, 1e-6 * loss);
}

TEST(Evaluator, R2OfAPoissonModelIsThatOfItsMeans) {
  const Fixture f(Task::regression);
  Evaluator evaluator(Communicator::world(), f.model, LossOptions{.name = kLoss<Poisson>}, f.prepared);
  const Evaluation result = evaluator.evaluate(f.parameters.span());
  const double r2 = r2_of(f, [](double output) { return std::exp(output); });
  const double loss = mean_loss_of(f, [](double output, double target) { return std::exp(output) - target * output; });
  EXPECT_NEAR(result.score, r2, 1e-6 * std::abs(r2));
  EXPECT_NEAR(result.loss, loss, 1e-5 * std::abs(loss));
}

TEST(Evaluator, TheSameBitsAsOneRankAloneAndAPrediction) {
  const Fixture f(Task::classification);
  const Communicator world = Communicator::world();
  Evaluator together(world, f.model, LossOptions{}, f.prepared, Outputs::are_kept);
  const Evaluation result = together.evaluate(f.parameters.span());

  Evaluator alone(world.split(world.rank()), f.model, LossOptions{}, f.prepared, Outputs::are_kept);
  const Evaluation expected = alone.evaluate(f.parameters.span());
  EXPECT_EQ(result.loss, expected.loss);
  EXPECT_EQ(result.outputs, world.is_root() ? expected.outputs : std::vector<float>());

  const RowPredictor predictor(f.data.info, f.prepared.transform, f.model, f.parameters.span(), LossOptions{}.name,
                               sample_text);
  PredictionRoom room(f.model, kSamples);
  std::vector<float> predicted(kSamples * f.model.outputs());
  predictor.predict(f.data.values, Matrix(predicted, kSamples, f.model.outputs()), room);
  EXPECT_EQ(predicted, expected.outputs);
}

TEST(Evaluator, TheSameTotalsAsOneRankAlone) {
  const Communicator world = Communicator::world();
  for (const auto& [task, weighted] : {std::pair(Task::classification, false), std::pair(Task::regression, false),
                                       std::pair(Task::classification, true), std::pair(Task::regression, true)}) {
    const Fixture f(task);
    Dataset data = f.data;
    for (std::size_t i = 0; i < data.labels.size(); ++i) data.labels[i] = static_cast<std::int32_t>(i % 3);
    if (weighted)
      for (std::size_t i = 0; i < kSamples; ++i) data.weights.push_back(1.5 + uniform(i + 20000));
    const PreparedDataset prepared = prepare(std::move(data), {});
    const LossOptions loss{.name = task == Task::classification ? kLoss<CrossEntropy> : kLoss<Mse>};
    Evaluator together(world, f.model, loss, prepared, Outputs::are_kept);
    const Evaluation result = together.evaluate(f.parameters.span());
    Evaluator alone(world.split(world.rank()), f.model, loss, prepared, Outputs::are_kept);
    const Evaluation expected = alone.evaluate(f.parameters.span());
    for (const Metric metric : metrics_of(task, true, true)) {
      EXPECT_EQ(result.value(metric), expected.value(metric)) << info_of(metric).name;
      EXPECT_FALSE(std::isnan(result.value(metric))) << info_of(metric).name;
    }
    EXPECT_EQ(result.score, result.value(main_score(task)));
    EXPECT_EQ(result.outputs, world.is_root() ? expected.outputs : std::vector<float>());
    std::uint64_t samples = 0;
    for (const ClassCounts& counts : result.totals.classes) samples += counts.support;
    if (weighted) continue;
    EXPECT_EQ(samples, task == Task::classification ? kSamples : 0);
  }
}

TEST(Evaluator, WithoutOutputsThereIsNoAreaUnderRoc) {
  const Fixture f(Task::classification);
  const Evaluation result = Evaluator(Communicator::world(), f.model, {.name = kLoss<CrossEntropy>}, f.prepared)
                                .evaluate(f.parameters.span());
  EXPECT_TRUE(std::isnan(result.value(Metric::roc_auc)));
  EXPECT_TRUE(result.outputs.empty());
  EXPECT_NEAR(result.value(Metric::log_loss), result.loss, 1e-6);
}

/// Targets far from zero with a small spread, and a model without hidden layers that gives 0 on their scale.
TEST(Evaluator, R2OfTargetsFarFromZeroKeepsItsDigits) {
  Dataset data = random_table(Task::regression);
  for (double& target : data.targets) target = 1e8 + target / 100;
  const DataTransform transform{{}, target_scaling(data, kScale<StandardScale>), {}, {}};
  const PreparedDataset prepared = prepare(data, transform);
  const Model model = build_model({}, data.info.features(), data.info.outputs(), resolve(Kernels::automatic));
  AlignedBuffer parameters(model.size());
  std::ranges::fill(model.layers()[0].bias_in(parameters.span()), 0.5F);
  // All outputs are mean + deviation / 2: R2 is 1 - (1 + 1 / 4).
  const Evaluation result =
      Evaluator(Communicator::world(), model, LossOptions{.name = kLoss<Mse>}, prepared).evaluate(parameters.span());
  EXPECT_NEAR(result.score, -0.25, 1e-6);
  EXPECT_NEAR(result.loss, 1.25, 1e-6);
}

TEST(Evaluator, NamesTheFirstSampleThatIsNotFiniteAndItsLayer) {
  const Communicator world = Communicator::world();
  Dataset data = random_table(Task::classification);
  for (const std::size_t sample : {400U, 300U, 900U}) data.values[4 * sample + 1] = 3e38;
  const PreparedDataset prepared = prepare(data, {});
  const Model model = build_model({{{5, kActivation<Identity>}}, {}}, data.info.features(), data.info.outputs(),
                                  resolve(Kernels::automatic));
  AlignedBuffer parameters(model.size());
  std::ranges::fill(parameters.span(), 2.0F);
  Evaluator evaluator(world, model, LossOptions{}, prepared);
  const auto failure_of = [&](auto&& call) -> std::string {
    try {
      static_cast<void>(call());
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), ExitStatus::failed);
      return error.what();
    } catch (const FailedElsewhere&) {
      return "elsewhere";
    }
    return "none";
  };
  const std::string message = failure_of([&] { return evaluator.evaluate(parameters.span()); });
  const bool first = message.starts_with("random: sample 300: an output of layer 0 is not finite");
  EXPECT_EQ(world.sum(first ? 1 : 0), 1) << message;
  EXPECT_EQ(world.sum(message == "elsewhere" ? 1 : 0), world.size() - 1) << message;
}

TEST(Evaluator, NamesTheSampleWhoseLossIsNotFinite) {
  Dataset data = random_table(Task::regression);
  for (double& value : data.values) value = 0;
  data.targets[2 * 77] = 3e38;
  const PreparedDataset prepared = prepare(data, {});
  const Model model = build_model({}, data.info.features(), data.info.outputs(), resolve(Kernels::automatic));
  AlignedBuffer parameters(model.size());
  std::ranges::fill(model.layers()[0].bias_in(parameters.span()), -3e38F);
  Evaluator evaluator(Communicator::world().split(Communicator::world().rank()), model, LossOptions{.name = kLoss<Mse>},
                      prepared);
  try {
    static_cast<void>(evaluator.evaluate(parameters.span()));
    ADD_FAILURE() << "there was no error";
  } catch (const Error& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("random: sample 77: its loss is not finite")) << error.what();
  }
}

TEST(HostData, OneReaderAHostAndTheSameMemoryForAll) {
  const Communicator world = Communicator::world();
  int calls = 0;
  const PreparedDataset data = load_on_every_host(world, {}, [&](const Helpers& /*helpers*/) {
    ++calls;
    return random_table(Task::regression);
  });
  EXPECT_EQ(world.sum(calls), world.sum(world.on_this_host().is_root() ? 1 : 0));
  const Dataset expected = random_table(Task::regression);
  EXPECT_EQ(data.info.samples, kSamples);
  EXPECT_EQ(data.info.output_names, expected.info.output_names);
  EXPECT_TRUE(
      std::ranges::equal(data.values, expected.values, {}, {}, [](double value) { return static_cast<float>(value); }));
  EXPECT_TRUE(std::ranges::equal(data.targets, expected.targets));
  EXPECT_TRUE(data.labels.empty());
}

TEST(Evaluator, CountsUnitsThatAreZeroForAllSamples) {
  const Fixture f(Task::classification);
  const Model model = build_model({{{5, kActivation<Relu>}, {6, kActivation<Tanh>}, {7, kActivation<Relu>}}, {}},
                                  f.data.info.features(), f.data.info.outputs(), f.model.kernels());
  AlignedBuffer parameters(model.size());
  model.initialize({}, 3, parameters.span());
  // Sums below zero, whatever the sample. Of the third unit the rarest: one of the samples alone keeps it alive.
  const std::span<float> first = model.layers()[0].bias_in(parameters.span());
  first[1] = first[4] = -1000;
  for (float& bias : model.layers()[2].bias_in(parameters.span())) bias = -1000;
  model.layers()[2].bias_in(parameters.span())[3] = 1000;
  Evaluator evaluator(Communicator::world(), model, LossOptions{}, f.prepared);
  const std::vector<DeadUnits> layers = evaluator.dead_units(parameters.span());
  if (!Communicator::world().is_root()) {
    EXPECT_TRUE(layers.empty());
    return;
  }
  ASSERT_EQ(layers.size(), 2U) << "tanh is not looked at";
  EXPECT_EQ(layers[0].layer, 0U);
  EXPECT_EQ(layers[0].dead, 2U);
  EXPECT_EQ(layers[0].units, 5U);
  EXPECT_EQ(layers[1].layer, 2U);
  EXPECT_EQ(layers[1].dead, 6U);
  EXPECT_EQ(layers[1].units, 7U);
}

TEST(Evaluator, AUnitThatOneSampleWakesIsAliveOnAnyNumberOfRanks) {
  Fixture f(Task::classification);
  Dataset data = f.data;
  data.values[4 * (kSamples - 1)] = 1e6;  // the last sample, which the last rank has
  const PreparedDataset prepared = prepare(data, {});
  const Model model =
      build_model({{{1, kActivation<Relu>}}, {}}, data.info.features(), data.info.outputs(), f.model.kernels());
  AlignedBuffer parameters(model.size());
  model.layers()[0].weight_in(parameters.span()).panel(0).row(0)[0] = 1;
  model.layers()[0].bias_in(parameters.span())[0] = -1000;
  Evaluator evaluator(Communicator::world(), model, LossOptions{}, prepared);
  for (const DeadUnits& layer : evaluator.dead_units(parameters.span())) EXPECT_EQ(layer.dead, 0U);
}

TEST(PoorScore, IsNoBetterThanAGuess) {
  const Fixture classes(Task::classification);
  std::array<double, 3> counts{};
  for (const std::int32_t label : classes.data.labels) ++counts[static_cast<std::size_t>(label)];
  EXPECT_EQ(score_of_a_guess(classes.prepared), std::ranges::max(counts) / kSamples);
  EXPECT_EQ(score_of_a_guess(Fixture(Task::regression).prepared), 0.0);
  EXPECT_TRUE(is_poor(0.25, 0.25));
  EXPECT_TRUE(is_poor(-0.5, 0));
  EXPECT_FALSE(is_poor(0.26, 0.25));
  EXPECT_FALSE(is_poor(1, 1)) << "all samples are of one class, and all are right";
}

TEST(PoorScore, ItsNoteNamesDeadUnits) {
  EXPECT_EQ(
      note_on_poor_score("test", Task::regression, 1, -0.03, {{0, 61, 64}, {1, 0, 64}, {2, 64, 64}}),
      "test_r2 -0.0300 after epoch 1 is no better than to name the mean; units that are 0 for all test samples, so "
      "that they may never learn again: 61 of 64 in layer 0, 64 of 64 in layer 2; lower "
      "optimizer.learning_rate, or use model.activation = \"leaky_relu\"");
  EXPECT_EQ(
      note_on_poor_score("validation", Task::classification, 3, 0.5, {{0, 0, 64}}),
      "validation_accuracy 0.5000 after epoch 3 is no better than to name the largest class; no unit is dead: train "
      "longer, or with another optimizer.learning_rate");
}

}  // namespace
}  // namespace lockstep

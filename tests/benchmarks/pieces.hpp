// What the benchmark programs share: the works, and how a piece's speed is reported beside its limit.
#pragma once

#include <benchmark/benchmark.h>

#include <span>
#include <string>
#include <vector>

#include "nn/model.hpp"

namespace lockstep {

/// A network by its widths, inputs first, and a global batch.
struct Work {
  std::string name;
  std::vector<std::size_t> widths;
  std::size_t batch;
};

/// Those of works.py on Fashion-MNIST.
inline const std::vector<Work> kWorks = {
    {"W1", {784, 512, 512, 10}, 64}, {"W2", {784, 512, 512, 10}, 256},         {"W3", {784, 512, 512, 10}, 1024},
    {"W4", {784, 128, 10}, 64},      {"W5", {784, 2048, 2048, 2048, 10}, 512},
};

inline constexpr std::size_t kSlices = 8;

/// With ReLU but for the last layer, by the kernels that a run takes as a rule.
inline Model model_of(std::span<const std::size_t> widths, Precision precision = Precision::float32) {
  std::vector<LayerOptions> layers;
  for (const std::size_t units : widths.subspan(1)) layers.push_back({.units = units});
  layers.back().activation = kActivation<Identity>;
  return {widths.front(), layers, Arithmetic(resolve(Kernels::automatic), precision)};
}

/// Adds the columns of a row: a piece's speed and its limit in the same `unit`, and their ratio.
inline void report(benchmark::State& state, const char* unit, double speed, double limit) {
  state.counters[unit] = speed;
  state.counters["limit"] = limit;
  state.counters["percent_of_limit"] = 100 * speed / limit;
}

/// Runs what is registered, as Google Benchmark's options say. Counters make columns unless these say otherwise.
/// `reporter` takes the place of the printed table. Returns the program's exit status.
inline int run_benchmarks(int argc, char** argv, benchmark::BenchmarkReporter* reporter = nullptr) {
  std::string tabular = "--benchmark_counters_tabular=true";
  std::string no_file = "--benchmark_out=";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, tabular.data());
  if (reporter != nullptr) arguments.push_back(no_file.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  benchmark::RunSpecifiedBenchmarks(reporter);
  return 0;
}

}  // namespace lockstep

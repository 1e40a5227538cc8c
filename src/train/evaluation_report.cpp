#include "train/evaluation_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "base/atomic_file.hpp"
#include "base/hdf5.hpp"
#include "base/version.hpp"
#include "metrics/lines.hpp"
#include "metrics/log.hpp"
#include "nn/loss.hpp"

namespace lockstep {

namespace {

constexpr const char* kMark = "lockstep_evaluation";  // the first key of a file, with the version that wrote it
constexpr std::size_t kMostPrinted = 20;              // classes of a confusion matrix
constexpr std::size_t kMostWritten = 1000;

}  // namespace

EvaluationReport::EvaluationReport(std::string checkpoint, const PreparedDataset& test, LossName loss,
                                   const Evaluation& evaluation, std::vector<NetworkScores> networks)
    : checkpoint_(std::move(checkpoint)),
      test_(&test),
      evaluation_(&evaluation),
      weights_(test.weights, evaluation.totals.weight),
      classify_(test.info.task == Task::classification),
      networks_(std::move(networks)) {
  for (const Metric metric : metrics_of(test.info.task, has_probabilities(loss), true))
    if (metric != Metric::loss || networks_.empty())
      values_.emplace_back(fmt::format("test_{}", info_of(metric).name), evaluation.value(metric));
  table_.names = test.info.output_names;
  const Totals& totals = evaluation.totals;
  const auto add = [&](const char* name, const auto& of, auto&& value) {
    std::vector<double> column;
    for (const auto& one : of) column.push_back(value(one));
    table_.columns.emplace_back(name, std::move(column));
  };
  if (classify_) {
    add("precision", totals.classes, formulas::precision);
    add("recall", totals.classes, formulas::recall);
    add("f1", totals.classes, formulas::f1);
  } else {
    add("r2", totals.targets, [](const TargetErrors& target) { return formulas::r2(target); });
    add("rmse", totals.targets, [&](const TargetErrors& target) { return formulas::rmse(target, totals.weight); });
    add("mae", totals.targets, [&](const TargetErrors& target) { return formulas::mae(target, totals.weight); });
  }
}

std::vector<double> EvaluationReport::support() const {
  std::vector<double> support;
  for (const ClassCounts& counts : evaluation_->totals.classes) support.push_back(weights_.weight(counts.support));
  return support;
}

std::vector<double> EvaluationReport::confusion() const {
  const std::size_t samples = test_->info.samples;
  std::vector<double> weights;
  for (const std::uint64_t count : formulas::confusion_matrix(
           ConstMatrix(evaluation_->outputs, samples, test_->info.outputs()), test_->labels, weights_.of(0, samples)))
    weights.push_back(weights_.weight(count));
  return weights;
}

std::int64_t EvaluationReport::row_of(std::size_t sample) const {
  return static_cast<std::int64_t>(test_->rows.empty() ? sample : test_->rows[sample]);
}

std::vector<double> EvaluationReport::outputs() const {
  std::vector<double> values(evaluation_->outputs.begin(), evaluation_->outputs.end());
  const std::size_t columns = test_->info.outputs();
  for (std::size_t i = 0; !classify_ && i < values.size(); ++i)
    values[i] = test_->transform.targets.raw(values[i], i % columns);
  return values;
}

void EvaluationReport::print() const {
  fmt::print("checkpoint: {}\n", checkpoint_);
  fmt::print("test_samples: {}\n", test_->info.samples);
  if (is_weighted()) fmt::print("weighted_by: {}\n", test_->info.weights);
  for (const auto& [name, value] : values_) fmt::print("{}: {}\n", name, full_number(value));
  print_table();
  if (classify_ && table_.names.size() <= kMostPrinted) print_confusion();
}

void EvaluationReport::print_table() const {
  std::size_t width = 6;
  for (const std::string& name : table_.names) width = std::max(width, name.size());
  fmt::print("\n{:<{}}", classify_ ? "class" : "target", width);
  for (const auto& [name, column] : table_.columns) fmt::print("  {:>9}", name);
  fmt::print("{}\n", classify_ ? "    support" : "");
  const std::vector<double> counts = support();
  for (std::size_t row = 0; row < table_.names.size(); ++row) {
    fmt::print("{:<{}}", table_.names[row], width);
    for (const auto& [name, column] : table_.columns) fmt::print("  {:>9}", short_number(column[row]));
    fmt::print("{}\n", classify_ ? fmt::format("  {:>9}", count_text(counts[row])) : "");
  }
}

void EvaluationReport::print_confusion() const {
  std::vector<std::string> counts;
  for (const double count : confusion()) counts.push_back(count_text(count));
  const std::size_t classes = table_.names.size();
  const std::size_t digits = std::max<std::size_t>(2, std::ranges::max(counts, {}, &std::string::size).size());
  fmt::print("\nconfusion matrix: a row per class, a column per prediction\n{:>2}", "");
  for (std::size_t c = 0; c < classes; ++c) fmt::print(" {:>{}}", c, digits);
  fmt::print("\n");
  for (std::size_t row = 0; row < classes; ++row) {
    fmt::print("{:>2}", row);
    for (std::size_t c = 0; c < classes; ++c) fmt::print(" {:>{}}", counts[row * classes + c], digits);
    fmt::print("  {}\n", table_.names[row]);
  }
}

std::string EvaluationReport::count_text(double count) const {
  return is_weighted() ? short_number(count) : fmt::format("{:.0f}", count);
}

void EvaluationReport::write(const std::filesystem::path& path, bool samples) const {
  if (path.extension() == ".json")
    write_json(path, samples);
  else
    write_hdf5(path, samples);
}

void EvaluationReport::write_hdf5(const std::filesystem::path& path, bool samples) const {
  AtomicFile whole(path);
  Hdf5File file = Hdf5File::create(whole.temporary());
  file.write_attribute(kMark, std::string(version()));
  file.write_attribute("checkpoint", checkpoint_);
  file.write_attribute("data", test_->info.source);
  file.write_attribute("test_samples", static_cast<std::int64_t>(test_->info.samples));
  if (is_weighted()) file.write_attribute("weighted_by", test_->info.weights);
  for (const auto& [name, value] : values_) file.write_attribute(name, value);
  const std::string group = classify_ ? "classes/" : "targets/";
  const std::size_t rows = table_.names.size();
  file.write_strings(group + "name", table_.names);
  for (const auto& [name, column] : table_.columns) file.write<double>(group + name, column, {rows}, Storage::checked);
  if (classify_) {
    const auto write_counts = [&](const char* name, const std::vector<double>& counts, const Hdf5File::Shape& shape) {
      if (is_weighted()) return file.write<double>(name, counts, shape, Storage::checked);
      file.write<std::int64_t>(name, std::vector<std::int64_t>(counts.begin(), counts.end()), shape, Storage::checked);
    };
    write_counts("classes/support", support(), {rows});
    if (rows <= kMostWritten) write_counts("confusion", confusion(), {rows, rows});
  }
  if (!networks_.empty()) {
    std::vector<std::string> names;
    for (const NetworkScores& network : networks_) names.push_back(network.name);
    file.write_strings("networks/name", names);
    for (std::size_t k = 0; k < networks_.front().scores.size(); ++k) {
      std::vector<double> column;
      for (const NetworkScores& network : networks_) column.push_back(network.scores[k].second);
      file.write<double>("networks/" + networks_.front().scores[k].first, column, {column.size()}, Storage::checked);
    }
  }
  if (samples) {
    const std::size_t count = test_->info.samples;
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < count; ++i) numbers.push_back(row_of(i));
    file.write<std::int64_t>("samples/row", numbers, {count}, Storage::checked);
    file.write<double>("samples/outputs", outputs(), {count, rows}, Storage::checked);
    if (classify_)
      file.write<std::int32_t>("samples/label", test_->labels, {count}, Storage::checked);
    else
      file.write<double>("samples/targets", test_->targets, {count, rows}, Storage::checked);
    if (is_weighted()) file.write<double>("samples/weight", test_->weights, {count}, Storage::checked);
  }
  file.close();
  whole.commit();
}

void EvaluationReport::write_json(const std::filesystem::path& path, bool samples) const {
  using Json = MetricsLog::Row;
  Json file{{kMark, version()},
            {"checkpoint", checkpoint_},
            {"data", test_->info.source},
            {"test_samples", test_->info.samples}};
  if (is_weighted()) file["weighted_by"] = test_->info.weights;
  const auto count_of = [&](double count) { return is_weighted() ? Json(count) : Json(std::llround(count)); };
  for (const auto& [name, value] : values_) file[name] = value;
  const std::size_t rows = table_.names.size();
  Json& table = file[classify_ ? "classes" : "targets"] = Json::array();
  const std::vector<double> supports = support();
  for (std::size_t row = 0; row < rows; ++row) {
    Json line{{"name", table_.names[row]}};
    for (const auto& [name, column] : table_.columns) line[name] = column[row];
    if (classify_) line["support"] = count_of(supports[row]);
    table.push_back(std::move(line));
  }
  if (classify_ && rows <= kMostWritten) {
    const std::vector<double> counts = confusion();
    Json& matrix = file["confusion"] = Json::array();
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (i % rows == 0) matrix.push_back(Json::array());
      matrix.back().push_back(count_of(counts[i]));
    }
  }
  for (const NetworkScores& network : networks_) {
    Json line{{"name", network.name}};
    for (const auto& [name, value] : network.scores) line[name] = value;
    file["networks"].push_back(std::move(line));
  }
  if (samples) {
    const std::vector<double> values = outputs();
    const auto part = [rows](auto&& all, std::size_t i) {
      return std::vector<double>(all.begin() + static_cast<std::ptrdiff_t>(i * rows),
                                 all.begin() + static_cast<std::ptrdiff_t>((i + 1) * rows));
    };
    Json& list = file["samples"] = Json::array();
    for (std::size_t i = 0; i < test_->info.samples; ++i) {
      Json line{{"row", row_of(i)}, {"outputs", part(values, i)}};
      if (classify_)
        line["label"] = test_->labels[i];
      else
        line["targets"] = part(test_->targets, i);
      if (is_weighted()) line["weight"] = test_->weights[i];
      list.push_back(std::move(line));
    }
  }
  write_text_file(path, file.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n');
}

bool EvaluationReport::recognises(const std::filesystem::path& path) {
  if (Hdf5File::recognises(path)) return Hdf5File::open(path).has_attribute(kMark);
  const std::string expected = fmt::format("{{\"{}\":", kMark);
  std::string beginning(expected.size(), '\0');
  std::ifstream(path, std::ios::binary).read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return beginning == expected;
}

}  // namespace lockstep

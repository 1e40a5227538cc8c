#include "data/predictions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string_view>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hdf5.hpp"

namespace lockstep {

namespace {

/// The text as a field of a CSV file, in quotes.
std::string quoted(const std::string& text) {
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += c;
    field += c;
  }
  return field + '"';
}

/// A value as a field of a CSV file: texts in quotes only where it has to be.
std::string field(const std::string& text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string::npos;
  return plain ? text : quoted(text);
}

template <class Number>
std::string field(Number number) {
  return fmt::format("{}", number);
}

/// The most likely class of each sample.
std::vector<std::size_t> classes_of(const DatasetInfo& data, const Predictions& predictions) {
  std::vector<std::size_t> classes;
  const auto width = static_cast<std::ptrdiff_t>(data.outputs());
  for (auto row = predictions.values.begin(); row != predictions.values.end(); row += width)
    classes.push_back(static_cast<std::size_t>(std::max_element(row, row + width) - row));
  return classes;
}

/// The labels of the most likely classes, as the data have them: numbers where they are numbers, else words.
void write_labels(Hdf5File& file, const DatasetInfo& data, const std::vector<std::size_t>& classes) {
  std::vector<std::string> words;
  std::vector<double> numbers;
  for (const std::size_t best : classes)
    if (data.class_values.empty())
      words.push_back(data.output_names[best]);
    else
      numbers.push_back(data.class_values[best]);
  const bool whole =
      std::all_of(data.class_values.begin(), data.class_values.end(), [](double v) { return std::trunc(v) == v; });
  if (data.class_values.empty())
    file.write_strings("labels", words);
  else if (whole)
    file.write<std::int64_t>("labels", std::vector<std::int64_t>(numbers.begin(), numbers.end()), {classes.size()},
                             Storage::checked);
  else
    file.write<double>("labels", numbers, {classes.size()}, Storage::checked);
}

void write_kept(Hdf5File& file, const std::string& name, const std::vector<std::string>& texts) {
  file.write_strings(name, texts);
}

template <class Number>
void write_kept(Hdf5File& file, const std::string& name, const std::vector<Number>& numbers) {
  file.write<Number>(name, numbers, {numbers.size()}, Storage::checked);
}

}  // namespace

Predictions predictions_of(const DatasetInfo& data, const Scaling& targets, ConstMatrix outputs) {
  Predictions predictions;
  predictions.is_float32 = data.task == Task::classification || targets == Scaling();
  predictions.values.assign(outputs.values().begin(), outputs.values().end());
  if (data.task == Task::classification) return predictions;
  for (std::size_t i = 0; i < predictions.values.size(); ++i) {
    double& value = predictions.values[i];
    const std::size_t target = i % outputs.cols();
    value = targets.raw(value, target);
    if (!std::isfinite(value))
      throw failure("sample {}: the prediction of '{}' is not finite on the scale of its targets", i / outputs.cols(),
                    data.output_names[target]);
  }
  return predictions;
}

void MeanOfPredictions::add(const Predictions& one) {
  ++count_;
  if (count_ == 1) {
    mean_ = one;
    squares_.resize(one.values.size());
    return;
  }
  // B. P. Welford 1962, "Note on a method for calculating corrected sums of squares and products"
  for (std::size_t i = 0; i < squares_.size(); ++i) {
    const double distance = one.values[i] - mean_.values[i];
    mean_.values[i] += distance / static_cast<double>(count_);
    squares_[i] += distance * (one.values[i] - mean_.values[i]);
  }
}

Predictions MeanOfPredictions::mean(const DatasetInfo& data) && {
  if (count_ == 1) return std::move(mean_);
  mean_.is_float32 = data.task == Task::classification;
  mean_.spread = std::move(squares_);
  for (double& value : mean_.spread) value = std::sqrt(value / static_cast<double>(count_ - 1));
  return std::move(mean_);
}

void write_predictions_csv(const std::filesystem::path& path, const DatasetInfo& data, const Predictions& predictions,
                           std::span<const KeptColumn> kept) {
  const bool classification = data.task == Task::classification;
  const bool has_spread = !predictions.spread.empty();
  std::string text = "sample";
  for (const KeptColumn& column : kept) text += ',' + quoted(column.name);
  if (classification) text += ",class";
  for (const std::string& name : data.output_names) text += ',' + quoted(name);
  for (const std::string& name : data.output_names)
    if (has_spread) text += ',' + quoted(name + " sd");
  text += '\n';
  const std::vector<std::size_t> classes = classification ? classes_of(data, predictions) : std::vector<std::size_t>();
  const std::size_t width = data.outputs();
  for (std::size_t r = 0; r < predictions.samples(data); ++r) {
    text += std::to_string(r);
    for (const KeptColumn& column : kept)
      text += std::visit([r](const auto& values) { return ',' + field(values[r]); }, column.values);
    if (classification) text += ',' + quoted(data.output_names[classes[r]]);
    for (std::size_t i = r * width; i < (r + 1) * width; ++i)
      text += predictions.is_float32 ? fmt::format(",{}", static_cast<float>(predictions.values[i]))
                                     : fmt::format(",{}", predictions.values[i]);
    for (std::size_t i = r * width; has_spread && i < (r + 1) * width; ++i)
      text += fmt::format(",{}", static_cast<float>(predictions.spread[i]));
    text += '\n';
  }
  write_text_file(path, text);
}

void write_predictions_hdf5(const std::filesystem::path& path, const DatasetInfo& data, const Predictions& predictions,
                            std::span<const KeptColumn> kept) {
  AtomicFile whole(path);
  Hdf5File file = Hdf5File::create(whole.temporary());
  const std::vector<double>& values = predictions.values;
  const Hdf5File::Shape shape = {predictions.samples(data), data.outputs()};
  file.write_strings("output_names", data.output_names);
  for (const KeptColumn& column : kept)
    std::visit([&](const auto& of_column) { write_kept(file, "kept/" + column.name, of_column); }, column.values);
  if (data.task == Task::regression) {
    file.write<double>("outputs", values, shape, Storage::checked);
  } else {
    file.write<float>("outputs", std::vector<float>(values.begin(), values.end()), shape, Storage::checked);
    write_labels(file, data, classes_of(data, predictions));
  }
  if (!predictions.spread.empty()) file.write<double>("spread", predictions.spread, shape, Storage::checked);
  file.close();
  whole.commit();
}

bool is_predictions_file(const std::filesystem::path& path) {
  if (Hdf5File::recognises(path)) {
    const Hdf5File file = Hdf5File::open(path);
    return file.has("outputs") && file.has("output_names") && !file.has("features");
  }
  // No table that people make begins so, with quotes around all names but the first.
  std::string beginning(std::string_view(R"(sample,class,")").size(), '\0');
  std::ifstream(path, std::ios::binary).read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return beginning == R"(sample,class,")" || beginning.starts_with(R"(sample,")");
}

}  // namespace lockstep

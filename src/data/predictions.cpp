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

/// A prediction of a regression in the units of the data.
double in_data_units(const DatasetInfo& data, const Scaling& targets, ConstMatrix outputs, std::size_t r,
                     std::size_t c) {
  const double value = targets.raw(static_cast<double>(outputs.row(r)[c]), c);
  if (!std::isfinite(value))
    throw failure("sample {}: the prediction of '{}' is not finite on the scale of its targets", r,
                  data.output_names[c]);
  return value;
}

/// The labels of the most likely classes, as the data have them: numbers where they are numbers, else words.
void write_labels(Hdf5File& file, const DatasetInfo& data, ConstMatrix outputs) {
  std::vector<std::string> words;
  std::vector<double> numbers;
  for (std::size_t r = 0; r < outputs.rows(); ++r)
    if (const std::size_t best = argmax(outputs.row(r)); data.class_values.empty())
      words.push_back(data.output_names[best]);
    else
      numbers.push_back(data.class_values[best]);
  const bool whole =
      std::all_of(data.class_values.begin(), data.class_values.end(), [](double v) { return std::trunc(v) == v; });
  if (data.class_values.empty())
    file.write_strings("labels", words);
  else if (whole)
    file.write<std::int64_t>("labels", std::vector<std::int64_t>(numbers.begin(), numbers.end()), {outputs.rows()},
                             Storage::checked);
  else
    file.write<double>("labels", numbers, {outputs.rows()}, Storage::checked);
}

void write_kept(Hdf5File& file, const std::string& name, const std::vector<std::string>& texts) {
  file.write_strings(name, texts);
}

template <class Number>
void write_kept(Hdf5File& file, const std::string& name, const std::vector<Number>& numbers) {
  file.write<Number>(name, numbers, {numbers.size()}, Storage::checked);
}

}  // namespace

void write_predictions_csv(const std::filesystem::path& path, const DatasetInfo& data, const Scaling& targets,
                           ConstMatrix outputs, std::span<const KeptColumn> kept) {
  const bool classification = data.task == Task::classification;
  const bool scaled = !classification && targets != Scaling();
  std::string text = "sample";
  for (const KeptColumn& column : kept) text += ',' + quoted(column.name);
  if (classification) text += ",class";
  for (const std::string& name : data.output_names) text += ',' + quoted(name);
  text += '\n';
  for (std::size_t r = 0; r < outputs.rows(); ++r) {
    const std::span<const float> row = outputs.row(r);
    text += std::to_string(r);
    for (const KeptColumn& column : kept)
      text += std::visit([r](const auto& values) { return ',' + field(values[r]); }, column.values);
    if (classification) text += ',' + quoted(data.output_names[argmax(row)]);
    for (std::size_t c = 0; c < row.size(); ++c)
      text += scaled ? fmt::format(",{}", in_data_units(data, targets, outputs, r, c)) : fmt::format(",{}", row[c]);
    text += '\n';
  }
  write_text_file(path, text);
}

void write_predictions_hdf5(const std::filesystem::path& path, const DatasetInfo& data, const Scaling& targets,
                            ConstMatrix outputs, std::span<const KeptColumn> kept) {
  AtomicFile whole(path);
  Hdf5File file = Hdf5File::create(whole.temporary());
  const Hdf5File::Shape shape = {outputs.rows(), outputs.cols()};
  file.write_strings("output_names", data.output_names);
  for (const KeptColumn& column : kept)
    std::visit([&](const auto& values) { write_kept(file, "kept/" + column.name, values); }, column.values);
  if (data.task == Task::regression) {
    std::vector<double> values;
    for (std::size_t r = 0; r < outputs.rows(); ++r)
      for (std::size_t c = 0; c < outputs.cols(); ++c) values.push_back(in_data_units(data, targets, outputs, r, c));
    file.write<double>("outputs", values, shape, Storage::checked);
  } else {
    file.write<float>("outputs", outputs.values(), shape, Storage::checked);
    write_labels(file, data, outputs);
  }
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

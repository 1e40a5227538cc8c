#include "data/predictions.hpp"

#include <csv.h>
#include <fmt/format.h>

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
  std::string field(2 * text.size() + 2, '\0');
  field.resize(csv_write(field.data(), field.size(), text.data(), text.size()));
  return field;
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

}  // namespace

void write_predictions_csv(const std::filesystem::path& path, const DatasetInfo& data, const Scaling& targets,
                           ConstMatrix outputs) {
  const bool classification = data.task == Task::classification;
  const bool scaled = !classification && targets != Scaling();
  std::string text = classification ? "sample,class" : "sample";
  for (const std::string& name : data.output_names) text += ',' + quoted(name);
  text += '\n';
  for (std::size_t r = 0; r < outputs.rows(); ++r) {
    const std::span<const float> row = outputs.row(r);
    text += std::to_string(r);
    if (classification) text += ',' + quoted(data.output_names[argmax(row)]);
    for (std::size_t c = 0; c < row.size(); ++c)
      text += scaled ? fmt::format(",{}", in_data_units(data, targets, outputs, r, c)) : fmt::format(",{}", row[c]);
    text += '\n';
  }
  write_text_file(path, text);
}

void write_predictions_hdf5(const std::filesystem::path& path, const DatasetInfo& data, const Scaling& targets,
                            ConstMatrix outputs) {
  AtomicFile whole(path);
  Hdf5File file = Hdf5File::create(whole.temporary());
  const Hdf5File::Shape shape = {outputs.rows(), outputs.cols()};
  file.write_strings("output_names", data.output_names);
  if (data.task == Task::regression) {
    std::vector<double> values;
    for (std::size_t r = 0; r < outputs.rows(); ++r)
      for (std::size_t c = 0; c < outputs.cols(); ++c) values.push_back(in_data_units(data, targets, outputs, r, c));
    file.write<double>("outputs", values, shape, Storage::checked);
  } else {
    file.write<float>("outputs", outputs.values(), shape, Storage::checked);
    std::vector<std::int32_t> labels;
    for (std::size_t r = 0; r < outputs.rows(); ++r)
      labels.push_back(static_cast<std::int32_t>(argmax(outputs.row(r))));
    file.write<std::int32_t>("labels", labels, {labels.size()}, Storage::checked);
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

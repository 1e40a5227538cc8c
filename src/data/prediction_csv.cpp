// Predictions as a CSV file.
#include <fmt/compile.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/error.hpp"
#include "data/predictions.hpp"

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

/// Appends a value as a field: texts in quotes only where it has to be.
void append_field(const std::string& text, std::string& line) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string::npos;
  line += plain ? text : quoted(text);
}

template <class Number>
void append_field(Number number, std::string& line) {
  fmt::format_to(std::back_inserter(line), FMT_COMPILE("{}"), number);
}

class PredictionCsv : public PredictionFile {
 public:
  PredictionCsv(const std::filesystem::path& path, const DatasetInfo& data) : PredictionFile(path, data), path_(path) {
    for (const std::string& name : data.output_names) names_.push_back(quoted(name));
  }

  void prepare(PredictedBlock& block) const override {
    std::string text = block.first == 0 ? header_of(block) : "";
    const Predictions& predictions = block.predictions;
    const std::vector<std::size_t> classes = classify() ? predictions.classes(data()) : std::vector<std::size_t>();
    const auto append_row = [&](const std::vector<double>& values, std::size_t row, bool is_float32) {
      for (std::size_t i = row * names_.size(); i < (row + 1) * names_.size(); ++i) {
        text += ',';
        if (is_float32)
          append_field(static_cast<float>(values[i]), text);
        else
          append_field(values[i], text);
      }
    };
    for (std::size_t r = 0; r < block.samples; ++r) {
      append_field(block.first + r, text);
      for (const KeptColumn& column : block.kept) {
        text += ',';
        std::visit([&](const auto& values) { append_field(values[r], text); }, column.values);
      }
      if (classify()) (text += ',') += names_[classes[r]];
      append_row(predictions.values, r, predictions.is_float32);
      if (!predictions.spread.empty()) append_row(predictions.spread, r, true);
      text += '\n';
    }
    block.text = std::move(text);
    block.predictions = {};
    block.kept = {};
  }

  void append(const PredictedBlock& block) override {
    if (!stream_.is_open()) stream_.open(whole().temporary(), std::ios::binary);
    stream_.write(block.text.data(), static_cast<std::streamsize>(block.text.size()));
    check();
  }

  void commit() override {
    stream_.close();
    check();
    whole().commit();
  }

 private:
  [[nodiscard]] bool classify() const { return data().task == Task::classification; }

  [[nodiscard]] std::string header_of(const PredictedBlock& block) const {
    std::string line = "sample";
    for (const KeptColumn& column : block.kept) line += ',' + quoted(column.name);
    if (classify()) line += ",class";
    for (const std::string& name : names_) line += ',' + name;
    for (const std::string& name : data().output_names)
      if (!block.predictions.spread.empty()) line += ',' + quoted(name + " sd");
    return line + '\n';
  }

  void check() const {
    if (!stream_) throw failure("{}: cannot write: {}", path_.string(), std::strerror(errno));
  }

  std::filesystem::path path_;
  std::vector<std::string> names_;  // of the outputs, as fields
  std::ofstream stream_;
};

}  // namespace

std::unique_ptr<PredictionFile> make_prediction_csv(const std::filesystem::path& path, const DatasetInfo& data) {
  return std::make_unique<PredictionCsv>(path, data);
}

}  // namespace lockstep

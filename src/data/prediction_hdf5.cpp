// Predictions as an HDF5 file.
#include <algorithm>
#include <cmath>
#include <memory>

#include "base/hdf5.hpp"
#include "data/predictions.hpp"

namespace lockstep {

namespace {

class PredictionHdf5 : public PredictionFile {
 public:
  using PredictionFile::PredictionFile;

  void append(const PredictedBlock& block) override {
    if (!file_) {
      file_ = std::make_unique<Hdf5File>(Hdf5File::create(whole().temporary()));
      file_->write_strings("output_names", data().output_names);
      chunk_ = block.samples;
    }
    for (const KeptColumn& column : block.kept)
      std::visit([&](const auto& values) { append_column("kept/" + column.name, values); }, column.values);
    const std::vector<double>& values = block.predictions.values;
    const Hdf5File::Shape row = {data().outputs()};
    if (data().task == Task::regression) {
      file_->append<double>("outputs", values, row, chunk_);
    } else {
      file_->append<float>("outputs", std::vector<float>(values.begin(), values.end()), row, chunk_);
      append_labels(block.predictions.classes(data()));
    }
    const std::vector<double>& spread = block.predictions.spread;
    if (!spread.empty()) file_->append<double>("spread", spread, row, chunk_);
  }

  void commit() override {
    file_->close();
    whole().commit();
  }

 private:
  void append_column(const std::string& name, const std::vector<std::string>& texts) {
    file_->append_strings(name, texts, chunk_);
  }
  template <class Number>
  void append_column(const std::string& name, const std::vector<Number>& numbers) {
    file_->append<Number>(name, numbers, {}, chunk_);
  }

  /// The labels of the most likely classes, as the data have them: numbers where they are numbers, else words.
  void append_labels(const std::vector<std::size_t>& classes) {
    const std::vector<double>& numbers = data().class_values;
    if (numbers.empty())
      file_->append_names("labels", classes, data().output_names, chunk_);
    else if (std::ranges::all_of(numbers, [](double number) { return std::trunc(number) == number; }))
      append_column("labels", labels_of<std::int64_t>(classes, numbers));
    else
      append_column("labels", labels_of<double>(classes, numbers));
  }

  template <class Label>
  static std::vector<Label> labels_of(const std::vector<std::size_t>& classes, const std::vector<double>& of_class) {
    std::vector<Label> labels;
    labels.reserve(classes.size());
    for (const std::size_t best : classes) labels.push_back(static_cast<Label>(of_class[best]));
    return labels;
  }

  std::unique_ptr<Hdf5File> file_;
  std::size_t chunk_ = 0;  // rows: those of the first block
};

}  // namespace

std::unique_ptr<PredictionFile> make_prediction_hdf5(const std::filesystem::path& path, const DatasetInfo& data) {
  return std::make_unique<PredictionHdf5>(path, data);
}

}  // namespace lockstep

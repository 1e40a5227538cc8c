#include "lockstep/predictor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/number.hpp"
#include "data/predictions.hpp"
#include "predict/row_predictor.hpp"
#include "predict/trained_model.hpp"

namespace lockstep {

namespace {

/// What `work` returns; its errors become those of the interface.
template <class Work>
decltype(auto) with_public_errors(const Work& work) {
  try {
    return work();
  } catch (const PredictorError&) {
    throw;
  } catch (const std::exception& error) {
    throw PredictorError(error.what());
  }
}

}  // namespace

struct Predictor::Network {
  explicit Network(const std::filesystem::path& path)
      : trained(load_trained_model(path)),
        feature_names(trained.info.data.feature_names),
        rows(trained.info.data, trained.info.transform, trained.model, trained.parameters.span(),
             trained.config.train.loss.name, sample_text) {
    for (const std::vector<std::string>& list : trained.info.data.feature_words) words.emplace_back(list);
    words.resize(trained.info.data.features());
    for (std::size_t c = feature_names.size(); c < words.size(); ++c) feature_names.push_back(std::to_string(c));
  }

  TrainedModel trained;
  std::vector<std::string> feature_names;
  std::vector<WordList> words;  // of each column
  RowPredictor rows;

  [[nodiscard]] const WordList& words_of(std::size_t feature) const {
    if (feature < words.size()) return words[feature];
    throw bad_input("there is no feature {}; they are counted from 0 to {}", feature, words.size() - 1);
  }

  [[nodiscard]] bool is_gap(std::string_view text) const {
    return is_missing(text) || std::ranges::count(trained.config.data.gaps.words, text) > 0;
  }

  [[nodiscard]] double word(std::size_t feature, std::string_view text) const {
    const WordList& list = words_of(feature);
    if (list.size() == 0) throw bad_input("{} has numbers, and no words", feature_name(trained.info.data, feature));
    if (is_gap(text)) return std::numeric_limits<double>::quiet_NaN();
    const std::size_t number = list.find_spelling(text);
    if (number == list.size() && trained.config.data.words.unseen == Unseen::error)
      throw bad_input("{}: '{}' {}", feature_name(trained.info.data, feature), text, why_unseen(list));
    return static_cast<double>(number);
  }

  [[nodiscard]] Predictions predict(std::span<const double> features, std::size_t outputs_size) const {
    const DatasetInfo& data = trained.info.data;
    const std::size_t samples = outputs_size / data.outputs();
    if (features.size() != samples * data.features() || outputs_size != samples * data.outputs())
      throw bad_input("{} features and room for {} outputs; a sample has {} features and {} outputs", features.size(),
                      outputs_size, data.features(), data.outputs());
    std::vector<float> values(outputs_size);
    const Matrix outputs(values, samples, data.outputs());
    check_features(features, data, trained.config.data.words.unseen);
    PredictionRoom room(trained.model, samples);
    rows.predict(features, outputs, room);
    return predictions_of(data, trained.info.transform.targets, outputs, sample_text);
  }
};

Predictor::Predictor(const std::filesystem::path& checkpoint_or_run_folder)
    : network_(with_public_errors([&] { return std::make_unique<const Network>(checkpoint_or_run_folder); })) {}

Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

std::size_t Predictor::features() const {
  return network_->feature_names.size();
}

const std::vector<std::string>& Predictor::feature_names() const {
  return network_->feature_names;
}

std::size_t Predictor::outputs() const {
  return output_names().size();
}

const std::vector<std::string>& Predictor::output_names() const {
  return network_->trained.info.data.output_names;
}

bool Predictor::classifies() const {
  return network_->trained.info.data.task == Task::classification;
}

const std::string& Predictor::digest() const {
  return network_->trained.info.digest;
}

const std::vector<std::string>& Predictor::words(std::size_t feature) const {
  return with_public_errors([&]() -> const std::vector<std::string>& { return network_->words_of(feature).words(); });
}

double Predictor::word(std::size_t feature, std::string_view text) const {
  return with_public_errors([&] { return network_->word(feature, text); });
}

void Predictor::predict(std::span<const double> features, std::span<double> outputs) const {
  with_public_errors([&] { std::ranges::copy(network_->predict(features, outputs.size()).values, outputs.begin()); });
}

void Predictor::predict(std::span<const float> features, std::span<float> outputs) const {
  with_public_errors([&] {
    const std::vector<double> wide(features.begin(), features.end());
    std::ranges::transform(network_->predict(wide, outputs.size()).values, outputs.begin(),
                           [](double value) { return static_cast<float>(value); });
  });
}

}  // namespace lockstep

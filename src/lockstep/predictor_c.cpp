// The interface in C, by that in C++: no exception leaves it.
#include <algorithm>
#include <exception>
#include <string_view>

#include "lockstep/predictor.h"
#include "lockstep/predictor.hpp"

struct LockstepPredictor {
  lockstep::Predictor predictor;
};

namespace {

/// Calls `work`, and tells why it failed. 0, or -1 where it did.
template <class Work>
int status_of(char* error, std::size_t error_size, const Work& work) noexcept {
  const auto tell = [&](std::string_view text) {
    if (error == nullptr || error_size == 0) return;
    const std::size_t length = std::min(text.size(), error_size - 1);
    *std::copy_n(text.begin(), length, error) = '\0';
  };
  try {
    work();
    return 0;
  } catch (const std::exception& caught) {
    tell(caught.what());
  } catch (...) {
    tell("an unknown error");
  }
  return -1;
}

const char* name_of(const std::vector<std::string>& names, std::size_t number) {
  return number < names.size() ? names[number].c_str() : nullptr;
}

template <class Number>
int predict(const LockstepPredictor& of, std::size_t samples, const Number* features, Number* outputs, char* error,
            std::size_t error_size) {
  return status_of(error, error_size, [&] {
    of.predictor.predict(std::span<const Number>(features, samples * of.predictor.features()),
                         std::span<Number>(outputs, samples * of.predictor.outputs()));
  });
}

}  // namespace

LockstepPredictor* lockstep_predictor_load(const char* checkpoint_or_run_folder, char* error, size_t error_size) {
  LockstepPredictor* loaded = nullptr;
  status_of(error, error_size, [&] { loaded = new LockstepPredictor{lockstep::Predictor(checkpoint_or_run_folder)}; });
  return loaded;
}

void lockstep_predictor_free(LockstepPredictor* predictor) {
  delete predictor;
}

size_t lockstep_predictor_features(const LockstepPredictor* predictor) {
  return predictor->predictor.features();
}

size_t lockstep_predictor_outputs(const LockstepPredictor* predictor) {
  return predictor->predictor.outputs();
}

const char* lockstep_predictor_feature_name(const LockstepPredictor* predictor, size_t feature) {
  return name_of(predictor->predictor.feature_names(), feature);
}

const char* lockstep_predictor_output_name(const LockstepPredictor* predictor, size_t output) {
  return name_of(predictor->predictor.output_names(), output);
}

int lockstep_predictor_classifies(const LockstepPredictor* predictor) {
  return predictor->predictor.classifies() ? 1 : 0;
}

const char* lockstep_predictor_digest(const LockstepPredictor* predictor) {
  return predictor->predictor.digest().c_str();
}

int lockstep_predictor_word(const LockstepPredictor* predictor, size_t feature, const char* text, double* number,
                            char* error, size_t error_size) {
  return status_of(error, error_size, [&] { *number = predictor->predictor.word(feature, text); });
}

int lockstep_predictor_predict(const LockstepPredictor* predictor, size_t samples, const double* features,
                               double* outputs, char* error, size_t error_size) {
  return predict(*predictor, samples, features, outputs, error, error_size);
}

int lockstep_predictor_predict_float(const LockstepPredictor* predictor, size_t samples, const float* features,
                                     float* outputs, char* error, size_t error_size) {
  return predict(*predictor, samples, features, outputs, error, error_size);
}

#include "data/guess_names.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace lockstep {

namespace {

/// Pairs that are usual, in small letters, the most telling first.
constexpr std::pair<std::string_view, std::string_view> kPairs[] = {{"x_train", "y_train"},
                                                                    {"train_x", "train_y"},
                                                                    {"train_images", "train_labels"},
                                                                    {"images_train", "labels_train"},
                                                                    {"train_data", "train_labels"},
                                                                    {"train/features", "train/labels"},
                                                                    {"train/features", "train/targets"},
                                                                    {"train/x", "train/y"},
                                                                    {"train/images", "train/labels"},
                                                                    {"features", "labels"},
                                                                    {"features", "targets"},
                                                                    {"x", "y"},
                                                                    {"images", "labels"},
                                                                    {"data", "labels"},
                                                                    {"data", "label"},
                                                                    {"data", "target"},
                                                                    {"inputs", "targets"},
                                                                    {"inputs", "outputs"},
                                                                    {"input", "output"},
                                                                    {"arr_0", "arr_1"}};

std::string in_small_letters(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// The name that is, in small letters, `wanted`; empty where there is none.
std::string find(std::span<const std::string> names, std::string_view wanted) {
  const auto found = std::ranges::find(names, wanted, in_small_letters);
  return found == names.end() ? "" : *found;
}

/// What the same of the test set would be called.
std::string of_test(std::string_view of_train) {
  constexpr std::string_view kTrain = "train";
  std::string name(of_train);
  const std::size_t at = name.find(kTrain);
  return at == std::string::npos ? "" : name.replace(at, kTrain.size(), "test");
}

}  // namespace

std::optional<GuessedNames> guess_names(std::span<const std::string> names) {
  for (const auto& [features, outputs] : kPairs) {
    GuessedNames guess{find(names, features), find(names, outputs), find(names, of_test(features)),
                       find(names, of_test(outputs))};
    if (guess.features.empty() || guess.outputs.empty()) continue;
    if (guess.test_features.empty() || guess.test_outputs.empty()) guess.test_features = guess.test_outputs = "";
    return guess;
  }
  return std::nullopt;
}

}  // namespace lockstep

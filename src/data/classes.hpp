// The one rule that turns the labels of a file, words or numbers, into classes. All formats use it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "data/dataset.hpp"

namespace lockstep {

/// What is known of the classes before a file's labels are read.
struct KnownClasses {
  std::vector<std::string> names;  // in order; empty: the classes are the labels that occur
  std::vector<double> values;      // of each class, the number that labels give it,
                                   // where that is known
  bool trained = false;            // they are those of a training set, and the file is another set
};

/// The number that each name is; nothing where one of them is a word.
std::vector<double> numbers_of(const std::vector<std::string>& names);

/// The classes of the training set, for the labels of other sets.
KnownClasses classes_of(const DatasetInfo& train);

/// The labels of a file, one per sample, in their order. Numbers are compared by value, however they are spelt.
class ClassLabels {
 public:
  /// Places are numbers of samples in the file `source`, or what `where` makes of them: "table.csv:7: column 'kind'",
  /// so that a message goes on with "is 'NA', ...".
  explicit ClassLabels(const std::string& source);
  explicit ClassLabels(Where where) : where_(std::move(where)) {}

  /// The label of the next sample. Texts are without blanks around them. Bad input when there are more different ones
  /// than any data set has classes.
  void add(std::string_view text, std::uint64_t place);
  void add(std::string_view text) { add(text, samples_); }
  void add(std::int64_t number);
  void add(double number);

  /// Fills in the classes' names and values and every sample's class.
  ///
  /// Without known names the classes are the labels that occur: in the order of their values where all are numbers,
  /// else by alphabet. With names, a text is the class of that name, and a number k that is no name itself is the
  /// class with the value k or, where values are not known, class k counted from 0.
  ///
  /// Bad input, with the place, when a label has no class or is a missing value that is not among the names; in a
  /// training set also when fewer than two classes occur, or when numbers without names look like a regression's.
  void settle(const KnownClasses& known, DatasetInfo& info, Samples& samples);

  /// The labels added since the last call, by their numbers in the order in which they were met first; and the class of
  /// each such number.
  [[nodiscard]] std::vector<std::int32_t> take_numbers() { return std::exchange(labels_, {}); }
  [[nodiscard]] std::vector<std::int32_t> classes(const KnownClasses& known, DatasetInfo& info) const;

 private:
  struct Label {
    std::string name;             // numbers in their one spelling
    std::optional<double> value;  // where it is a number
    std::uint64_t place = 0;      // where it was met first
    std::uint64_t samples = 0;    // that have it
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): what the standard library looks for
  };
  std::int32_t number_of(std::string name, std::optional<double> value, std::uint64_t place);
  void add_sample(std::int32_t label);
  [[nodiscard]] std::string says(const Label& label) const;
  [[nodiscard]] Error missing(const Label& label) const;
  void refuse_regression() const;
  [[nodiscard]] std::vector<std::int32_t> find(DatasetInfo& info) const;
  [[nodiscard]] std::vector<std::int32_t> match(const KnownClasses& known, DatasetInfo& info) const;

  Where where_;
  bool texts_ = false;                // they came as texts, not as numbers
  std::size_t bytes_ = 0;             // of all keys
  std::vector<Label> different_;      // labels, as they were met
  std::vector<std::int32_t> labels_;  // of each sample, an index in different_
  std::uint64_t samples_ = 0;         // that were added
  std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> by_text_;  // every spelling
  std::unordered_map<std::int64_t, std::int32_t> by_number_;
};

/// The note on classes without a training sample.
std::string note_on_empty_classes(std::span<const std::string> names);

/// The classes without a sample.
std::vector<std::string> empty_classes(const DatasetInfo& info, std::span<const std::int32_t> labels);

}  // namespace lockstep

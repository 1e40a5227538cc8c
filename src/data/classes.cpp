#include "data/classes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/checks.hpp"
#include "data/number.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kMostClasses = 1'000'000;
constexpr std::size_t kMostBytes = 1U << 26;        // of all different labels
constexpr double kLargestWhole = 9007199254740992;  // 2^53: a double has every whole number up to here

constexpr const char* kLearnNumbers =
    "to learn numbers, a regression, set train.loss = \"mse\" (in HDF5 their "
    "dataset is 'targets'); if they are "
    "classes, name them in data.classes";

/// What a text means as a label: a number in its one spelling with its value, or a word. Larger numbers are words,
/// which are never taken for one another.
std::pair<std::string, std::optional<double>> meaning_of(std::string_view text) {
  const std::optional<double> number = parse_number(text);
  if (!number || std::abs(*number) > kLargestWhole) return {std::string(text), std::nullopt};
  return {canonical_number(*number), number};
}

bool is_whole(double value) {
  return std::trunc(value) == value;
}

/// How labels may be read as classes that have names.
class Reading {
 public:
  Reading(const KnownClasses& known, const std::string& source) : count_(known.names.size()) {
    for (std::size_t i = 0; i < count_; ++i) {
      const std::string name = meaning_of(known.names[i]).first;
      if (!names_.emplace(name, static_cast<std::int32_t>(i)).second)
        throw bad_input("{}: '{}' stands twice among its classes{}; give each its own name", source, name,
                        name == known.names[i] ? "" : fmt::format(", once as '{}'", known.names[i]));
    }
    for (std::size_t i = 0; i < known.values.size(); ++i)
      values_.emplace(canonical_number(known.values[i]), static_cast<std::int32_t>(i));
  }

  [[nodiscard]] std::optional<std::int32_t> by_name(const std::string& name) const { return look_up(names_, name); }
  [[nodiscard]] std::optional<std::int32_t> by_value(const std::string& name) const { return look_up(values_, name); }
  [[nodiscard]] std::optional<std::int32_t> by_position(std::optional<double> value) const {
    if (!value || !is_whole(*value) || *value < 0 || *value >= static_cast<double>(count_)) return std::nullopt;
    return static_cast<std::int32_t>(*value);
  }

 private:
  using Numbers = std::unordered_map<std::string, std::int32_t>;

  static std::optional<std::int32_t> look_up(const Numbers& numbers, const std::string& name) {
    const auto found = numbers.find(name);
    return found == numbers.end() ? std::nullopt : std::optional(found->second);
  }

  std::size_t count_;
  Numbers names_;
  Numbers values_;
};

}  // namespace

std::vector<double> numbers_of(const std::vector<std::string>& names) {
  std::vector<double> numbers;
  for (const std::string& name : names)
    if (const std::optional<double> number = meaning_of(name).second) numbers.push_back(*number);
  return numbers.size() == names.size() ? numbers : std::vector<double>{};
}

KnownClasses classes_of(const DatasetInfo& train) {
  if (train.task != Task::classification) return {{}, {}, true};
  return {train.output_names, train.class_values, true};
}

ClassLabels::ClassLabels(const std::string& source)
    : ClassLabels(
          [source](std::uint64_t sample) { return fmt::format("{}: the label of sample {}", source, sample); }) {}

std::int32_t ClassLabels::number_of(std::string name, std::optional<double> value, std::uint64_t place) {
  const auto known = by_text_.find(name);
  if (known != by_text_.end()) return known->second;
  const auto number = static_cast<std::int32_t>(different_.size());
  bytes_ += name.size();
  different_.push_back({name, value, place, 0});
  by_text_.emplace(std::move(name), number);
  if (different_.size() > kMostClasses || bytes_ > kMostBytes)
    throw bad_input(
        "{}, and up to here there are {} different labels; name a "
        "column of classes, or {}",
        says(different_.back()), different_.size(), kLearnNumbers);
  return number;
}

void ClassLabels::add_sample(std::int32_t label) {
  labels_.push_back(label);
  ++different_[static_cast<std::size_t>(label)].samples;
  ++samples_;
}

void ClassLabels::add(std::string_view text, std::uint64_t place) {
  texts_ = true;
  auto known = by_text_.find(text);
  if (known == by_text_.end()) {
    auto [name, value] = meaning_of(text);
    const std::int32_t number = number_of(std::move(name), value, place);
    known = by_text_.emplace(text, number).first;
    bytes_ += text.size();
  }
  add_sample(known->second);
}

void ClassLabels::add(std::int64_t number) {
  auto known = by_number_.find(number);
  if (known == by_number_.end()) {
    auto [name, value] = meaning_of(std::to_string(number));
    known = by_number_.emplace(number, number_of(std::move(name), value, samples_)).first;
  }
  add_sample(known->second);
}

void ClassLabels::add(double number) {
  if (std::abs(number) <= kLargestWhole && is_whole(number)) return add(static_cast<std::int64_t>(number));
  auto [name, value] = meaning_of(fmt::format("{}", number));
  add_sample(number_of(std::move(name), value, samples_));
}

std::string ClassLabels::says(const Label& label) const {
  constexpr std::size_t longest = 60;
  const std::string text = shortened(label.name, longest);
  return fmt::format("{} is {}", where_(label.place), texts_ ? fmt::format("'{}'", text) : text);
}

Error ClassLabels::missing(const Label& label) const {
  return bad_input(
      "{}, a missing value, as of {} in all; leave these samples "
      "out or, if it is a class, name it in data.classes",
      says(label), label.samples);
}

void ClassLabels::refuse_regression() const {
  // Class numbers run from 0 or 1 without gaps, with samples for each; a regression's numbers do not.
  constexpr std::size_t few = 10;
  constexpr std::size_t many = 100;
  const std::size_t count = different_.size();
  const std::uint64_t samples = samples_;
  std::vector<double> values;
  for (const Label& label : different_)
    if (label.value) {
      if (!is_whole(*label.value)) throw bad_input("{}, a fraction; {}", says(label), kLearnNumbers);
      values.push_back(*label.value);
    }
  if (count <= few) return;
  const bool numbers = values.size() == count;
  const bool rare = numbers ? samples < 3 * count : samples < 2 * count;
  bool scattered = false;
  if (numbers && count > many) {
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    scattered = *least < 0 || *least > 1 || *most - *least + 1 != static_cast<double>(count) || samples < 10 * count;
  }
  if (rare || scattered)
    throw bad_input(
        "{}, the first of {} different {} in {} samples, too many for classes; "
        "{}",
        says(different_.front()), count, numbers ? "numbers" : "words", samples,
        numbers ? kLearnNumbers : "name a column of classes, or all of them in data.classes");
}

/// The classes are the labels that occur. Returns the class of each different label.
std::vector<std::int32_t> ClassLabels::find(DatasetInfo& info) const {
  for (const Label& label : different_)
    if (is_missing(label.name)) throw missing(label);
  refuse_regression();
  const bool numbers =
      std::all_of(different_.begin(), different_.end(), [](const Label& label) { return label.value.has_value(); });
  std::vector<std::int32_t> order(different_.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    const Label& left = different_[static_cast<std::size_t>(a)];
    const Label& right = different_[static_cast<std::size_t>(b)];
    return numbers ? left.value < right.value : left.name < right.name;
  });
  std::vector<std::int32_t> classes(different_.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto label = static_cast<std::size_t>(order[i]);
    classes[label] = static_cast<std::int32_t>(i);
    info.output_names.push_back(different_[label].name);
    if (numbers) info.class_values.push_back(different_[label].value.value_or(0));
  }
  return classes;
}

/// The classes have names already. Returns the class of each different label.
std::vector<std::int32_t> ClassLabels::match(const KnownClasses& known, DatasetInfo& info) const {
  using Class = std::optional<std::int32_t>;
  const Reading reading(known, info.source);
  const std::vector<double> values_of_names = numbers_of(known.names);
  const auto by_name = [&](const Label& label) { return reading.by_name(label.name); };
  const auto by_value = [&](const Label& label) { return reading.by_value(label.name); };
  const auto by_position = [&](const Label& label) { return reading.by_position(label.value); };
  const auto all = [&](const auto& as) {
    return std::all_of(different_.begin(), different_.end(), [&](const Label& label) { return as(label).has_value(); });
  };

  info.output_names = known.names;
  std::function<Class(const Label&)> class_of;
  if (!known.values.empty()) {
    info.class_values = known.values;
    class_of = [&](const Label& label) {
      const Class first = texts_ ? by_name(label) : by_value(label);
      return first ? first : texts_ ? by_value(label) : by_name(label);
    };
  } else if (texts_ ? !all(by_name) && all(by_position) : values_of_names.empty() || all(by_position)) {
    const auto other = std::find_if(different_.begin(), different_.end(),
                                    [&](const Label& label) { return by_name(label) != by_position(label); });
    if (all(by_name) && other != different_.end())
      throw bad_input(
          "{}: the class of that name, or that of this number, counted from 0, "
          "which is '{}'? Give the classes names "
          "that are no numbers",
          says(*other), known.names[static_cast<std::size_t>(by_position(*other).value_or(0))]);
    info.class_values.resize(known.names.size());
    std::iota(info.class_values.begin(), info.class_values.end(), 0.0);
    class_of = by_position;
  } else {
    info.class_values = values_of_names;
    class_of = by_name;
  }

  std::vector<std::int32_t> classes;
  for (const Label& label : different_) {
    const Class found = class_of(label);
    if (!found && is_missing(label.name)) throw missing(label);
    if (!found)
      throw bad_input("{}, which is none of the {} classes{} {}", says(label), known.names.size(),
                      known.trained ? " of the training data:" : ":", list_names(known.names));
    classes.push_back(*found);
  }
  return classes;
}

std::vector<std::int32_t> ClassLabels::classes(const KnownClasses& known, DatasetInfo& info) const {
  std::vector<std::int32_t> classes = known.names.empty() ? find(info) : match(known, info);
  const bool one = std::adjacent_find(classes.begin(), classes.end(), std::not_equal_to<>()) == classes.end();
  if (one && !known.trained)
    throw bad_input(
        "{}, as of all {} samples; a classification needs samples "
        "of two classes",
        says(different_.front()), samples_);
  return classes;
}

void ClassLabels::settle(const KnownClasses& known, DatasetInfo& info, Samples& samples) {
  const std::vector<std::int32_t> of_labels = classes(known, info);
  for (std::int32_t& label : labels_) label = of_labels[static_cast<std::size_t>(label)];
  samples.labels = std::move(labels_);
}

std::string note_on_empty_classes(std::span<const std::string> names) {
  return fmt::format("no training sample is of class {}", list_names(names));
}

std::vector<std::string> empty_classes(const DatasetInfo& info, std::span<const std::int32_t> labels) {
  if (info.task == Task::regression) return {};
  std::vector<bool> seen(info.outputs());
  for (const std::int32_t label : labels) seen[static_cast<std::size_t>(label)] = true;
  std::vector<std::string> empty;
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (!seen[i]) empty.push_back(info.output_names[i]);
  return empty;
}

}  // namespace lockstep

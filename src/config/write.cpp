#include "config/write.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

#include "config/given_value.hpp"
#include "config/schema.hpp"

namespace lockstep {

namespace {

template <class T>
std::string toml_of(const T& value) {
  std::ostringstream text;
  text << toml::value<T>(value);
  return text.str();
}

/// A visitor of the schema that collects keys with their values: those that have an effect, or ask for nothing, so that
/// whoever reads the text again may judge it.
class Writer {
 public:
  explicit Writer(const Config& config) : config_(config) {}

  void text(const Key& key, const std::string& value) { add(key, value, toml_of(value)); }
  void flag(const Key& key, bool value) { add(key, value, toml_of(value)); }
  void number(const Key& key, double value, const Limits&) { add(key, value, fmt::format("{}", value)); }
  void number(const Key& key, std::uint64_t value, const Limits&) {
    add(key, value, toml_of(static_cast<std::int64_t>(value)));
  }

  void texts(const Key& key, const std::vector<std::string>& values) {
    std::vector<std::string> items;
    for (const std::string& value : values) items.push_back(toml_of(value));
    add(key, values, fmt::format("[{}]", fmt::join(items, ", ")));
  }

  template <class Enum, std::size_t N>
  void choice(const Key& key, const Enum& value, const Choice<Enum> (&choices)[N]) {
    add(key, value, quoted_name(value, choices));
  }

  void file(const Key& key, const DataFile& value) {
    if (!value.has_outputs() && value.names == ArrayNames{}) return add(key, value.path, paths(value.path));
    const bool images = config_.data.format == DataFormat::idx;
    std::vector<std::string> items = {fmt::format("{} = {}",
                                                  !value.has_outputs() ? "path"
                                                  : images             ? "images"
                                                                       : "features",
                                                  paths(value.path))};
    if (!value.labels.empty()) items.push_back("labels = " + paths(value.labels));
    if (!value.targets.empty()) items.push_back("targets = " + paths(value.targets));
    if (value.names != ArrayNames{}) items.push_back("names = " + toml_of_names(value.names));
    add(key, value, fmt::format("{{ {} }}", fmt::join(items, ", ")));
  }

  void names(const Key& key, const ArrayNames& value) {
    if (value != ArrayNames{}) add(key, value, toml_of_names(value));
  }

  void class_weights(const Key& key, const ClassWeights& value) {
    std::vector<std::string> items;
    for (const auto& [name, weight] : value.by_class)
      items.push_back(fmt::format("{} = {}", quoted_toml(name), weight));
    if (items.empty())
      add(key, value, toml_of(std::string(value.balanced ? "balanced" : "none")));
    else
      add(key, value, fmt::format("{{ {} }}", fmt::join(items, ", ")));
  }

  void number_or_word(const Key& key, std::uint64_t value, const Limits& limits, const char* word,
                      std::uint64_t meaning) {
    if (value == meaning)
      add(key, true, toml_of(std::string(word)));
    else
      number(key, value, limits);
  }

  template <class Enum, std::size_t N>
  void by_column(const Key& key, const ByColumn<Enum>& value, const Choice<Enum> (&choices)[N]) {
    const auto all = value.given.find(kAllColumns);
    if (value.given.size() == (all == value.given.end() ? 0 : 1))
      return add(key, value, quoted_name(all == value.given.end() ? Enum{} : all->second, choices));
    std::vector<std::string> items;
    for (const auto& [column, choice] : value.given)
      items.push_back(fmt::format("{} = {}", toml_of(column), quoted_name(choice, choices)));
    add(key, value, fmt::format("{{ {} }}", fmt::join(items, ", ")));
  }
  template <class Enum>
  void shorthand(const Key&, const char*, const ByColumn<Enum>&, Enum) {}

  void layers(const Key&, const Key&, const Key&, const Key&, const Key& key, const ModelOptions& model) {
    std::vector<std::string> tables;
    for (const LayerOptions& layer : model.hidden)
      tables.push_back(fmt::format("{{ units = {}, activation = {}, dropout = {}, normalization = {} }}", layer.units,
                                   quoted_name(layer.activation, Activations::kNames), layer.dropout,
                                   quoted_name(layer.normalization, kNormalizations)));
    if (!tables.empty()) add(key, true, fmt::format("[{}]", fmt::join(tables, ", ")));
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> take() { return std::move(values_); }

 private:
  static std::string paths(const FileList& list) {
    if (list.entries.size() < 2) return toml_of(list.text());
    std::vector<std::string> items;
    for (const std::string& path : list.entries) items.push_back(toml_of(path));
    return fmt::format("[{}]", fmt::join(items, ", "));
  }

  template <class T>
  void add(const Key& key, const T& value, std::string text) {
    if (value == T{} || has_effect(key, config_)) values_.emplace_back(key.name, std::move(text));
  }

  template <class Enum, std::size_t N>
  static std::string quoted_name(const Enum& value, const Choice<Enum> (&choices)[N]) {
    const auto* found = std::ranges::find(choices, value, &Choice<Enum>::second);
    return toml_of(std::string(found->first));
  }

  const Config& config_;
  std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> config_values(const Config& config) {
  Writer writer(config);
  visit_keys(writer, config);
  return writer.take();
}

std::string write_config(const Config& config) {
  std::string text;
  std::string section;
  for (const auto& [key, value] : config_values(config)) {
    const std::size_t dot = key.find('.');
    if (const std::string now = key.substr(0, dot); now != section) {
      text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", now);
      section = now;
    }
    text += fmt::format("{} = {}\n", key.substr(dot + 1), value);
  }
  return text;
}

}  // namespace lockstep

#include "config/read.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <set>

#include "config/document.hpp"
#include "config/schema.hpp"

namespace lockstep {

namespace {

/// The number of edits that turn one word into the other (Levenshtein 1966).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

/// A visitor of the schema that takes values from a document and remembers which keys there are.
class Reader {
 public:
  explicit Reader(const TomlDocument& document) : document_(document) {}

  void text(const std::string& key, std::string& value) { take(key, value, "a text in quotes"); }

  void flag(const std::string& key, bool& value) { take(key, value, "true or false"); }

  void number(const std::string& key, double& value, const Limits& limits) {
    const toml::node* node = known(key);
    if (node == nullptr) return;
    if (!node->is_number()) throw wrong_type(key, "a number");
    value = node->is_integer() ? static_cast<double>(**node->as_integer()) : **node->as_floating_point();
    check_limits(key, value, limits);
  }

  void number(const std::string& key, std::uint64_t& value, const Limits& limits) {
    const toml::node* node = known(key);
    if (node == nullptr) return;
    if (!node->is_integer()) throw wrong_type(key, "a whole number");
    const std::int64_t given = **node->as_integer();
    check_limits(key, static_cast<double>(given), limits);
    value = static_cast<std::uint64_t>(given);
  }

  void texts(const std::string& key, std::vector<std::string>& values) {
    const toml::node* node = known(key);
    if (node == nullptr) return;
    constexpr const char* kWanted = "a text in quotes, or a list of them";
    values.clear();
    if (node->is_string()) {
      values.push_back(**node->as_string());
      return;
    }
    if (!node->is_array()) throw wrong_type(key, kWanted);
    for (const toml::node& element : *node->as_array()) {
      if (!element.is_string()) throw wrong_type(key, kWanted);
      values.push_back(**element.as_string());
    }
  }

  template <class Enum, std::size_t N>
  void choice(const std::string& key, Enum& value, const Choice<Enum> (&choices)[N]) {
    const toml::node* node = known(key);
    if (node != nullptr) value = choose(key, *node, choices);
  }

  void file(const std::string& key, DataFile& value) {
    const toml::node* node = known(key);
    known(key + ".images");
    known(key + ".labels");
    if (node == nullptr) return;
    value = {};
    if (node->is_table()) {
      text(key + ".images", value.path);
      text(key + ".labels", value.labels);
      if (!value.path.empty()) value.path = document_.absolute_path(key + ".images", value.path);
      if (!value.labels.empty()) value.labels = document_.absolute_path(key + ".labels", value.labels);
    } else if (node->is_string()) {
      value.path = **node->as_string();
      if (!value.path.empty()) value.path = document_.absolute_path(key, value.path);
    } else {
      throw wrong_type(key, "a path in quotes, or { images = \"...\", labels = \"...\" }");
    }
  }

  void number_or_word(const std::string& key, std::uint64_t& value, const Limits& limits, const char* word,
                      std::uint64_t meaning) {
    const toml::node* node = known(key);
    if (node == nullptr) return;
    if (node->is_string() && **node->as_string() == word)
      value = meaning;
    else if (node->is_integer())
      number(key, value, limits);
    else
      throw wrong_type(key, fmt::format("a whole number or \"{}\"", word));
  }

  void layers(ModelOptions& model) {
    const toml::node* hidden = known("model.hidden");
    const toml::node* activation = known("model.activation");
    const toml::node* dropout = known("model.dropout");
    const toml::node* layers = known("model.layers");
    if (layers != nullptr && (hidden != nullptr || activation != nullptr || dropout != nullptr))
      throw document_.error("model.layers",
                            "give either model.hidden, model.activation and model.dropout, or [[model.layers]]");
    if (layers != nullptr)
      model.hidden = layer_tables(*layers);
    else
      model.hidden = equal_layers(hidden, activation, dropout);
  }

  /// Bad input when the document has a key that the schema did not ask for.
  void reject_unknown_keys() const {
    for (const std::string& key : document_.keys()) {
      if (known_.contains(key) && document_.find(key) != nullptr) continue;  // not where a name in quotes has dots
      const auto nearest = std::ranges::min_element(
          known_, {}, [&key](const std::string& candidate) { return edit_distance(key, candidate); });
      throw document_.error(key, fmt::format("there is no such key; the nearest is {}", *nearest));
    }
  }

 private:
  const toml::node* known(const std::string& key) {
    known_.insert(key);
    return document_.find(key);
  }

  [[nodiscard]] Error wrong_type(const std::string& key, const std::string& wanted) const {
    return document_.error(key, fmt::format("must be {}", wanted));
  }

  template <class T>
  void take(const std::string& key, T& value, const char* wanted) {
    const toml::node* node = known(key);
    if (node == nullptr) return;
    const std::optional<T> given = node->value_exact<T>();
    if (!given) throw wrong_type(key, wanted);
    value = *given;
  }

  void check_limits(const std::string& key, double value, const Limits& limits) const {
    if (value >= limits.least && value <= limits.most) return;
    if (!std::isfinite(value)) throw document_.error(key, "must be a finite number");
    if (limits.most == Limits().most) throw document_.error(key, fmt::format("must be at least {}", limits.least));
    throw document_.error(key, fmt::format("must lie between {} and {}", limits.least, limits.most));
  }

  template <class Enum, std::size_t N>
  Enum choose(const std::string& key, const toml::node& node, const Choice<Enum> (&choices)[N]) const {
    std::vector<std::string> names;
    for (const auto& [name, choice] : choices) {
      if (node.is_string() && **node.as_string() == name) return choice;
      names.push_back(fmt::format("\"{}\"", name));
    }
    throw document_.error(key, fmt::format("must be {}{}", N > 1 ? "one of " : "", fmt::join(names, ", ")), &node);
  }

  std::vector<LayerOptions> equal_layers(const toml::node* hidden, const toml::node* activation,
                                         const toml::node* dropout) const {
    LayerOptions layer;
    if (activation != nullptr) layer.activation = choose("model.activation", *activation, kActivations);
    if (dropout != nullptr) layer.dropout = probability("model.dropout", *dropout);
    std::vector<LayerOptions> result;
    if (hidden == nullptr) return result;
    if (!hidden->is_array()) throw wrong_type("model.hidden", "a list of whole numbers, such as [512, 256]");
    for (const toml::node& element : *hidden->as_array()) {
      layer.units = units("model.hidden", element);
      result.push_back(layer);
    }
    return result;
  }

  std::vector<LayerOptions> layer_tables(const toml::node& layers) {
    const bool empty = layers.is_array() && layers.as_array()->empty();
    if (!empty && !layers.is_array_of_tables())
      throw wrong_type("model.layers", "written as [[model.layers]], one a hidden layer");
    std::vector<LayerOptions> result;
    for (const toml::node& element : *layers.as_array()) {
      LayerOptions layer;
      for (const auto& [key, node] : *element.as_table()) {
        if (key == "units")
          layer.units = units("model.layers", node);
        else if (key == "activation")
          layer.activation = choose("model.layers", node, kActivations);
        else if (key == "dropout")
          layer.dropout = probability("model.layers", node);
        else
          throw document_.error(
              "model.layers",
              fmt::format("'{}' is no key of a layer; there are units, activation and dropout", key.str()), &node);
      }
      if (layer.units == 0) throw document_.error("model.layers", "every layer needs units", &element);
      result.push_back(layer);
    }
    return result;
  }

  [[nodiscard]] std::size_t units(const std::string& key, const toml::node& node) const {
    constexpr std::int64_t kMost = 1 << 24;
    if (!node.is_integer() || **node.as_integer() < 1 || **node.as_integer() > kMost)
      throw document_.error(key, fmt::format("a layer's units must be a whole number from 1 to {}", kMost), &node);
    return static_cast<std::size_t>(**node.as_integer());
  }

  [[nodiscard]] double probability(const std::string& key, const toml::node& node) const {
    const double value = node.is_number() ? node.value_or(-1.0) : -1.0;
    if (!(value >= 0 && value < 1)) throw document_.error(key, "dropout must be a number from 0 to less than 1", &node);
    return value;
  }

  const TomlDocument& document_;
  std::set<std::string> known_;
};

/// What concerns more than one key.
void check_together(const TomlDocument& document, const Config& config) {
  const DataOptions& data = config.data;
  if (config.run.name.empty()) throw document.error("run.name", "is missing; it names the run's folder below runs/");
  if (config.run.name.find('/') != std::string::npos || config.run.name.starts_with('.'))
    throw document.error("run.name", "names a folder below runs/ and must not begin with '.' or hold '/'");
  if (data.train.path.empty()) throw document.error("data.train", "is missing; it names the training data");
  const bool fraction = data.test_fraction > 0;
  if (data.test.path.empty() != fraction)
    throw document.error("data.test", "give either data.test or a data.test_fraction between 0 and 1");
  if (data.test_fraction >= 1) throw document.error("data.test_fraction", "must be less than 1");
  for (const auto& [key, file] : {std::pair("data.train", data.train), std::pair("data.test", data.test)}) {
    if (data.format == DataFormat::idx && file.path.empty() != file.labels.empty())
      throw document.error(key, "IDX has two files; write { images = \"...\", labels = \"...\" }");
    if (data.format != DataFormat::idx && !file.labels.empty())
      throw document.error(key, "only data.format = \"idx\" has images and labels; write the path in quotes");
  }
  if (data.format == DataFormat::csv && data.target.empty())
    throw document.error("data.target", "is missing; it names the column, or columns, to learn");
  if (config.train.loss == Loss::cross_entropy) {
    if (config.model.output_activation != Activation::identity)
      throw document.error("model.output_activation",
                           "must be \"identity\" with train.loss = \"cross_entropy\", which applies softmax itself");
    if (data.standardize_targets)
      throw document.error("data.standardize_targets", "is for regression, and train.loss is \"cross_entropy\"");
  }
  if (config.optimizer.nesterov && config.optimizer.momentum == 0)
    throw document.error("optimizer.nesterov", "needs optimizer.momentum above 0");
}

std::string read_file(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) throw bad_input("{}: is a folder, not a configuration file", path.string());
  constexpr std::size_t kMost = 1U << 20U;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMost + 1, '\0');
  if (!file || file.read(text.data(), static_cast<std::streamsize>(text.size())).bad())
    throw bad_input("{}: cannot read the configuration: {}", path.string(), std::strerror(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMost)
    throw bad_input("{}: has more than {} bytes, so this is no configuration", path.string(), kMost);
  return text;
}

Config read(TomlDocument document, const std::vector<std::string>& overrides) {
  for (const std::string& override_text : overrides) document.override_with(override_text);
  Config config;
  Reader reader(document);
  visit_keys(reader, config);
  reader.reject_unknown_keys();
  check_together(document, config);
  return config;
}

}  // namespace

Config read_config(const std::filesystem::path& path, const std::vector<std::string>& overrides) {
  return read({read_file(path), path.string(), path.parent_path()}, overrides);
}

Config read_config_text(const std::string& text, const std::string& source, const std::vector<std::string>& overrides) {
  return read({text, source, std::filesystem::current_path()}, overrides);
}

}  // namespace lockstep

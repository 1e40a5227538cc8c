#include "config/reader.hpp"

#include <algorithm>
#include <cmath>

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

}  // namespace

void Reader::text(const Key& key, std::string& value) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (!node->is_string()) throw wrong_type(key.name, "a text in quotes");
  value = **node->as_string();
}

void Reader::texts(const Key& key, std::vector<std::string>& values) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  constexpr const char* kWanted = "a text in quotes, or a list of them";
  values.clear();
  if (node->is_string()) {
    values.push_back(**node->as_string());
    return;
  }
  if (!node->is_array()) throw wrong_type(key.name, kWanted);
  for (const toml::node& element : *node->as_array()) {
    if (!element.is_string()) throw wrong_type(key.name, kWanted);
    values.push_back(**element.as_string());
  }
}

void Reader::flag(const Key& key, bool& value) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (!node->is_boolean()) throw wrong_type(key.name, "true or false");
  value = **node->as_boolean();
}

void Reader::number(const Key& key, double& value, const Limits& limits) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (!node->is_number()) throw wrong_type(key.name, "a number");
  value = node->is_integer() ? static_cast<double>(**node->as_integer()) : **node->as_floating_point();
  check_limits(key.name, value, limits);
}

void Reader::number(const Key& key, std::uint64_t& value, const Limits& limits) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (!node->is_integer()) throw wrong_type(key.name, "a whole number");
  const std::int64_t given = **node->as_integer();
  check_limits(key.name, static_cast<double>(given), limits);
  value = static_cast<std::uint64_t>(given);
}

void Reader::number_or_word(const Key& key, std::uint64_t& value, const Limits& limits, const char* word,
                            std::uint64_t meaning) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (node->is_string() && **node->as_string() == word)
    value = meaning;
  else if (node->is_integer())
    number(key, value, limits);
  else
    throw wrong_type(key.name, fmt::format("a whole number or \"{}\"", word));
}

void Reader::file(const Key& key, DataFile& value) {
  const std::string name = key.name;
  const std::string images = name + ".images";
  const std::string labels = name + ".labels";
  const toml::node* node = known(name);
  known(images);
  known(labels);
  if (node == nullptr) return;
  value = {};
  if (node->is_table()) {
    text({images.c_str(), ""}, value.path);
    text({labels.c_str(), ""}, value.labels);
    if (!value.path.empty()) value.path = document_.absolute_path(images, value.path);
    if (!value.labels.empty()) value.labels = document_.absolute_path(labels, value.labels);
  } else if (node->is_string()) {
    value.path = **node->as_string();
    if (!value.path.empty()) value.path = document_.absolute_path(name, value.path);
  } else {
    throw wrong_type(name, "a path in quotes, or { images = \"...\", labels = \"...\" }");
  }
}

void Reader::layers(const Key& hidden, const Key& activation, const Key& dropout, const Key& layers,
                    ModelOptions& model) {
  const bool by_three = known(hidden.name) != nullptr || document_.find(activation.name) != nullptr ||
                        document_.find(dropout.name) != nullptr;
  known(activation.name);
  known(dropout.name);
  if (known(layers.name) == nullptr) {
    model.hidden = equal_layers(hidden, activation, dropout);
    return;
  }
  if (by_three)
    throw document_.error(layers.name,
                          "give either model.hidden, model.activation and model.dropout, or [[model.layers]]");
  model.hidden = layer_tables(layers);
}

void Reader::reject_unknown_keys() const {
  for (const std::string& key : document_.keys()) {
    if (known_.contains(key) && document_.find(key) != nullptr) continue;  // not where a name in quotes has dots
    const auto nearest = std::ranges::min_element(
        known_, {}, [&key](const std::string& candidate) { return edit_distance(key, candidate); });
    throw document_.error(key, fmt::format("there is no such key; the nearest is {}", *nearest));
  }
}

const toml::node* Reader::known(const std::string& key) {
  known_.insert(key);
  return document_.find(key);
}

Error Reader::wrong_type(const std::string& key, const std::string& wanted) const {
  return document_.error(key, fmt::format("must be {}", wanted));
}

void Reader::check_limits(const std::string& key, double value, const Limits& limits) const {
  if (value >= limits.least && value <= limits.most) return;
  if (!std::isfinite(value)) throw document_.error(key, "must be a finite number");
  if (limits.most == Limits().most) throw document_.error(key, fmt::format("must be at least {}", limits.least));
  throw document_.error(key, fmt::format("must lie between {} and {}", limits.least, limits.most));
}

std::vector<LayerOptions> Reader::equal_layers(const Key& hidden, const Key& activation, const Key& dropout) const {
  LayerOptions layer;
  if (const toml::node* node = document_.find(activation.name))
    layer.activation = choose(activation.name, *node, kActivations);
  if (const toml::node* node = document_.find(dropout.name)) layer.dropout = probability(dropout, *node);
  std::vector<LayerOptions> result;
  const toml::node* list = document_.find(hidden.name);
  if (list == nullptr) return result;
  if (!list->is_array()) throw wrong_type(hidden.name, "a list of whole numbers, such as [512, 256]");
  for (const toml::node& element : *list->as_array()) {
    layer.units = units(hidden, element);
    result.push_back(layer);
  }
  return result;
}

std::vector<LayerOptions> Reader::layer_tables(const Key& layers) const {
  const toml::node& list = *document_.find(layers.name);
  const bool empty = list.is_array() && list.as_array()->empty();
  if (!empty && !list.is_array_of_tables())
    throw wrong_type(layers.name, "written as [[model.layers]], one a hidden layer");
  std::vector<LayerOptions> result;
  for (const toml::node& element : *list.as_array()) {
    LayerOptions layer;
    for (const auto& [key, node] : *element.as_table()) {
      if (key == "units")
        layer.units = units(layers, node);
      else if (key == "activation")
        layer.activation = choose(layers.name, node, kActivations);
      else if (key == "dropout")
        layer.dropout = probability(layers, node);
      else
        throw document_.error(
            layers.name, fmt::format("'{}' is no key of a layer; there are units, activation and dropout", key.str()),
            &node);
    }
    if (layer.units == 0) throw document_.error(layers.name, "every layer needs units", &element);
    result.push_back(layer);
  }
  return result;
}

std::size_t Reader::units(const Key& key, const toml::node& node) const {
  constexpr std::int64_t kMost = 1 << 24;
  if (!node.is_integer() || **node.as_integer() < 1 || **node.as_integer() > kMost)
    throw document_.error(key.name, fmt::format("a layer's units must be a whole number from 1 to {}", kMost), &node);
  return static_cast<std::size_t>(**node.as_integer());
}

double Reader::probability(const Key& key, const toml::node& node) const {
  const double value = node.is_number() ? node.value_or(-1.0) : -1.0;
  if (!(value >= 0 && value < 1))
    throw document_.error(key.name, "dropout must be a number from 0 to less than 1", &node);
  return value;
}

}  // namespace lockstep

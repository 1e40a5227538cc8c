#include "config/reader.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "config/suggest.hpp"

namespace lockstep {

void Reader::text(const Key& key, std::string& value) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (!node->is_string()) throw wrong_type(key.name, "a text in quotes");
  note(key, std::exchange(value, **node->as_string()), value);
}

void Reader::texts(const Key& key, std::vector<std::string>& values) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  std::vector<std::string> fallback = std::exchange(values, {});
  const auto add = [&](const toml::node& element) {  // whole numbers are those of columns, or classes called so
    if (element.is_integer())
      values.push_back(std::to_string(**element.as_integer()));
    else if (element.is_string())
      values.push_back(**element.as_string());
    else
      throw wrong_type(key.name, "a text in quotes, or a list of them");
  };
  if (const toml::array* list = node->as_array())
    for (const toml::node& element : *list) add(element);
  else
    add(*node);
  note(key, fallback, values);
}

void Reader::flag(const Key& key, bool& value) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (!node->is_boolean()) throw wrong_type(key.name, "true or false");
  note(key, std::exchange(value, **node->as_boolean()), value);
}

void Reader::number(const Key& key, double& value, const Limits& limits) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (!node->is_number()) throw wrong_type(key.name, "a number");
  const double fallback = std::exchange(
      value, node->is_integer() ? static_cast<double>(**node->as_integer()) : **node->as_floating_point());
  check_limits(key.name, value, limits);
  note(key, fallback, value);
}

void Reader::number(const Key& key, std::uint64_t& value, const Limits& limits) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (!node->is_integer()) throw wrong_type(key.name, "a whole number");
  const std::int64_t given = **node->as_integer();
  check_limits(key.name, static_cast<double>(given), limits);
  note(key, std::exchange(value, static_cast<std::uint64_t>(given)), value);
}

void Reader::number_or_word(const Key& key, std::uint64_t& value, const Limits& limits, const char* word,
                            std::uint64_t meaning) {
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (node->is_string() && **node->as_string() == word)
    note(key, std::exchange(value, meaning), value);
  else if (node->is_integer())
    number(key, value, limits);
  else
    throw wrong_type(key.name, fmt::format("a whole number or \"{}\"", word));
}

FileList Reader::paths(const std::string& key) {
  const toml::node* node = known(key);
  FileList list;
  const auto add = [&](const toml::node& element) {
    if (!element.is_string()) throw wrong_type(key, "a path in quotes, or a list of them");
    if (const std::string& path = **element.as_string(); !path.empty())
      list.entries.push_back(document_.absolute_path(key, path));
  };
  if (node == nullptr) return list;
  if (const toml::array* elements = node->as_array())
    for (const toml::node& element : *elements) add(element);
  else
    add(*node);
  return list;
}

void Reader::file(const Key& key, DataFile& value) {
  const std::string name = key.name;
  const toml::node* node = known(name);
  const bool table = node != nullptr && node->is_table();
  DataFile file;
  for (const char* features : {".path", ".images", ".features"}) {
    FileList list = paths(name + features);
    if (!list.empty() && !file.path.empty())
      throw document_.error(name, "path, images and features are words for the same; give one of them");
    if (!list.empty()) file.path = std::move(list);
  }
  file.labels = paths(name + ".labels");
  file.targets = paths(name + ".targets");
  names_at(name + ".names", file.names);
  if (node == nullptr) return;
  if (!table && !node->is_string() && !node->is_array())
    throw wrong_type(name, "a path in quotes, a list of them, or { images = \"...\", labels = \"...\" }");
  if (!table) file.path = paths(name);
  value = std::move(file);
}

void Reader::names(const Key& key, ArrayNames& value) {
  const ArrayNames fallback = value;
  names_at(key.name, value);
  note(key, fallback, value);
}

void Reader::names_at(const std::string& key, ArrayNames& value) {
  const toml::node* node = known(key);
  if (node != nullptr && !node->is_table())
    throw wrong_type(
        key, "a table such as { features = \"x_train\", labels = \"y_train\" }; columns are named by data.columns");
  for (const auto& [role, name] : kArrayRoles) {
    const std::string place = fmt::format("{}.{}", key, role);
    const toml::node* text = known(place);
    if (text == nullptr) continue;
    if (!text->is_string()) throw wrong_type(place, "a text in quotes");
    value.*name = **text->as_string();
    (value.*name).erase(0, (value.*name).find_first_not_of('/'));
  }
}

void Reader::class_weights(const Key& key, ClassWeights& value) {
  constexpr const char* kWanted = "\"none\", \"balanced\", or the weights of classes, such as { cat = 2, dog = 0.5 }";
  const toml::node* node = known(key.name);
  if (node == nullptr) return;
  if (const toml::table* table = node->as_table(); table != nullptr && !table->empty()) {
    for (const auto& [name, weight] : *table) {
      known_.push_back(fmt::format("{}.{}", key.name, name.str()));
      const double number = weight.is_number() ? weight.value_or(-1.0) : -1.0;
      if (!std::isfinite(number) || number < 0)
        throw document_.error(key.name, fmt::format("the weight of class '{}' must be a number from 0 on", name.str()),
                              &weight);
      value.by_class.emplace(name.str(), number);
    }
  } else {
    value.balanced = node->is_string() && **node->as_string() == "balanced";
    if (!value.balanced && !(node->is_string() && **node->as_string() == "none")) throw wrong_type(key.name, kWanted);
  }
  note(key, ClassWeights(), value);
}

void Reader::layers(const Key& hidden, const Key& activation, const Key& dropout, const Key& normalization,
                    const Key& layers, ModelOptions& model) {
  bool by_three = false;
  for (const Key& key : {hidden, activation, dropout, normalization}) by_three = known(key.name) != nullptr || by_three;
  if (known(layers.name) == nullptr) {
    model.hidden = equal_layers(hidden, activation, dropout, normalization);
    return;
  }
  if (by_three)
    throw document_.error(
        layers.name,
        "give either model.hidden, model.activation, model.dropout and model.normalization, or [[model.layers]]");
  model.hidden = layer_tables(layers);
}

void Reader::reject_unknown_keys() const {
  for (const std::string& key : document_.keys()) {
    if (std::ranges::find(known_, key) != known_.end()) continue;
    const bool is_section =
        std::ranges::any_of(known_, [&](const std::string& other) { return other.starts_with(key + '.'); });
    if (document_.find(key)->is_table()) {
      if (is_section) continue;  // without keys
      throw document_.error(key, "there is no such section; `lockstep keys` lists sections and their keys");
    }
    throw document_.error(key, advice_on_key(key, known_));
  }
}

void Reader::reject_keys_without_effect(const Config& config, bool overrides_only) const {
  for (const Key& key : given_) {
    if (overrides_only && !document_.is_overridden(key.name)) continue;
    if (!has_effect(key, config))
      throw document_.error(key.name, fmt::format("has no effect here: {}", key.effect.otherwise));
  }
}

const toml::node* Reader::known(const std::string& key) {
  known_.push_back(key);
  return document_.find(key);
}

Error Reader::wrong_choice(const std::string& key, const toml::node& node,
                           const std::vector<std::string>& names) const {
  const std::string advice = node.is_string() ? advice_on_value(key, **node.as_string(), names) : "";
  return document_.error(key,
                         fmt::format("must be {}\"{}\"{}{}", names.size() > 1 ? "one of " : "",
                                     fmt::join(names, "\", \""), advice.empty() ? "" : "; ", advice),
                         &node);
}

Error Reader::contradiction(const std::string& key, const std::string& other) const {
  return document_.error(key, fmt::format("contradicts {}; leave one of the two out", other));
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

std::vector<LayerOptions> Reader::equal_layers(const Key& hidden, const Key& activation, const Key& dropout,
                                               const Key& normalization) {
  LayerOptions layer;
  if (const toml::node* node = document_.find(activation.name))
    note(activation, std::exchange(layer.activation, choose(activation.name, *node, Activations::kNames)),
         layer.activation);
  if (const toml::node* node = document_.find(dropout.name))
    note(dropout, std::exchange(layer.dropout, probability(dropout, *node)), layer.dropout);
  if (const toml::node* node = document_.find(normalization.name))
    note(normalization, std::exchange(layer.normalization, choose(normalization.name, *node, kNormalizations)),
         layer.normalization);
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
        layer.activation = choose(layers.name, node, Activations::kNames);
      else if (key == "dropout")
        layer.dropout = probability(layers, node);
      else if (key == "normalization")
        layer.normalization = choose(layers.name, node, kNormalizations);
      else
        throw document_.error(
            layers.name,
            fmt::format("'{}' is no key of a layer; there are units, activation, dropout and normalization", key.str()),
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

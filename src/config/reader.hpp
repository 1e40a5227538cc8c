// A visitor of the schema that takes values from a document.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/document.hpp"
#include "config/schema.hpp"

namespace lockstep {

/// Takes values from a document and remembers which keys there are. Bad input where a value is not what its key wants.
class Reader {
 public:
  explicit Reader(const TomlDocument& document) : document_(document) {}

  void text(const Key& key, std::string& value);
  void texts(const Key& key, std::vector<std::string>& values);
  void flag(const Key& key, bool& value);
  void number(const Key& key, double& value, const Limits& limits);
  void number(const Key& key, std::uint64_t& value, const Limits& limits);
  void number_or_word(const Key& key, std::uint64_t& value, const Limits& limits, const char* word,
                      std::uint64_t meaning);
  void file(const Key& key, DataFile& value);
  void names(const Key& key, ArrayNames& value);
  void class_weights(const Key& key, ClassWeights& value);
  void layers(const Key& hidden, const Key& activation, const Key& dropout, const Key& normalization, const Key& layers,
              ModelOptions& model);

  template <class Enum, std::size_t N>
  void choice(const Key& key, Enum& value, const Choice<Enum> (&choices)[N]) {
    const toml::node* node = known(key.name);
    if (node == nullptr) return;
    note(key, std::exchange(value, choose(key.name, *node, choices)), value);
  }

  template <class Enum, std::size_t N>
  void by_column(const Key& key, ByColumn<Enum>& value, const Choice<Enum> (&choices)[N]) {
    const toml::node* node = known(key.name);
    if (node == nullptr) return;
    ByColumn<Enum> chosen;
    if (const toml::table* table = node->as_table()) {
      for (const auto& [column, choice] : *table) {
        known_.push_back(fmt::format("{}.{}", key.name, column.str()));
        chosen.given.emplace(column.str(), choose(key.name, choice, choices));
      }
    } else {
      chosen = choose(key.name, *node, choices);
    }
    note(key, std::exchange(value, chosen), value);
  }

  /// Bad input where the flag says one thing and the key for which it stands another.
  template <class Enum>
  void shorthand(const Key& key, const char* full_key, ByColumn<Enum>& value, Enum meaning) {
    bool flag_value = false;
    flag(key, flag_value);
    if (document_.find(key.name) == nullptr) return;
    if (document_.find(full_key) != nullptr && flag_value != (value == meaning))
      throw contradiction(key.name, full_key);
    if (flag_value) value = meaning;
  }

  /// Bad input when the document has a key that the schema did not ask for.
  void reject_unknown_keys() const;

  /// Bad input when the document has a key without effect in `config`, which was read from it, and the key asks for
  /// something. `overrides_only`: the program itself has written the rest.
  void reject_keys_without_effect(const Config& config, bool overrides_only) const;

 private:
  const toml::node* known(const std::string& key);

  /// Remembers that the document has a key, unless it asks for nothing: a default of false, 0 or the like, and that
  /// value again.
  template <class T>
  void note(const Key& key, const T& fallback, const T& value) {
    if (fallback != T{} || value != T{}) given_.push_back(key);
  }

  [[nodiscard]] Error wrong_type(const std::string& key, const std::string& wanted) const;
  [[nodiscard]] Error contradiction(const std::string& key, const std::string& other) const;
  [[nodiscard]] Error wrong_choice(const std::string& key, const toml::node& node,
                                   const std::vector<std::string>& names) const;
  void check_limits(const std::string& key, double value, const Limits& limits) const;

  template <class Enum, std::size_t N>
  Enum choose(const std::string& key, const toml::node& node, const Choice<Enum> (&choices)[N]) const {
    std::vector<std::string> names;
    const auto given = node.is_boolean() ? std::optional<std::string>(**node.as_boolean() ? "true" : "false")
                                         : node.value_exact<std::string>();
    for (const auto& [name, choice] : choices) {
      if (given == name) return choice;
      names.emplace_back(name);
    }
    throw wrong_choice(key, node, names);
  }

  /// The paths at a dotted key: one, or a list.
  [[nodiscard]] FileList paths(const std::string& key);
  void names_at(const std::string& key, ArrayNames& value);

  [[nodiscard]] std::vector<LayerOptions> equal_layers(const Key& hidden, const Key& activation, const Key& dropout,
                                                       const Key& normalization);
  [[nodiscard]] std::vector<LayerOptions> layer_tables(const Key& layers) const;
  [[nodiscard]] std::size_t units(const Key& key, const toml::node& node) const;
  [[nodiscard]] double probability(const Key& key, const toml::node& node) const;

  const TomlDocument& document_;
  std::vector<std::string> known_;
  std::vector<Key> given_;  // those that ask for something
};

}  // namespace lockstep

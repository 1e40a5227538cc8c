// A TOML document with overrides, whose values know where they came from. toml++ is at home in this folder alone.
#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace lockstep {

class TomlDocument {
 public:
  /// Parses `text`; `source` is the file's name for messages, and `folder` the one that its paths are relative to.
  TomlDocument(const std::string& text, std::string source, std::filesystem::path folder);

  /// Sets the value of "KEY=VALUE", VALUE being TOML, or what KEY wants without quotes and brackets.
  void override_with(const std::string& key_and_value);

  /// The value of a dotted key, or null.
  [[nodiscard]] const toml::node* find(const std::string& key) const;

  /// True when an override set `key` or a key within it.
  [[nodiscard]] bool is_overridden(const std::string& key) const;

  /// Every dotted key that has a value, down to arrays. A table is no value itself, unless it is empty.
  [[nodiscard]] std::vector<std::string> keys() const;

  /// Bad input at `key`: "file:line: key: message", or "--set key: message". `place` is what is wrong within the value.
  [[nodiscard]] Error error(const std::string& key, const std::string& message,
                            const toml::node* place = nullptr) const;

  /// The absolute form of a path that stands at `key`.
  [[nodiscard]] std::string absolute_path(const std::string& key, const std::string& path) const;

 private:
  /// The override that set `key` or a key within it, or null.
  [[nodiscard]] const std::string* override_of(const std::string& key) const;

  std::string source_;
  std::filesystem::path folder_;
  toml::table root_;
  std::map<std::string, std::string> overrides_;  // key -> as given
};

}  // namespace lockstep

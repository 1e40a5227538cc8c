#include "config/document.hpp"

namespace lockstep {

namespace {

void collect_keys(const toml::table& table, const std::string& prefix, std::vector<std::string>& keys) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table())
      collect_keys(*inner, name + '.', keys);
    else
      keys.push_back(name);
  }
}

/// Puts what `from` has in place of what `into` has, value by value.
void merge(toml::table& into, const toml::table& from) {
  for (const auto& [key, node] : from) {
    toml::table* inner = into.get_as<toml::table>(key.str());
    if (inner != nullptr && node.is_table())
      merge(*inner, *node.as_table());
    else
      into.insert_or_assign(key.str(), node);
  }
}

}  // namespace

TomlDocument::TomlDocument(const std::string& text, std::string source, std::filesystem::path folder)
    : source_(std::move(source)), folder_(std::move(folder)) {
  try {
    root_ = toml::parse(text, source_);
  } catch (const toml::parse_error& error) {
    throw bad_input("{}:{}: {}", source_, error.source().begin.line, error.description());
  }
}

void TomlDocument::override_with(const std::string& key_and_value) {
  const std::size_t equals = key_and_value.find('=');
  if (equals == std::string::npos || equals == 0)
    throw bad_input("--set {}: write --set KEY=VALUE, for example --set train.epochs=3", key_and_value);
  const std::string key = key_and_value.substr(0, equals);
  const std::string value = key_and_value.substr(equals + 1);
  toml::table table;
  try {
    table = toml::parse(key_and_value);
  } catch (const toml::parse_error&) {
    try {
      table = toml::parse(fmt::format("{} = '''{}'''", key, value));
    } catch (const toml::parse_error& error) {
      throw bad_input("--set {}: {}", key_and_value, error.description());
    }
  }
  merge(root_, table);
  std::vector<std::string> keys;
  collect_keys(table, "", keys);
  for (const std::string& name : keys) overrides_[name] = key_and_value;
}

const toml::node* TomlDocument::find(const std::string& key) const {
  return root_.at_path(key).node();
}

std::vector<std::string> TomlDocument::keys() const {
  std::vector<std::string> keys;
  collect_keys(root_, "", keys);
  return keys;
}

const std::string* TomlDocument::override_of(const std::string& key) const {
  for (const auto& [name, text] : overrides_)
    if (name == key || name.starts_with(key + '.')) return &text;
  return nullptr;
}

Error TomlDocument::error(const std::string& key, const std::string& message, const toml::node* place) const {
  if (const std::string* given = override_of(key)) return bad_input("--set {}: {}: {}", *given, key, message);
  const toml::node* node = place != nullptr ? place : find(key);
  if (node == nullptr || node->source().begin.line == 0) return bad_input("{}: {}: {}", source_, key, message);
  return bad_input("{}:{}: {}: {}", source_, node->source().begin.line, key, message);
}

std::string TomlDocument::absolute_path(const std::string& key, const std::string& path) const {
  const std::filesystem::path base = override_of(key) != nullptr ? std::filesystem::path() : folder_;
  return (std::filesystem::current_path() / base / path).lexically_normal().string();
}

}  // namespace lockstep

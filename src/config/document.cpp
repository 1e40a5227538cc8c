#include "config/document.hpp"

#include <algorithm>
#include <cctype>

#include "config/given_value.hpp"
#include "config/toml_error.hpp"
#include "data/by_column.hpp"

namespace lockstep {

namespace {

void collect_keys(const toml::table& table, const std::string& prefix, std::vector<std::string>& keys) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table(); inner != nullptr && !inner->empty())
      collect_keys(*inner, name + '.', keys);
    else
      keys.push_back(name);
  }
}

std::string joined(const std::string& section, std::string_view key) {
  return section.empty() ? std::string(key) : fmt::format("{}.{}", section, key);
}

/// True for the table of a data set that says where its features are.
bool names_a_file(const toml::table& table) {
  return table.contains("path") || table.contains("images") || table.contains("features");
}

/// Puts what `from` has in place of what `into` has, value by value. Both are of `section`.
void merge(toml::table& into, const toml::table& from, const std::string& section) {
  for (const auto& [key, node] : from) {
    const toml::node* before = into.get(key.str());
    const std::optional<Kind> kind = kind_of(joined(section, key.str()));
    if (before != nullptr && !before->is_table() && node.is_table()) {
      if (kind == Kind::by_column)  // it goes on to hold for all other columns
        into.insert_or_assign(key.str(), toml::table{{kAllColumns, *before}});
      else if (kind == Kind::file && !names_a_file(*node.as_table()))  // it goes on to be the file
        into.insert_or_assign(key.str(), toml::table{{"path", *before}});
    }
    toml::table* inner = into.get_as<toml::table>(key.str());
    if (inner != nullptr && node.is_table())
      merge(*inner, *node.as_table(), joined(section, key.str()));
    else
      into.insert_or_assign(key.str(), node);
  }
}

/// True for a part of a dotted key that needs no quotes.
bool is_plain(std::string_view key) {
  return !key.empty() &&
         std::ranges::all_of(key, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

/// True for a key whose table has names of the user's, of classes or columns, where other tables have keys.
bool holds_names(const std::string& key) {
  const std::optional<Kind> kind = kind_of(key);
  return kind == Kind::weights || kind == Kind::by_column;
}

/// Bad input when a key within `table`, which is that of `section`, is one that only quotes can hold: its dots would
/// make no sections.
void check_plain_keys(const toml::table& table, const std::string& section, const std::string& source) {
  if (holds_names(section)) return;
  for (const auto& [key, node] : table) {
    if (!is_plain(key.str()))
      throw bad_input("{}:{}: {}: there is no such key; write keys without quotes, such as train.epochs = 3", source,
                      key.source().begin.line, key.str());
    if (const toml::table* inner = node.as_table()) check_plain_keys(*inner, joined(section, key.str()), source);
  }
}

/// True for a dotted key that needs no quotes.
bool is_dotted_key(std::string_view key) {
  const std::size_t dot = key.find('.');
  return is_plain(key.substr(0, dot)) && (dot == std::string_view::npos || is_dotted_key(key.substr(dot + 1)));
}

}  // namespace

TomlDocument::TomlDocument(const std::string& text, std::string source, std::filesystem::path folder)
    : source_(std::move(source)), folder_(std::move(folder)) {
  try {
    root_ = toml::parse(text, source_);
  } catch (const toml::parse_error& error) {
    const std::size_t line = error.source().begin.line;
    throw bad_input("{}:{}: {}", source_, line, explain_toml_error(text, line, error.description()));
  }
  check_plain_keys(root_, "", source_);
}

void TomlDocument::override_with(const std::string& key_and_value) {
  const std::size_t equals = key_and_value.find('=');
  const std::string left = key_and_value.substr(0, equals);
  const std::size_t blank = left.find_last_not_of(' ');
  const std::string key = left.substr(0, blank + 1);
  if (equals == std::string::npos || key.empty())
    throw bad_input("--set {}: write --set KEY=VALUE, for example --set train.epochs=3", key_and_value);
  if (!is_dotted_key(key))
    throw bad_input(
        "--set {}: write the key without quotes or spaces: --set KEY=VALUE, for example --set train.epochs=3",
        key_and_value);
  const std::string given = key_and_value.substr(equals + 1);
  const std::string value = toml_of_given(given, kind_of(key));
  toml::table table;
  try {
    table = toml::parse(key + " = " + value);
  } catch (const toml::parse_error& error) {
    // What is no number either is a text, and its key says that it wants another.
    try {
      if (std::string_view("\"'[{").find(value.front()) != std::string_view::npos) throw;
      table = toml::parse(key + " = " + quoted_toml(value));
    } catch (const toml::parse_error&) {
      throw bad_input("--set {}: {}", key_and_value, explain_toml_error(key + " = " + value, 1, error.description()));
    }
  }
  check_plain_keys(table, "", "--set " + key_and_value);
  merge(root_, table, "");
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

bool TomlDocument::is_overridden(const std::string& key) const {
  return override_of(key) != nullptr;
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

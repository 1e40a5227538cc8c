#include "config/keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "base/error.hpp"
#include "config/schema.hpp"
#include "config/suggest.hpp"
#include "config/text.hpp"

namespace lockstep {

namespace {

std::string in_quotation_marks(std::string_view text) {
  return fmt::format("\"{}\"", text);
}

/// A visitor of the schema that describes its keys, given a configuration of defaults.
class Describer {
 public:
  void text(const Key& key, const std::string& value) { add(key, Kind::text, "text", in_quotation_marks(value)); }
  void texts(const Key& key, const std::vector<std::string>&) { add(key, Kind::texts, "text, or list of texts", "[]"); }
  void file(const Key& key, const DataFile&) {
    add(key, Kind::file, "path, pattern, or list of these; or a table of path, labels, targets, names", "none");
  }
  void names(const Key& key, const ArrayNames&) { add(key, Kind::file, "table of texts", "none"); }
  void flag(const Key& key, bool value) { add(key, Kind::flag, "true or false", value ? "true" : "false"); }
  void number(const Key& key, double value, const Limits& limits) {
    add(key, Kind::real, "number" + range(limits), fmt::format("{}", value));
  }
  void number(const Key& key, std::uint64_t value, const Limits& limits) {
    add(key, Kind::whole, "whole number" + range(limits), std::to_string(value));
  }
  void number_or_word(const Key& key, std::uint64_t value, const Limits& limits, const char* word, std::uint64_t) {
    add(key, Kind::whole_or_word, fmt::format("whole number{}, or {}", range(limits), in_quotation_marks(word)),
        std::to_string(value));
  }

  void class_weights(const Key& key, const ClassWeights&) {
    add(key, Kind::weights, "\"none\", \"balanced\", or weights of classes: { NAME = NUMBER, ... }",
        in_quotation_marks("none"));
  }

  template <class Enum, std::size_t N>
  void choice(const Key& key, const Enum& value, const Choice<Enum> (&choices)[N]) {
    add(key, Kind::choice, list_of(choices), name_of(value, choices));
  }

  template <class Enum, std::size_t N>
  void by_column(const Key& key, const ByColumn<Enum>&, const Choice<Enum> (&choices)[N]) {
    add(key, Kind::by_column, list_of(choices) + ", or { COLUMN = ONE OF THEM, ... }", name_of(Enum{}, choices));
  }
  template <class Enum>
  void shorthand(const Key& key, const char*, const ByColumn<Enum>&, Enum) {
    flag(key, false);
  }

  void layers(const Key& hidden, const Key& activation, const Key& dropout, const Key& normalization, const Key& layers,
              const ModelOptions&) {
    const LayerOptions layer;
    add(hidden, Kind::wholes, "list of whole numbers", "[]");
    choice(activation, layer.activation, Activations::kNames);
    add(dropout, Kind::real, "number from 0 to less than 1", fmt::format("{}", layer.dropout));
    choice(normalization, layer.normalization, kNormalizations);
    add(layers, Kind::layers, "tables", "none");
  }

  [[nodiscard]] std::vector<KeyInfo> take() { return std::move(keys_); }

 private:
  void add(const Key& key, Kind kind, std::string wanted, std::string value) {
    std::string meaning = key.meaning;
    if (*key.other_defaults != '\0') meaning += fmt::format("; by default of {}", key.other_defaults);
    keys_.push_back({key.name, kind, std::move(wanted), *key.fallback == '\0' ? std::move(value) : key.fallback,
                     std::move(meaning)});
  }

  template <class Enum, std::size_t N>
  static std::string list_of(const Choice<Enum> (&choices)[N]) {
    std::vector<std::string> names;
    for (const auto& [name, choice] : choices) names.push_back(in_quotation_marks(name));
    return fmt::format("{}", fmt::join(names, ", "));
  }

  template <class Enum, std::size_t N>
  static std::string name_of(const Enum& value, const Choice<Enum> (&choices)[N]) {
    return in_quotation_marks(std::ranges::find(choices, value, &Choice<Enum>::second)->first);
  }

  static std::string range(const Limits& limits) {
    if (limits.most < Limits().most) return fmt::format(" from {} to {}", limits.least, limits.most);
    return limits.least > 0 ? fmt::format(" from {}", limits.least) : "";
  }

  std::vector<KeyInfo> keys_;
};

/// Lines of at most `width` characters.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

/// As a cell of a table in Markdown.
std::string escaped(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|' || c == '*' || c == '<') cell += '\\';
    cell += c;
  }
  return cell;
}

}  // namespace

std::vector<KeyInfo> config_keys() {
  Describer describer;
  const Config defaults;
  visit_keys(describer, defaults);
  return describer.take();
}

std::vector<KeyInfo> keys_with(const std::string& word) {
  const std::string wanted = lower(word);
  std::vector<KeyInfo> keys = config_keys();
  std::vector<std::string> names;
  for (const KeyInfo& key : keys) names.push_back(key.name);
  std::erase_if(keys, [&](const KeyInfo& key) {
    return lower(key.name + ' ' + key.wanted + ' ' + key.meaning).find(wanted) == std::string::npos &&
           our_key_for(word) != key.name;
  });
  if (keys.empty()) throw bad_input("keys {}: {}", word, advice_on_key(word, names));
  return keys;
}

std::string as_text(const std::vector<KeyInfo>& keys) {
  std::string list = fmt::format("{:<27} {:<19} {}\n", "key", "default", "meaning (values)");
  for (const KeyInfo& key : keys) {
    const std::vector<std::string> lines = wrapped(fmt::format("{} ({})", key.meaning, key.wanted), 52);
    list += fmt::format("{:<27} {:<19} {}\n", key.name, key.fallback, lines.front());
    for (std::size_t i = 1; i < lines.size(); ++i) list += fmt::format("{:48}{}\n", "", lines[i]);
  }
  return list;
}

std::string as_markdown(const std::vector<KeyInfo>& keys) {
  std::string list;
  std::string table;
  for (const KeyInfo& key : keys) {
    if (std::string its_table = key.name.substr(0, key.name.find('.')); its_table != table) {
      table = std::move(its_table);
      list += fmt::format("{}### [{}]\n\n| key | default | values | meaning |\n|---|---|---|---|\n",
                          list.empty() ? "" : "\n", table);
    }
    list += fmt::format("| `{}` | {} | {} | {} |\n", key.name, escaped(key.fallback), escaped(key.wanted),
                        escaped(key.meaning));
  }
  return list;
}

}  // namespace lockstep

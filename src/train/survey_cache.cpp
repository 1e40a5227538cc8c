#include "train/survey_cache.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "base/atomic_file.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/version.hpp"
#include "comm/broadcast.hpp"
#include "nn/loss.hpp"

namespace lockstep {

namespace {

std::string digest_of_text(std::string_view text) {
  Digest digest;
  digest.add_bytes(std::as_bytes(std::span(text)));
  return digest.text();
}

/// What of the configuration a survey depends on, and the features that it asks for. Paths stand for nothing: files are
/// known by size and time.
std::string digest_of_options(const Config& config, const DatasetInfo* known) {
  DataOptions options = config.data;
  options.train = options.test = options.validation = {};
  options.train.names = config.data.train.names;
  options.window = 0;
  if (known != nullptr) options.features = known->feature_names;
  return digest_of_text(archive_of(options) + archive_of(config.train.class_weights) +
                        fmt::format(" {} {}", config.run.split_seed, Losses::name_of(config.train.loss.name)));
}

}  // namespace

SurveyCache::SurveyCache(const Config& config, const DatasetInfo* known, std::uint64_t block_size) {
  const std::vector<std::string> files = config.data.train.files();
  const std::string options = digest_of_options(config, known);
  path = files.front();
  path += fmt::format(".{}.survey", options.substr(0, 8));
  key = fmt::format("lockstep {}, survey 3, options {}, {} samples a block", version(), options, block_size);
  for (const std::filesystem::path file : files) {
    std::error_code ignored;
    const auto time = std::filesystem::last_write_time(file, ignored).time_since_epoch().count();
    key += fmt::format(", {}: {} bytes of {}", file.string(), std::filesystem::file_size(file, ignored), time);
  }
  key += '\n';
}

std::optional<BlockSurvey> SurveyCache::load() const {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  constexpr std::size_t kDigits = 16;
  if (text.size() < kDigits + key.size() || text.compare(kDigits, key.size(), key) != 0) return std::nullopt;
  if (digest_of_text(std::string_view(text).substr(kDigits)) != text.substr(0, kDigits)) return std::nullopt;
  BlockSurvey survey;
  read_archive(text.substr(kDigits + key.size()), survey);
  return survey;
}

std::string SurveyCache::save(const BlockSurvey& survey) const {
  const std::string text = key + archive_of(survey);
  try {
    write_text_file(path, digest_of_text(text) + text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace lockstep

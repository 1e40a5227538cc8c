#include "metrics/event_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include "base/crc32c.hpp"
#include "base/error.hpp"
#include "base/stopwatch.hpp"
#include "metrics/event.pb.h"

namespace lockstep {

namespace {

using tensorboard::Event;

constexpr std::string_view kEventPrefix = "events.out.tfevents.";
constexpr std::string_view kVersion = "brain.Event:2";
constexpr std::string_view kWriter = "lockstep";

/// TFRecord's checksum of bytes, four of them, the lowest first.
std::string checksum(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  const std::uint32_t masked = ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U;
  std::string text;
  for (unsigned shift = 0; shift < 32; shift += 8) text += static_cast<char>((masked >> shift) & 0xFFU);
  return text;
}

/// The length of a record, eight bytes.
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kChecksumBytes = 4;

/// A record is its length, the checksum of that, its bytes and the checksum of those.
std::string record_of(const Event& event) {
  const std::string bytes = event.SerializeAsString();
  std::string length;
  for (unsigned shift = 0; shift < 8 * kLengthBytes; shift += 8)
    length += static_cast<char>((bytes.size() >> shift) & 0xFFU);
  return length + checksum(length) + bytes + checksum(bytes);
}

/// Takes the first event off `rest`. None at the end, or where what follows is damaged or was cut short.
std::optional<Event> take_event(std::string_view& rest) {
  constexpr std::size_t kHead = kLengthBytes + kChecksumBytes;
  const std::string_view head = rest.substr(0, kLengthBytes);
  if (rest.size() < kHead || rest.substr(kLengthBytes, kChecksumBytes) != checksum(head)) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = kLengthBytes; i-- > 0;) length = length << 8U | static_cast<unsigned char>(head[i]);
  if (rest.size() - kHead < length) return std::nullopt;
  const std::string_view bytes = rest.substr(kHead, length);
  Event event;
  if (rest.substr(kHead + length, kChecksumBytes) != checksum(bytes) ||
      !event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return std::nullopt;
  rest.remove_prefix(kHead + length + kChecksumBytes);
  return event;
}

/// Cuts off what an earlier start has recorded after `last_step`, or removes the file with 0. Does nothing to a file of
/// another program.
void cut(const std::filesystem::path& path, std::uint64_t last_step) {
  std::ifstream file(path, std::ios::binary);
  const std::string content(std::istreambuf_iterator<char>(file), {});
  std::string_view rest = content;
  const std::optional<Event> first = take_event(rest);
  if (!first || first->source_metadata().writer() != kWriter) return;
  if (last_step == 0) {
    std::filesystem::remove(path);
    return;
  }
  std::size_t kept = content.size() - rest.size();
  for (std::optional<Event> event; (event = take_event(rest)); kept = content.size() - rest.size())
    if (static_cast<std::uint64_t>(event->step()) > last_step + (event->has_session_log() ? 1 : 0)) break;
  if (kept < content.size()) std::filesystem::resize_file(path, kept);
}

std::string this_host() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace

EventFile::EventFile(const std::filesystem::path& run_folder, std::uint64_t last_step) {
  std::vector<std::filesystem::path> earlier;
  for (const auto& entry : std::filesystem::directory_iterator(run_folder))
    if (entry.is_regular_file() && entry.path().filename().string().starts_with(kEventPrefix))
      earlier.push_back(entry.path());
  for (const std::filesystem::path& path : earlier) cut(path, last_step);

  // TensorBoard reads files by name: the time has a fixed number of digits.
  const double now = unix_time();
  path_ = run_folder / fmt::format("{}{:017.6f}.{}", kEventPrefix, now, this_host());
  file_.open(path_, std::ios::binary);
  Event version;
  version.set_wall_time(now);
  version.set_file_version(std::string(kVersion));
  version.mutable_source_metadata()->set_writer(std::string(kWriter));
  // By this a TensorBoard that has seen later steps of an earlier start forgets them.
  Event start;
  start.set_wall_time(now);
  start.set_step(static_cast<std::int64_t>(last_step) + 1);
  start.mutable_session_log()->set_status(tensorboard::SessionLog::START);
  file_ << record_of(version) << record_of(start) << std::flush;
  if (!file_) throw failure("{}: cannot write: {}", path_.string(), std::strerror(errno));
}

void EventFile::append(std::uint64_t step, std::span<const std::pair<std::string, double>> values) {
  Event event;
  event.set_wall_time(unix_time());
  event.set_step(static_cast<std::int64_t>(step));
  for (const auto& [name, number] : values) {
    tensorboard::Summary::Value* value = event.mutable_summary()->add_value();
    value->set_tag(name);
    value->set_simple_value(static_cast<float>(number));
  }
  file_ << record_of(event) << std::flush;
  if (!file_) throw failure("{}: cannot write: {}", path_.string(), std::strerror(errno));
}

}  // namespace lockstep

#include "metrics/lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace lockstep {

namespace {

constexpr double kMinute = 60;
constexpr double kHour = 3600;

/// "0:25", "1:02:03", of a run that is not too slow to end.
std::string clock_text(double seconds) {
  constexpr double kMost = 1e8;
  const auto whole = static_cast<std::uint64_t>(seconds < kMost ? seconds : kMost);
  const std::uint64_t minutes = whole / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, whole % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, whole % 60);
}

std::string bar(std::uint64_t done, std::uint64_t all, std::size_t width) {
  return fmt::format(" [{:.<{}}]", std::string(done * width / all, '#'), width);
}

}  // namespace

std::string short_number(double value) {
  const double size = std::abs(value);
  if (size < 100) return fmt::format("{:.4f}", value);
  return size < 999999 ? fmt::format("{:.6g}", value) : fmt::format("{:.2e}", value);
}

std::string full_number(double value) {
  constexpr double kLong = 1e15;
  return std::abs(value) < kLong ? fmt::format("{:.6f}", value) : fmt::format("{:.6e}", value);
}

std::string short_duration(double seconds) {
  constexpr double kFewSeconds = 10;
  constexpr double kManySeconds = 1000;
  if (seconds < 1) return fmt::format("{:.0f}ms", 1000 * seconds);
  if (seconds < kFewSeconds) return fmt::format("{:.1f}s", seconds);
  if (seconds < kManySeconds) return fmt::format("{:.0f}s", seconds);
  if (seconds < kMinute * kManySeconds) return fmt::format("{:.0f}min", seconds / kMinute);
  return fmt::format("{:.1f}h", seconds / kHour);
}

std::string progress_line(const ProgressState& state, std::size_t columns) {
  const std::string epoch = fmt::format("{}/{}", state.epoch, state.epochs);
  const std::string percent = fmt::format("{:3}%", state.step * 100 / state.steps);
  const std::string loss = "  loss " + short_number(state.loss);
  const std::string score = state.score_name.empty() ? "" : "  " + state.score_name + ' ' + short_number(state.score);
  const std::string left = "  " + clock_text(state.seconds_left);

  constexpr std::size_t kShortestBar = 5;
  constexpr std::size_t kLongestBar = 20;
  const std::size_t frame = bar(0, 1, 0).size();
  const std::size_t most = columns - std::min<std::size_t>(columns, 1);
  std::string after_bar;
  for (const char* samples : {" samples", ""}) {
    after_bar =
        fmt::format(" {}{}{}  {:.0f}{}/s{} left", percent, loss, score, state.samples_per_second, samples, left);
    const std::size_t fixed = std::string("epoch ").size() + epoch.size() + frame + after_bar.size();
    if (fixed + kShortestBar <= most)
      return fmt::format("epoch {}{}{}", epoch, bar(state.step, state.steps, std::min(kLongestBar, most - fixed)),
                         after_bar);
  }
  for (const std::string& line : {fmt::format("epoch {}{}", epoch, after_bar),
                                  fmt::format("epoch {} {}{}{}{} left", epoch, percent, loss, score, left),
                                  fmt::format("epoch {} {}{}{} left", epoch, percent, loss, left),
                                  fmt::format("epoch {} {}{} left", epoch, percent, left),
                                  fmt::format("{} {}{}", epoch, percent, left), fmt::format("{} {}", epoch, percent)})
    if (line.size() <= most) return line;
  return percent.substr(0, most);
}

std::string log_line(const ProgressState& state) {
  const auto with_unit = [&state](const char* samples) {
    return fmt::format("step {}/{} of epoch {}/{}  loss {}  {:.0f}{}/s  {} left", state.step, state.steps, state.epoch,
                       state.epochs, short_number(state.loss), state.samples_per_second, samples,
                       clock_text(state.seconds_left));
  };
  const std::string line = with_unit(" samples");
  return line.size() <= kColumns ? line : with_unit("");
}

std::string epoch_line(const EpochState& state) {
  const std::string epoch = fmt::format("epoch {}/{}", state.epoch, state.epochs);
  const std::string train = "  train_loss " + short_number(state.train_loss);
  const std::string measured = fmt::format("  {} {}  {} {}", state.loss_name, short_number(state.loss),
                                           state.score_name, short_number(state.score));
  const std::string time = "  " + short_duration(state.seconds);
  for (const std::string& line :
       {fmt::format("{}{}{}{}", epoch, train, measured, time), fmt::format("{}{}{}", epoch, train, measured)})
    if (line.size() <= kColumns) return line;
  return epoch + measured;
}

std::string result_table(const ResultState& state) {
  const auto row = [&](const char* part, const std::string& loss, const std::string& score, const std::string& note) {
    const std::size_t width = std::max<std::size_t>(state.score_name.size(), 9);
    return fmt::format("{:<10}  {:>9}  {:>{}}{}{}\n", part, loss, score, width, note.empty() ? "" : "  ", note);
  };
  std::string table = row("", "loss", state.score_name, "") +
                      row("training", short_number(state.train_loss), "", fmt::format("epoch {}", state.epoch));
  if (state.validation_loss)
    table += row("validation", short_number(*state.validation_loss),
                 state.validation_score ? short_number(*state.validation_score) : "",
                 fmt::format("epoch {}, the best", state.best_epoch));
  return table + row("test", short_number(state.test_loss), short_number(state.test_score), "");
}

}  // namespace lockstep

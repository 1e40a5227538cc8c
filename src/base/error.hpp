// What can go wrong and how the program then ends: one exception type for people, one check for bugs.
#pragma once

#include <fmt/format.h>

#include <source_location>
#include <stdexcept>
#include <string>

namespace lockstep {

/// The exit statuses of the program. They are part of its contract with scripts.
enum class ExitStatus : int {
  done = 0,
  failed = 1,
  bad_input = 2,  // wrong usage, configuration or input
  stopped = 75,   // on request, with a checkpoint written: run me again
};

/// A failure that its user can act on. The message says what was wrong, where, and what to do.
class Error : public std::runtime_error {
 public:
  Error(ExitStatus status, const std::string& message) : std::runtime_error(message), status_(status) {}

  [[nodiscard]] ExitStatus status() const { return status_; }

 private:
  ExitStatus status_;
};

/// An Error for wrong usage, configuration or input: `throw bad_input("{}: no such file", path)`.
template <class... Args>
[[nodiscard]] Error bad_input(fmt::format_string<Args...> format, Args&&... args) {
  return {ExitStatus::bad_input, fmt::format(format, std::forward<Args>(args)...)};
}

/// An Error for what failed although the input was right: a full disk, a lost rank.
template <class... Args>
[[nodiscard]] Error failure(fmt::format_string<Args...> format, Args&&... args) {
  return {ExitStatus::failed, fmt::format(format, std::forward<Args>(args)...)};
}

/// Aborts the process when `holds` is false: a broken invariant is a bug, which nobody can handle.
void invariant(bool holds, const char* what, const std::source_location& where = std::source_location::current());

}  // namespace lockstep

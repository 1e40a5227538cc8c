#include "base/bus_error.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

namespace lockstep {

namespace {

/// What is said. A signal handler can reach nothing but a global, and put nothing together.
std::array<char, 512> message{};

extern "C" void explain_bus_error(int) {
  (void)!write(STDERR_FILENO, message.data(), strnlen(message.data(), message.size()));
  _exit(1);
}

}  // namespace

void explain_bus_errors(const std::string& who) {
  fmt::format_to_n(message.data(), message.size() - 1,
                   "{}: bus error: memory that processes share has no page left, most probably since /dev/shm is full "
                   "(df /dev/shm); give it more room (docker run --shm-size=2g), or end what fills it\n",
                   who);
  struct sigaction action {};
  action.sa_handler = explain_bus_error;
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace lockstep

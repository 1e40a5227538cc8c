// Which process this is, among all of all hosts, and whether another one still lives.
#pragma once

#include <map>
#include <string>

namespace lockstep {

/// A process, told from any other at any time.
struct ProcessIdentity {
  std::string host;
  std::string boot;     // of the host, by the kernel
  std::string space;    // of process numbers: a container may have its own
  std::string process;  // its number
  std::string started;  // by the clock of the boot
  std::string job;      // "SLURM job 4711"; empty: of no batch system

  static ProcessIdentity of_this_process();

  /// Both ways, as fields of a text.
  explicit ProcessIdentity(const std::map<std::string, std::string>& fields);
  [[nodiscard]] std::map<std::string, std::string> fields() const;

  /// "process 1234 on node07 (SLURM job 4711)"
  [[nodiscard]] std::string text() const;
};

enum class Life {
  alive,
  ending,  // killed, or in its own end
  dead,
  unknown,  // of another host or container, or hidden
};

/// What can be seen of a process from this one.
Life life_of(const ProcessIdentity& process);

}  // namespace lockstep

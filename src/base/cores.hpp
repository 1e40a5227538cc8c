// The processor cores that a process may use.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

/// Cores, each called by its lowest hardware thread, in order.
using Cores = std::vector<int>;

/// The cores of these hardware threads. `system` describes the processors, as Linux does under /sys/devices/system/cpu;
/// a thread of which it knows nothing is a core of its own.
Cores cores_of_threads(const std::vector<int>& threads,
                       const std::filesystem::path& system = "/sys/devices/system/cpu");

/// The cores in this thread's affinity mask: those to which its launcher has bound it.
Cores bound_cores();

/// The cores to which this process could be bound: those of the host, or of the part that its job or container has.
Cores allowed_cores();

/// Binds this thread to these cores, as far as the system lets it.
void bind_thread(const Cores& cores);

/// The same cores as text, and back: for messages between ranks.
std::string to_text(const Cores& cores);
Cores cores_from_text(const std::string& text);

}  // namespace lockstep

// The processor of this host, by name.
#pragma once

#include <filesystem>
#include <string>

namespace lockstep {

/// The model of the first processor, for example "AMD EPYC 9B14", as Linux says in `file`; where that has no name for
/// it, the maker's and the part's numbers or the architecture.
std::string processor_name(const std::filesystem::path& file = "/proc/cpuinfo");

}  // namespace lockstep

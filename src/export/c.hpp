// A trained network as a file of C.
#pragma once

#include <string>
#include <string_view>

#include "export/exported_model.hpp"

namespace lockstep {

/// C99 that needs the C library alone: its functions, called after the model, are thread-safe and allocate nothing, and
/// give predict's bits where the compiler keeps to IEEE 754. The file begins with a description of them.
struct CExport {
  static constexpr std::string_view kName = "c";
  static constexpr const char* kFile = "FILE.c";
  static constexpr const char* kHelp = "Write a file of C99 without dependencies";
  static constexpr const char* kContent = "C functions";
  static constexpr std::string_view kBeginning = "/* Written by lockstep export";

  static std::string text_of(const ExportedModel& exported);
};

/// The type of an answer in C: float for classes, double for targets.
std::string_view c_output_type(const DatasetInfo& data);

}  // namespace lockstep

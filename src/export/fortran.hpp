// The functions of a CExport as a module of Fortran.
#pragma once

#include <string>
#include <string_view>

#include "export/exported_model.hpp"

namespace lockstep {

/// A module of Fortran 2003, called after the model, that declares the functions of the C file by iso_c_binding.
struct FortranExport {
  static constexpr std::string_view kName = "fortran";
  static constexpr const char* kFile = "FILE.f90";
  static constexpr const char* kHelp = "Write a module of Fortran that declares the functions of --c";
  static constexpr const char* kContent = "a Fortran module";
  static constexpr std::string_view kBeginning = "! Written by lockstep export";

  static std::string text_of(const ExportedModel& exported);
};

}  // namespace lockstep

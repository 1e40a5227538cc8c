// The exports that there are: a file each in this folder, and a line here.
//
// An entry has
//   kName           its option, --NAME FILE
//   kFile, kHelp    what the program's help says of it
//   kContent        what such a file holds, in a word
//   kBeginning      what each file begins with, by which it is known for one of ours
//   text_of(model)  the whole file
#pragma once

#include <cstdint>

#include "base/table.hpp"
#include "export/c.hpp"
#include "export/fortran.hpp"
#include "export/onnx.hpp"

namespace lockstep {

/// An entry, by its place.
enum class Export : std::uint8_t {};

using Exports = Table<Export,      //
                      OnnxExport,  //
                      CExport,     //
                      FortranExport>;

}  // namespace lockstep

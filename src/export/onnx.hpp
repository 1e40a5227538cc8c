// A trained network as an ONNX model.
#pragma once

#include <string>
#include <string_view>

#include "export/exported_model.hpp"

namespace lockstep {

/// A graph of operator set 17 and ai.onnx.ml 3, for any number of samples:
///
/// - input `features` (samples, columns of numbers in their order), or of arrays (samples, their shape): float64, or
///   uint8 for bytes; NaN is a gap. Not there where all columns have words.
/// - input `words` (samples, columns of words in their order), texts; the empty text is a gap, and a text that training
///   has not seen is none of the words.
/// - output `outputs` (samples, outputs): of a classification float32, mostly probabilities; of a regression float64 in
///   the units of the data.
/// - output `labels` (samples): the name of the most likely class. Not there in a regression.
///
/// ScaleColumns are shifted and scaled in float64; the network is float32. Names are in the metadata, as JSON.
struct OnnxExport {
  static constexpr std::string_view kName = "onnx";
  static constexpr const char* kFile = "FILE.onnx";
  static constexpr const char* kHelp = "Write an ONNX model";
  static constexpr const char* kContent = "an ONNX model";
  static constexpr std::string_view kBeginning = "\x08\x08\x12\x08lockstep";  // version of the format, producer

  /// Bad input where the model is larger than ONNX files can be, 2 GiB.
  static std::string text_of(const ExportedModel& exported);
};

}  // namespace lockstep

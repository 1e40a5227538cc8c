#include "export/c.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "export/c_code.hpp"
#include "export/c_inputs.hpp"
#include "export/c_network.hpp"
#include "export/samples.hpp"

namespace lockstep {

namespace {

bool has_words(const DatasetInfo& data) {
  return !data.feature_words.empty();
}

constexpr std::string_view kAbout = R"({beginning} ({origin}). Functions of a trained network; declare them as
 *
 *   int {name}_predict(const double *features, {type} *outputs);
{more} *   int {name}_self_test(void);
 *
 * They may be called by any number of threads at once, and take {stack} bytes of the stack.
 *
 * {name}_predict: `features` are the {features} columns of a sample as a file has them, NAN for a gap; `outputs` become the
 * {outputs} {what}. Returns 0; else the number of a column, from 1, whose feature is no number that the network takes,
 * or -1 where a prediction is not finite.
{more_about} * {name}_self_test: 1 where known samples have their known predictions to the last bit, else 0. Build for fused multiply-adds
 * (on x86-64 -march=native or -mfma), as without them the same bits come slowly, and without -ffast-math.
 *
 * {name}_feature_names and {name}_output_names are arrays of const char *const. */
)";

constexpr std::string_view kHead = R"(
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Products and sums are rounded each by itself. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")
#else
#pragma STDC FP_CONTRACT OFF
#endif
)";

/// The comment at the beginning, which says what there is.
std::string about(const ExportedModel& exported, std::size_t width) {
  const DatasetInfo& data = exported.data;
  const bool classifies = data.task == Task::classification;
  std::string more;
  std::string more_about;
  if (has_words(data)) {
    more += fmt::format(" *   double {}_word(int column, const char *word);\n", exported.name);
    more_about += fmt::format(
        " * {0}_word: the feature of a column of words, counted from 1, that has this word; -1 for one that training "
        "has not\n"
        " * seen.\n",
        exported.name);
  }
  if (classifies) {
    more += fmt::format(" *   int {}_class(const float *outputs);\n", exported.name);
    more_about += fmt::format(" * {0}_class: the place, from 0, of the largest output.\n", exported.name);
  }
  return fmt::format(fmt::runtime(kAbout), fmt::arg("beginning", CExport::kBeginning),
                     fmt::arg("origin", exported.origin), fmt::arg("name", exported.name),
                     fmt::arg("type", c_output_type(data)), fmt::arg("more", more),
                     fmt::arg("stack", 2 * width * sizeof(float)), fmt::arg("features", data.features()),
                     fmt::arg("outputs", data.outputs()), fmt::arg("what", classifies ? "classes' outputs" : "targets"),
                     fmt::arg("more_about", more_about));
}

/// The widest layer, inputs included.
std::size_t widest(const Model& model) {
  std::size_t width = model.inputs();
  for (const Layer& layer : model.layers()) width = std::max(width, layer.outputs);
  return width;
}

std::string names(const ExportedModel& exported) {
  return '\n' + c_array(exported.name + "_feature_names", std::span<const std::string>(column_names(exported.data))) +
         c_array(exported.name + "_output_names", std::span<const std::string>(exported.data.output_names));
}

std::string predict_function(const ExportedModel& exported, std::size_t width, const std::string& statements) {
  return fmt::format(
      "\nint {0}_predict(const double *features, {1} *outputs);\n"
      "int {0}_predict(const double *features, {1} *outputs) {{\n  float x[{2}];\n  float y[{2}];\n{3}  return "
      "0;\n}}\n",
      exported.name, c_output_type(exported.data), width, statements);
}

std::string class_function(const ExportedModel& exported) {
  return fmt::format(R"(
int {0}_class(const float *outputs);
int {0}_class(const float *outputs) {{
  int best = 0;
  for (int i = 1; i < {1}; ++i)
    if (outputs[i] > outputs[best]) best = i;
  return best;
}}
)",
                     exported.name, exported.data.outputs());
}

std::string word_function(const ExportedModel& exported) {
  std::string lists;
  std::string cases;
  const DatasetInfo& data = exported.data;
  for (std::size_t c = 0; c < data.features(); ++c) {
    if (!data.is_of_words(c)) continue;
    lists += "static " + c_array(fmt::format("words_{}", c + 1), std::span<const std::string>(data.feature_words[c]));
    cases += fmt::format("    case {0}: return number_of_word(words_{0}, {1}, word);\n", c + 1,
                         data.feature_words[c].size());
  }
  return fmt::format(R"(
{1}
double {0}_word(int column, const char *word);
double {0}_word(int column, const char *word) {{
  switch (column) {{
{2}    default: return -1;
  }}
}}
)",
                     exported.name, lists, cases);
}

std::string self_test_function(const ExportedModel& exported) {
  const KnownSamples known = known_samples(exported);
  const bool classifies = exported.data.task == Task::classification;
  return '\n' + c_array("known_features", std::span<const double>(known.features)) +
         (classifies ? c_array("known_outputs", std::span<const float>(known.outputs))
                     : c_array("known_outputs", std::span<const double>(known.targets))) +
         fmt::format(R"(
int {0}_self_test(void);
int {0}_self_test(void) {{
  {1} outputs[{2}];
  for (int i = 0; i < {3}; ++i) {{
    if ({0}_predict(known_features + i * {4}, outputs) != 0) return 0;
    if (memcmp(outputs, known_outputs + i * {2}, sizeof outputs) != 0) return 0;
  }}
  return 1;
}}
)",
                     exported.name, c_output_type(exported.data), exported.data.outputs(), known.count,
                     exported.data.features());
}

}  // namespace

std::string_view c_output_type(const DatasetInfo& data) {
  return data.task == Task::classification ? "float" : "double";
}

std::string CExport::text_of(const ExportedModel& exported) {
  CCode code;
  add_c_inputs(exported, code);
  add_c_network(exported, code);
  add_c_outputs(exported, code);
  const std::size_t width = widest(exported.model);
  std::string functions = predict_function(exported, width, code.statements);
  if (exported.data.task == Task::classification) functions += class_function(exported);
  if (has_words(exported.data)) functions += word_function(exported);
  return about(exported, width) + std::string(kHead) + c_parts_for(functions) + '\n' + code.constants +
         names(exported) + functions + self_test_function(exported);
}

}  // namespace lockstep

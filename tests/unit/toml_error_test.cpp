// Text that is no TOML: the line, and what to write in its place.
#include "config/toml_error.hpp"

#include "config/read.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string explanation_of(const std::string& text) {
  return bad_input_of([&] { return read_config_text(text, "c.toml", {}); });
}

TEST(TomlError, SaysWhatToWrite) {
  struct Case {
    std::string line;  // the second of a file
    std::string help;
  };
  const std::vector<Case> cases{
      {"name = abc", "put words in quotes: name = \"abc\""},
      {"name = abc # a comment", "put words in quotes: name = \"abc\""},
      {"activation = relu", "put words in quotes: activation = \"relu\""},
      {"activation = tanh", "put words in quotes: activation = \"tanh\""},
      {"loss = nan_loss", "put words in quotes: loss = \"nan_loss\""},
      {"loss = true_loss", "put words in quotes: loss = \"true_loss\""},
      {"train = a.csv", "put words in quotes: train = \"a.csv\""},
      {"train = /data/a.csv", "put words in quotes: train = \"/data/a.csv\""},
      {"train = ../a.csv", "put words in quotes: train = \"../a.csv\""},
      {"train = 2024.csv", "put words in quotes: train = \"2024.csv\""},
      {"train = data/2024.csv", "put words in quotes: train = \"data/2024.csv\""},
      {"name = 3layers", "put words in quotes: name = \"3layers\""},
      {"name = größe", "put words in quotes: name = \"größe\""},
      {"name = two words", "put words in quotes: name = \"two words\""},
      {"classes = [a, b]", "put words in quotes: classes = [\"a\", \"b\"]"},
      {"classes = ['a', b, 3]", "put words in quotes: classes = ['a', \"b\", 3]"},
      {"train = { images = x, labels = y }", "put words in quotes, as in { images = "},
      {"standardize = True", "write standardize = true"},
      {"standardize = False", "write standardize = false"},
      {"standardize = yes", "write standardize = true"},
      {"test = None", "leave test out"},
      {"test = null", "leave test out"},
      {"name =", "a value is missing after name ="},
      {"name = # later", "a value is missing after name ="},
      {"name 'r'", "write KEY = VALUE"},
      {"name: r", "write = in place of :"},
      {"name == 'r'", "write one = after name"},
      {"= 3", "a key is missing"},
      {"global batch = 3", "a key has no spaces"},
      {"[train", "write a section as [train]"},
      {"[[model.layers]", "write a section as [train]"},
      {"name = 'r", "the closing quote is missing"},
      {"name = \"r", "the closing quote is missing"},
      {"name = \u201cr\u201d", "straight quotes"},
      {"hidden = 512, 256", "write a list in brackets"},
      {"global_batch = 1,000", "a number without commas"},
      {"rate = .1", "a digit before the point"},
      {"rate = 1.", "a digit after the point"},
      {"rate = 007", "leading zeroes"},
      {"train = \"C:\\data\"", "unknown escape sequence"},
      {"// a comment", "write a comment as #"},
  };
  for (const auto& [line, help] : cases)
    EXPECT_THAT(explanation_of("[run]\n" + line + "\nseed = 3\n"),
                AllOf(StartsWith("c.toml:2: "), HasSubstr(help), HasSubstr(": " + line)))
        << line;
}

TEST(TomlError, SaysWhatIsMissingAbove) {
  EXPECT_THAT(explanation_of("[model]\nhidden = [1, 2\n[train]\nepochs = 3\n"),
              AllOf(StartsWith("c.toml:3: "), HasSubstr("a list above has no closing ]")));
  EXPECT_THAT(explanation_of("[model]\nhidden = [1, 2\ndropout = 0.5\n"),
              AllOf(StartsWith("c.toml:3: "), HasSubstr("a list above has no closing ]")));
  EXPECT_THAT(explanation_of("[data]\ntrain = { images = 'i'\nlabels = 'l' }\n"),
              HasSubstr("the closing } is missing"));
}

TEST(TomlError, SaysWhatIsThereTwice) {
  EXPECT_THAT(explanation_of("[run]\nname = 'r'\nname = 's'\n"),
              AllOf(StartsWith("c.toml:3: "), HasSubstr("this key is there twice: name = 's'")));
  EXPECT_THAT(explanation_of("[run]\nname = 'r'\n[run]\nseed = 3\n"),
              AllOf(StartsWith("c.toml:3: "), HasSubstr("this section is there twice; put its keys together: [run]")));
}

TEST(TomlError, HandsOverWhatIsNoText) {
  EXPECT_THAT(explanation_of("[run]\nname = 'caf\xe9'\n"), HasSubstr("no text in UTF-8"));
  EXPECT_THAT(explanation_of(std::string("\x89HDF\r\n\x1a\n", 8)), HasSubstr("no text in UTF-8"));
  EXPECT_THAT(explain_toml_error("a = \xcf\nb", 7, "whatever"), HasSubstr("KEY = VALUE"));
}

}  // namespace
}  // namespace lockstep

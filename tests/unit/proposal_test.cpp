// First configurations: what they say of a file, and that they are read as they stand.
#include "config/proposal.hpp"

#include <fmt/format.h>

#include <sstream>

#include "config/read.hpp"
#include "data/scales/list.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class ProposalTest : public DataFilesTest {
 protected:
  [[nodiscard]] std::string propose(const std::string& file, const std::string& target = "") const {
    return propose_config({.data = {path(file), {}}, .target = target, .output = path("first.toml")});
  }

  /// The proposal as `lockstep train` reads it.
  [[nodiscard]] Config read(const std::string& text) const { return read_config(write("first.toml", text), {}); }

  [[nodiscard]] std::string message_about(const std::string& file, const std::string& target = "") const {
    return bad_input_of([&] { return propose(file, target); });
  }

  /// A table with `rows` rows: two numbers and a last column.
  void write_table(const std::string& name, const std::string& header, int rows, const char* (*last)(int)) const {
    std::string text = header + "\n";
    for (int i = 0; i < rows; ++i) text += fmt::format("{}.5,{},{}\n", i, i * i % 7, last(i));
    (void)write(name, text);
  }
};

TEST_F(ProposalTest, LearnsTheClassesOfTheLastColumn) {
  write_table("t.csv", "width, height,\"kind of \"\"it\"\"\"", 60, [](int i) { return i % 3 == 0 ? "cat" : "dog"; });
  const std::string text = propose("t.csv");
  EXPECT_THAT(text, AllOf(HasSubstr("# 43 training samples of 2 numbers: \"width\", \"height\"\n"),
                          HasSubstr("# 2 classes to learn: \"cat\", \"dog\"\n"), HasSubstr("the last one; --target")));
  const Config config = read(text);
  EXPECT_EQ(config.run.name, "first");
  EXPECT_EQ(config.data.format, DataFormat::csv);
  EXPECT_EQ(config.data.train.path.text(), path("t.csv"));
  EXPECT_THAT(text, HasSubstr("\ntrain = \"t.csv\"\n"));  // it may move with its data
  EXPECT_EQ(config.data.test_fraction, 0.2);
  EXPECT_EQ(config.data.validation_fraction, 0.1);
  EXPECT_THAT(config.data.target, ElementsAre("kind of \"it\""));
  EXPECT_EQ(config.data.scale, kScale<StandardScale>);
  EXPECT_EQ(config.train.loss.name, kLoss<CrossEntropy>);
  EXPECT_FALSE(config.model.hidden.empty());
}

TEST_F(ProposalTest, FillsGaps) {
  std::string text = "size,colour,kind\n";
  for (int i = 0; i < 30; ++i)
    text += fmt::format("{},{},{}\n", i % 4 == 0 ? "NA" : "2.5", i % 2 == 0 ? "red" : "", "ab"[i % 2]);
  (void)write("t.csv", text);
  const Config filled = read(propose("t.csv"));
  EXPECT_EQ(filled.data.gaps.missing, ByColumn<Missing>(Missing::median));

  (void)write("t.csv", text + "1,blue,?\n");
  ByColumn<Missing> both = Missing::median;
  both.given.emplace("kind", Missing::drop);
  EXPECT_EQ(read(propose("t.csv")).data.gaps.missing, both);
}

TEST_F(ProposalTest, LearnsANumberWhereThereAreNoClasses) {
  write_table("t.csv", "y,b,c", 60, [](int i) { return i % 2 == 0 ? "0.25" : "7.5"; });
  const std::string text = propose("t.csv");
  EXPECT_THAT(text, AllOf(HasSubstr("# 1 number to learn: \"y\"\n"), HasSubstr("by its name")));
  const Config config = read(text);
  EXPECT_EQ(config.train.loss.name, kLoss<Mse>);
  EXPECT_EQ(config.data.scale_targets, kScale<StandardScale>);
  EXPECT_THAT(config.data.target, ElementsAre("y"));
  EXPECT_THAT(read(propose("t.csv", "b")).data.target, ElementsAre("b"));
}

TEST_F(ProposalTest, FindsTheLabelsOfImages) {
  std::string pixels;
  std::string labels;
  for (int i = 0; i < 20; ++i) {
    pixels.append({static_cast<char>(i), '\1', '\2', '\3'});
    labels += static_cast<char>(i % 2);
  }
  (void)write("train-images-idx3-ubyte.gz", gzip(idx({20, 2, 2}, pixels)));
  EXPECT_THAT(message_about("train-images-idx3-ubyte.gz"), HasSubstr("lockstep init IMAGES LABELS"));
  (void)write("train-labels-idx1-ubyte.gz", gzip(idx({20}, labels)));
  const std::string text = propose("train-images-idx3-ubyte.gz");
  EXPECT_THAT(text, HasSubstr("# 14 training samples of 2 x 2 numbers\n"));
  const Config config = read(text);
  EXPECT_EQ(config.data.format, DataFormat::idx);
  EXPECT_EQ(config.data.train.labels.text(), path("train-labels-idx1-ubyte.gz"));
  EXPECT_THAT(message_about("train-images-idx3-ubyte.gz", "y"), HasSubstr("only a CSV table"));
}

TEST_F(ProposalTest, FaultyTablesGetTheReadersMessage) {
  EXPECT_THAT(message_about("none.csv"), HasSubstr("no such file"));
  (void)write("empty.csv", "");
  EXPECT_THAT(message_about("empty.csv"), HasSubstr("empty"));
  (void)write("one.csv", "a\n1\n2\n");
  EXPECT_THAT(message_about("one.csv"), HasSubstr("one column"));
  (void)write("word.csv", "a,b,y\n1,2,x\n1,oops,z\n3,4,x\n");
  EXPECT_THAT(message_about("word.csv"), AllOf(HasSubstr("word.csv:3"), HasSubstr("'oops'")));
  EXPECT_THAT(message_about("word.csv", "q"), HasSubstr("no column 'q'"));
  (void)write("plain.csv", "5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.9,virginica\n5.9,3.0,virginica\n");
  EXPECT_THAT(message_about("plain.csv", "q"), HasSubstr("plain.csv"));
  EXPECT_THAT(propose("plain.csv"), AllOf(HasSubstr("\"column_1\", \"column_2\"\n"), HasSubstr("CSV with no header")));
}

TEST_F(ProposalTest, NamesAreNoToml) {
  std::string header = "a\tb";
  std::string row = "1";
  for (int i = 0; i < 40; ++i) {
    header += fmt::format(",a rather long name of a column {}", i);
    row += ",1";
  }
  std::string text = header + ",\"#'\"\"\"\n";
  for (int i = 0; i < 30; ++i) text += row + (i % 2 == 0 ? ",u\n" : ",v\n");
  (void)write("odd # \"name\".csv", text);
  const std::string proposal = propose("odd # \"name\".csv");
  const Config config = read(proposal);
  EXPECT_THAT(config.data.target, ElementsAre("#'\""));
  EXPECT_THAT(config.data.train.path.text(), EndsWith("odd # \"name\".csv"));
  EXPECT_THAT(proposal, HasSubstr("and 21 more\n"));
  std::istringstream lines(proposal);
  for (std::string line; std::getline(lines, line) && line.starts_with('#');) EXPECT_LE(line.size(), 100U) << line;
}

}  // namespace
}  // namespace lockstep

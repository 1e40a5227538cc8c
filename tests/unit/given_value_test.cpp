// Values on the command line: the key decides what they are, not how TOML reads them.
#include "config/given_value.hpp"

#include "config/read.hpp"
#include "data/scales/list.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const std::string kTable =
    "run.name = 'r'\ndata.format = 'csv'\ndata.train = '/t.csv'\ndata.target = 'y'\ndata.test_fraction = 0.5\n";

Config with(const std::string& setting) {
  return read_config_text(kTable, "c.toml", {setting});
}

std::string message_about(const std::string& setting) {
  std::string message = bad_input_of([&] { return with(setting); });
  EXPECT_THAT(message, StartsWith("--set " + setting + ": "));
  return message;
}

TEST(GivenValue, ATextNeedsNoQuotes) {
  const std::vector<std::pair<std::string, std::string>> names_of{
      {"run.name=4711", "4711"},         {"run.name=2026-11-27", "2026-11-27"},
      {"run.name=true", "true"},         {"run.name=1e5", "1e5"},
      {"run.name=a=b 'c'", "a=b 'c'"},   {"run.name=a#b", "a#b"},
      {"run.name=[x]", "[x]"},           {"run.name= a b ", "a b"},
      {"run.name=\"quoted\"", "quoted"}, {"run.name='4711'", "4711"},
      {"run.name = inf", "inf"},         {"run.name=\\d\"e", "\\d\"e"},
      {"run.name=größe", "größe"},       {"run.name=a\tb", "a\tb"},
      {"run.name=12:30", "12:30"},       {"run.name=\"a\\u0042\"", "aB"}};
  for (const auto& [setting, name] : names_of) EXPECT_EQ(with(setting).run.name, name) << setting;
}

TEST(GivenValue, APathNeedsNoQuotes) {
  const std::string here = std::filesystem::current_path();
  EXPECT_EQ(with("data.train=2024").data.train.path.text(), here + "/2024");
  EXPECT_EQ(with("data.train=5#b.csv").data.train.path.text(), here + "/5#b.csv");
  EXPECT_EQ(with("data.train=1e3").data.train.path.text(), here + "/1e3");
  EXPECT_EQ(with("data.train='/a b.csv'").data.train.path.text(), "/a b.csv");
  const Config idx =
      read_config_text(kTable, "c", {"data.format=idx", "data.target=", "data.train.images=1", "data.train.labels=2"});
  EXPECT_EQ(idx.data.train.path.text(), here + "/1");
  EXPECT_EQ(idx.data.train.labels.text(), here + "/2");
}

TEST(GivenValue, AListNeedsNoQuotesOrBrackets) {
  EXPECT_THAT(with("data.classes=[0,1]").data.classes, ElementsAre("0", "1"));
  EXPECT_THAT(with("data.classes=0,1").data.classes, ElementsAre("0", "1"));
  EXPECT_THAT(with("data.classes=[yes, no,]").data.classes, ElementsAre("yes", "no"));
  EXPECT_THAT(with("data.classes=['a', 3, b c]").data.classes, ElementsAre("a", "3", "b c"));
  EXPECT_THAT(with("data.classes='a, b',\"c\"").data.classes, ElementsAre("a, b", "c"));
  EXPECT_THAT(with("data.classes=[]").data.classes, IsEmpty());
  EXPECT_THAT(with("data.target=3").data.target, ElementsAre("3"));
  EXPECT_THAT(with("data.target=a,b").data.target, ElementsAre("a", "b"));
  EXPECT_THAT(with("data.target='a,b'").data.target, ElementsAre("a,b"));
  EXPECT_THAT(with("data.target=don't know").data.target, ElementsAre("don't know"));
  for (const char* setting : {"model.hidden=[12,3]", "model.hidden=12,3", "model.hidden=[ 12 , 3 ]"}) {
    const Config config = with(setting);
    ASSERT_EQ(config.model.hidden.size(), 2U) << setting;
    EXPECT_EQ(config.model.hidden[0].units, 12U);
    EXPECT_EQ(config.model.hidden[1].units, 3U);
  }
}

TEST(GivenValue, ANumberIsOneAsAnybodyWritesIt) {
  const std::vector<std::pair<std::string, double>> rates{{".1", 0.1},   {"+.1", 0.1}, {"1.", 1},       {"1e-3", 1e-3},
                                                          {"+5", 5},     {"5", 5},     {"1.e-3", 1e-3}, {"1_000", 1000},
                                                          {"00.5", 0.5}, {".5e1", 5},  {"1E-3", 1e-3}};
  for (const auto& [text, rate] : rates)
    EXPECT_EQ(with("optimizer.learning_rate=" + text).optimizer.learning_rate, rate) << text;
  const std::vector<std::pair<std::string, std::uint64_t>> epochs{
      {"+5", 5}, {"1_000", 1000}, {"007", 7}, {" 3 ", 3}, {"0x10", 16}};
  for (const auto& [text, number] : epochs) EXPECT_EQ(with("train.epochs=" + text).train.epochs, number) << text;
  EXPECT_EQ(with("train.slices=world").train.slices, 0U);
  EXPECT_EQ(with("train.slices='world'").train.slices, 0U);
  EXPECT_EQ(with("train.slices=+3").train.slices, 3U);
  EXPECT_EQ(with("data.standardize=True").data.scale, kScale<StandardScale>);
}

TEST(GivenValue, SaysWhatItsKeyWants) {
  const std::vector<std::pair<std::string, std::string>> wanted_by{
      {"train.epochs=three", "must be a whole number"},
      {"train.epochs=", "must be a whole number"},
      {"train.epochs='3'", "must be a whole number"},
      {"train.epochs=2026-11-27", "must be a whole number"},
      {"train.epochs=1.5", "must be a whole number"},
      {"train.epochs=1,000", "must be a whole number"},
      {"train.epochs=1__0", "must be a whole number"},
      {"train.epochs=[3]", "must be a whole number"},
      {"train.epochs=3\nrun.seed = 4", "must be a whole number"},
      {"optimizer.learning_rate=1e", "must be a number"},
      {"optimizer.learning_rate=.", "must be a number"},
      {"optimizer.learning_rate=0.1f", "must be a number"},
      {"optimizer.learning_rate=-.1", "must be at least 0"},
      {"optimizer.learning_rate=-inf", "finite"},
      {"data.standardize=1", "must be true or false"},
      {"data.standardize=yes", "must be true or false"},
      {"model.hidden=7", "a list of whole numbers"},
      {"model.hidden=[a]", "whole number from 1 to"},
      {"model.hidden=0.5,3", "whole number from 1 to"},
      {"train.slices=all", "a whole number or \"world\""},
      {"run.name='a", "the closing quote is missing"},
      {"run.name='''a", "the closing quote is missing"},
      {"data.classes=[a, b", "the closing ] is missing"},
      {"data.train={images=a, labels=b}", "put words in quotes, as in { images = "},
      {"run.name=\xff", "UTF-8"}};
  for (const auto& [setting, wanted] : wanted_by) EXPECT_THAT(message_about(setting), HasSubstr(wanted)) << setting;
}

TEST(GivenValue, AKeyHasNoQuotes) {
  for (const char* setting : {"\"train.epochs\"=3", "'train.epochs'=3", "train.\"epochs\"=3", "train epochs=3",
                              "train..epochs=3", ".train=3", "train.=3"})
    EXPECT_THAT(message_about(setting), AllOf(HasSubstr("without quotes"), HasSubstr("KEY=VALUE"))) << setting;
}

}  // namespace
}  // namespace lockstep

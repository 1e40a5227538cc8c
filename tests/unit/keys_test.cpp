// The list of keys: what it says of each, which of them a word finds, and how wide it is.
#include "config/keys.hpp"

#include <algorithm>
#include <sstream>

#include "config/read.hpp"
#include "config/write.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Keys, EachHasAMeaningAndWhatItWants) {
  const std::vector<KeyInfo> keys = config_keys();
  for (const KeyInfo& key : keys) {
    EXPECT_NE(key.meaning, "") << key.name;
    EXPECT_NE(key.wanted, "") << key.name;
    EXPECT_NE(key.fallback, "") << key.name;
  }
  // All that a resolved configuration has are among them.
  const Config config = read_config_text(
      "run.name='r'\ndata.format='csv'\ndata.target='y'\ndata.train='t'\ndata.test_fraction=0.5\nmodel.hidden=[3]", "c",
      {});
  for (const auto& [name, value] : config_values(config)) {
    const auto key = std::ranges::find(keys, name, &KeyInfo::name);
    ASSERT_NE(key, keys.end()) << name;
    // The default is the value that holds when the key is not given.
    const bool plain = key->kind == Kind::whole || key->kind == Kind::real || key->kind == Kind::flag;
    if (plain && name != "run.split_seed" && name != "data.test_fraction") {
      EXPECT_EQ(key->fallback, value) << name;
    }
  }
}

TEST(Keys, AreListedInATableThatFitsAHundredColumns) {
  const std::string list = as_text(config_keys());
  EXPECT_THAT(list,
              StartsWith("key                         default             meaning (values)\n"
                         "run.name                    asked for           the run's folder is runs/NAME (text)\n"));
  EXPECT_THAT(list,
              AllOf(HasSubstr("\nrun.split_seed              run.seed            the seed of the test"),
                    HasSubstr("\nschedule.gamma              0.1                 \"step\", \"plateau\": the factor;"),
                    HasSubstr("(\"cross_entropy\", \"binary_cross_entropy\", ")));
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  for (const KeyInfo& key : config_keys()) {
    EXPECT_THAT(list, HasSubstr('\n' + key.name + ' '));
    EXPECT_LE(key.name.size(), 27U);
    EXPECT_LE(key.fallback.size(), 19U);
  }
}

TEST(Keys, AreTablesOfMarkdownToo) {
  const std::string list = as_markdown(config_keys());
  EXPECT_THAT(list, StartsWith("### [run]\n\n| key | default | values | meaning |\n|---|---|---|---|\n"
                               "| `run.name` | asked for | text | the run's folder is runs/NAME |\n"));
  EXPECT_THAT(list, AllOf(HasSubstr("\n\n### [data]\n\n| key |"), HasSubstr(R"("tab", "\|", "blanks")")));
  for (const KeyInfo& key : config_keys()) EXPECT_THAT(list, HasSubstr("\n| `" + key.name + "` | "));
  EXPECT_EQ(std::ranges::count(list, '\n'), static_cast<std::ptrdiff_t>(config_keys().size() + 4 * 9 + 8));
}

TEST(Keys, AreFoundByNameMeaningAndOtherNames) {
  const auto list_keys = [](const std::string& word) { return as_text(keys_with(word)); };
  EXPECT_THAT(list_keys("warmup"), AllOf(HasSubstr("\nschedule.warmup_steps "), Not(HasSubstr("\nrun.name "))));
  EXPECT_THAT(list_keys("SCHEDULE."), AllOf(HasSubstr("\nschedule.name "), HasSubstr("\nschedule.gamma ")));
  EXPECT_THAT(list_keys("perceptron"), HasSubstr("\nmodel.hidden "));
  EXPECT_THAT(list_keys("lr"), HasSubstr("\noptimizer.learning_rate "));
  EXPECT_THAT(list_keys("batch_size"), HasSubstr("\ntrain.global_batch "));
}

TEST(Keys, AWordThatFindsNoneIsExplained) {
  const auto about = [](const std::string& word) { return bad_input_of([&] { return keys_with(word); }); };
  EXPECT_THAT(about("validation_freq"), AllOf(StartsWith("keys validation_freq: "), HasSubstr("after each epoch")));
  EXPECT_THAT(about("momentun"), HasSubstr("the nearest is optimizer.momentum"));
  EXPECT_THAT(about("zebra"), HasSubstr("there is no such key"));
}

}  // namespace
}  // namespace lockstep

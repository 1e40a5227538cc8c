// Classes: which labels are one class, in which order, under which names; and what is no classification.
#include "data/classes.hpp"

#include <cmath>

#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Settled {
  DatasetInfo info;
  std::vector<std::int32_t> labels;
};

template <class Label>
Settled settle(const std::vector<Label>& given, const KnownClasses& known = {}) {
  ClassLabels labels("file");
  for (const Label& label : given) labels.add(label);
  DatasetInfo info;
  info.source = "file";
  Samples samples;
  labels.settle(known, info, samples);
  return {info, samples.labels};
}

using Texts = std::vector<std::string_view>;
using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;

template <class Label>
std::string message(const std::vector<Label>& given, const KnownClasses& known = {}) {
  return bad_input_of([&] { return settle(given, known); });
}

KnownClasses named(const std::vector<std::string>& names) {
  return {names, {}, false};
}

TEST(ClassesTest, NumbersAreOneClassHoweverTheyAreSpelt) {
  const Settled texts = settle(Texts{"1", "1.0", "01", "+1", "1e0", "2", "10", "-3", "-0", "0"});
  EXPECT_THAT(texts.info.output_names, ElementsAre("-3", "0", "1", "2", "10"));
  EXPECT_THAT(texts.info.class_values, ElementsAre(-3, 0, 1, 2, 10));
  EXPECT_THAT(texts.labels, ElementsAre(2, 2, 2, 2, 2, 3, 4, 0, 1, 1));
}

TEST(ClassesTest, EveryFormatHasTheClassesThatOccur) {
  for (const Settled& settled :
       {settle(Texts{"30", "10", "20", "10"}), settle(Integers{30, 10, 20, 10}), settle(Reals{30, 10, 20, 10})}) {
    EXPECT_THAT(settled.info.output_names, ElementsAre("10", "20", "30"));
    EXPECT_THAT(settled.info.class_values, ElementsAre(10, 20, 30));
    EXPECT_THAT(settled.labels, ElementsAre(2, 0, 1, 0));
  }
}

TEST(ClassesTest, WordsStandByAlphabetAndHaveNoValues) {
  const Settled words = settle(Texts{"b", "10", "9", "a"});
  EXPECT_THAT(words.info.output_names, ElementsAre("10", "9", "a", "b"));
  EXPECT_THAT(words.info.class_values, IsEmpty());
  EXPECT_THAT(words.labels, ElementsAre(3, 0, 1, 2));
}

TEST(ClassesTest, LargeNumbersAreNotTakenForOneAnother) {
  const std::int64_t large = (std::int64_t{1} << 60) + 1;
  EXPECT_THAT(settle(Integers{large, large + 1}).info.output_names,
              ElementsAre("1152921504606846977", "1152921504606846978"));
  EXPECT_THAT(settle(Texts{"1152921504606846977", "1152921504606846978"}).info.class_values, IsEmpty());
}

TEST(ClassesTest, NamesGoByTextByPositionOrByValue) {
  const Settled texts = settle(Texts{"high", "low"}, named({"low", "high"}));
  EXPECT_THAT(texts.labels, ElementsAre(1, 0));
  EXPECT_THAT(texts.info.class_values, IsEmpty());
  for (const Settled& counted :
       {settle(Integers{1, 0}, named({"low", "high"})), settle(Texts{"1", "0"}, named({"low", "high"}))}) {
    EXPECT_THAT(counted.info.output_names, ElementsAre("low", "high"));
    EXPECT_THAT(counted.info.class_values, ElementsAre(0, 1));
    EXPECT_THAT(counted.labels, ElementsAre(1, 0));
  }
  for (const Settled& numbers :
       {settle(Integers{30, 10}, named({"10", "20", "30"})), settle(Texts{"30", "10"}, named({"10", "20", "30"}))}) {
    EXPECT_THAT(numbers.info.class_values, ElementsAre(10, 20, 30));
    EXPECT_THAT(numbers.labels, ElementsAre(2, 0));
  }
  EXPECT_THAT(settle(Integers{0, 1}, named({"3", "8"})).labels, ElementsAre(0, 1));  // digits 3 and 8, numbered
  const Settled of_values = settle(Integers{5, 1}, {{"low", "high"}, {1, 5}, false});
  EXPECT_THAT(of_values.info.class_values, ElementsAre(1, 5));
  EXPECT_THAT(of_values.labels, ElementsAre(1, 0));
  EXPECT_THAT(settle(Texts{"1.5", "2.50"}, named({"2.5", "1.5"})).labels, ElementsAre(1, 0));
}

TEST(ClassesTest, RefusesNumbersThatMayBeNamesOrPositions) {
  EXPECT_THAT(message(Integers{1, 2}, named({"1", "2", "3"})), AllOf(HasSubstr("sample 0 is 1: "), HasSubstr("'2'")));
  EXPECT_THAT(settle(Texts{"1", "2"}, named({"1", "2", "3"})).labels, ElementsAre(0, 1));
  EXPECT_THAT(settle(Integers{0, 1}, named({"0", "1", "2"})).labels, ElementsAre(0, 1));
}

TEST(ClassesTest, RefusesLabelsWithoutAClass) {
  EXPECT_THAT(message(Integers{0, 1, 2}, named({"cat", "dog"})),
              HasSubstr("file: the label of sample 2 is 2, which is none of "
                        "the 2 classes: 'cat', 'dog'"));
  EXPECT_THAT(message(Integers{0, -1}, named({"cat", "dog"})), HasSubstr("sample 1 is -1, which is none"));
  EXPECT_THAT(message(Reals{0, 0.5}, named({"cat", "dog"})), HasSubstr("sample 1 is 0.5, which is none"));
  EXPECT_THAT(message(Texts{"cat", "eel"}, named({"cat", "dog"})), HasSubstr("sample 1 is 'eel', which is none"));
  EXPECT_THAT(message(Texts{"cat", "1"}, named({"cat", "dog"})), HasSubstr("sample 1 is '1', which is none"));
  EXPECT_THAT(message(Integers{10, 40}, {{"10", "20"}, {10, 20}, true}),
              HasSubstr("sample 1 is 40, which is none of the 2 classes of the "
                        "training data"));
}

TEST(ClassesTest, AnotherSetHasTheClassesOfTheTrainingSet) {
  const Settled train = settle(Integers{10, 20, 30});
  const Settled test = settle(Integers{30, 30}, classes_of(train.info));
  EXPECT_THAT(test.labels, ElementsAre(2, 2));
  EXPECT_EQ(test.info.output_names, train.info.output_names);
  EXPECT_EQ(test.info.class_values, train.info.class_values);
}

TEST(ClassesTest, RefusesOneClass) {
  EXPECT_THAT(message(Texts{"a", "a"}), HasSubstr("sample 0 is 'a', as of all 2 samples"));
  EXPECT_THAT(message(Integers{7, 7}), HasSubstr("two classes"));
  EXPECT_THAT(message(Texts{"a", "a"}, named({"a", "b"})), HasSubstr("two classes"));
}

TEST(ClassesTest, RefusesMissingValuesUnlessTheyAreNamed) {
  for (const char* word : {"", "NA", "NaN", "nan", "N/A", "null", "NULL", "None", "?"}) {
    EXPECT_THAT(message(Texts{"a", word, "b", word}),
                AllOf(HasSubstr(fmt::format("sample 1 is '{}', a missing value, as of 2 in all", word)),
                      HasSubstr("data.classes")));
    EXPECT_THAT(message(Texts{"a", word, "b"}, named({"a", "b"})), HasSubstr("a missing value"));
    EXPECT_THAT(settle(Texts{"a", word}, named({"a", word})).labels, ElementsAre(0, 1));
  }
  EXPECT_THAT(message(Reals{1, std::nan("")}), HasSubstr("sample 1 is nan, a missing value"));
}

TEST(ClassesTest, RefusesNamesThatAreOneClass) {
  EXPECT_THAT(message(Texts{"a", "b"}, named({"a", "b", "a"})), HasSubstr("'a' stands twice among its classes"));
  EXPECT_THAT(message(Texts{"1", "2"}, named({"1", "2", "01"})),
              HasSubstr("'1' stands twice among its classes, once as '01'"));
}

TEST(ClassesTest, RefusesARegressionsNumbers) {
  EXPECT_THAT(message(Texts{"1.5", "2"}), AllOf(HasSubstr("sample 0 is '1.5', a fraction"),
                                                HasSubstr("train.loss = \"mse\""), HasSubstr("data.classes")));
  EXPECT_THAT(message(Reals{1, 0.5}), HasSubstr("sample 1 is 0.5, a fraction"));
  const auto numbers = [](std::int64_t count, std::int64_t each, std::int64_t step) {
    Integers labels;
    for (std::int64_t i = 0; i < count * each; ++i) labels.push_back(i % count * step);
    return labels;
  };
  EXPECT_THAT(message(numbers(2000, 1, 1)),
              AllOf(HasSubstr("2000 different numbers in 2000 samples"), HasSubstr("train.loss = \"mse\"")));
  EXPECT_THAT(message(numbers(11, 2, 1)), HasSubstr("11 different numbers in 22 samples"));
  EXPECT_THAT(message(numbers(101, 50, 3)), HasSubstr("101 different numbers"));
  EXPECT_THAT(message(numbers(101, 9, 1)), HasSubstr("101 different numbers"));
  EXPECT_EQ(settle(numbers(1000, 10, 1)).info.outputs(), 1000U);
  EXPECT_EQ(settle(numbers(100, 3, 7)).info.outputs(), 100U);
  EXPECT_EQ(settle(numbers(10, 1, 7)).info.outputs(), 10U);
  KnownClasses known;
  for (std::int64_t label : numbers(2000, 1, 1)) known.names.push_back(std::to_string(label));
  EXPECT_EQ(settle(numbers(2000, 1, 1), known).info.outputs(), 2000U);
}

TEST(ClassesTest, RefusesAColumnOfNames) {
  std::vector<std::string> names;
  for (int i = 0; i < 12; ++i) names.push_back(fmt::format("person {}", i));
  EXPECT_THAT(message(Texts(names.begin(), names.end())), HasSubstr("12 different words in 12 samples"));
}

TEST(ClassesTest, BoundsWhatItKeeps) {
  ClassLabels numbers("file");
  EXPECT_THAT(bad_input_of([&] {
                for (std::int64_t i = 0; i < 2'000'000; ++i) numbers.add(i);
                return 0;
              }),
              HasSubstr("1000001 different labels"));
  ClassLabels texts([](std::uint64_t line) { return fmt::format("table:{}", line); });
  EXPECT_THAT(bad_input_of([&] {
                for (std::uint64_t i = 0; i < 1000; ++i)
                  texts.add(std::to_string(i) + std::string(1U << 20, 'x'), i + 2);
                return 0;
              }),
              AllOf(HasSubstr("table:"), HasSubstr("different labels")));
}

TEST(ClassesTest, TellsWhichClassesHaveNoSample) {
  const Settled settled = settle(Integers{0, 2}, named({"a", "b", "c", "d"}));
  EXPECT_THAT(empty_classes(settled.info, settled.labels), ElementsAre("b", "d"));
}

TEST(ClassesTest, AModelIsForClassesWithTheSameNamesAndNumbers) {
  DatasetInfo info;
  info.output_names = {"a", "b"};
  info.class_values = {1, 2};
  DatasetInfo other = info;
  EXPECT_TRUE(same_kind(info, other));
  other.class_values = {};
  EXPECT_TRUE(same_kind(info, other));
  other.class_values = {0, 1};
  EXPECT_FALSE(same_kind(info, other));
}

}  // namespace
}  // namespace lockstep

// CSV tables: numbers, classes, quotes and line ends, and messages that name the line and the column.
#include "data/csv.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "data_files.hpp"

namespace lockstep {
namespace {

using std::string_literals::operator""s;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CsvTest : public DataFilesTest {
 protected:
  [[nodiscard]] Dataset read(std::string_view content, const CsvQuery& query) const {
    return read_csv({write("table.csv", content)}, query);
  }
  [[nodiscard]] std::string message_about(std::string_view content, const CsvQuery& query) const {
    return bad_input_of([&] { return read(content, query); });
  }
  /// "file:line:", as messages begin.
  [[nodiscard]] std::string line(int number) const { return fmt::format("{}:{}: ", path("table.csv"), number); }
};

CsvQuery columns_of(std::vector<std::string> features, std::vector<std::string> targets,
                    Task task = Task::classification) {
  CsvQuery query;
  query.features = std::move(features);
  query.targets = std::move(targets);
  query.task = task;
  return query;
}
CsvQuery classes_in(const std::string& column) {
  return columns_of({}, {column});
}
CsvQuery numbers_in(const std::vector<std::string>& columns) {
  return columns_of({}, columns, Task::regression);
}

TEST_F(CsvTest, ReadsSeveralFilesAsOneTable) {
  const std::vector<std::string> files = {write("1.csv", "x,w,kind\n1,b,low\n2,a,low\n"),
                                          write("2.csv", "kind;other;w;x\nhigh;9;c;3,5\nhigh;9;a;4\n")};
  const Dataset data = read_csv(files, classes_in("kind"));
  EXPECT_EQ(data.info.source, files[0] + " and 1 more");
  EXPECT_THAT(data.values, ElementsAre(1, 1, 2, 0, 3.5, 2, 4, 0));
  EXPECT_THAT(data.info.feature_words[1], ElementsAre("a", "b", "c"));
  EXPECT_THAT(data.info.output_names, ElementsAre("high", "low"));
  EXPECT_THAT(data.labels, ElementsAre(1, 1, 0, 0));
  EXPECT_EQ(data.name_of(1), files[0] + ": sample 1");
  EXPECT_EQ(data.name_of(2), files[1] + ": sample 0");
  EXPECT_THAT(data.info.notes, testing::Contains(files[1] + " is read as CSV with semicolons, decimal commas"));
}

TEST_F(CsvTest, IsReadAlikeByAnyNumberOfThreads) {
  std::string text = "x,w,y,kind\n";
  for (int i = 0; i < 100'000; ++i)
    text += fmt::format("{},{},{},{}\n", i % 1000, i % 7 == 0 ? "late" : "w" + std::to_string(i % 5),
                        i % 9 == 0 ? "NA" : "0.5", i < 90'000 ? "low" : "high");
  CsvQuery query = classes_in("kind");
  query.gaps.missing = Missing::median;
  const Dataset alone = read(text, query);
  ASSERT_EQ(alone.info.samples, 100'000U);
  const std::string one_fault = text + "1,w1,z,low\n";
  for (const std::size_t helpers : {1U, 3U}) {
    query.helpers.resize(helpers);
    const Dataset data = read(text, query);
    EXPECT_EQ(digest_samples(data), digest_samples(alone)) << helpers;
    EXPECT_EQ(data.info.feature_words, alone.info.feature_words);
    EXPECT_THAT(message_about(one_fault + "1,w1,y,low\n", query),
                AllOf(HasSubstr(line(100'002) + "column 'y': 'z'"), HasSubstr("the first of 2 such fields")));
    EXPECT_THAT(message_about(one_fault + "1,w1\n1\n", query), HasSubstr(line(100'003) + "2 fields"));
  }
}

TEST_F(CsvTest, NamesTheFileOfSeveralThatIsWrong) {
  const std::string first = write("1.csv", "x,kind\n1,low\n2,high\n");
  const auto with = [&](const std::string& content) {
    return bad_input_of([&] { return read_csv({first, write("2.csv", content)}, classes_in("kind")); });
  };
  EXPECT_THAT(with("x,kind\n1,low\nNA,low\n"), HasSubstr(path("2.csv") + ":3: column 'x': 'NA' is a missing value"));
  EXPECT_THAT(with("y,kind\n1,low\n"), HasSubstr(path("2.csv") + ": there is no column 'x' in it"));
  EXPECT_THAT(with("x,kind\n1,\n"), HasSubstr(path("2.csv") + ":2: column 'kind' is ''"));
  EXPECT_THAT(with(""), HasSubstr(path("2.csv") + ": empty"));
}

TEST_F(CsvTest, ReadsAClassification) {
  const Dataset data = read("x,kind,y\n1,dog,2\n3,cat,4\n5,dog,6\n", classes_in("kind"));
  EXPECT_EQ(data.info.source, path("table.csv"));
  EXPECT_EQ(data.info.task, Task::classification);
  EXPECT_EQ(data.info.samples, 3U);
  EXPECT_FALSE(data.info.bytes);
  EXPECT_THAT(data.info.feature_shape, ElementsAre(2));
  EXPECT_THAT(data.info.feature_names, ElementsAre("x", "y"));
  EXPECT_THAT(data.info.output_names, ElementsAre("cat", "dog"));
  EXPECT_THAT(data.values, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(data.labels, ElementsAre(1, 0, 1));
  EXPECT_THAT(data.targets, IsEmpty());
}

TEST_F(CsvTest, AColumnOfWeightsIsNoFeature) {
  CsvQuery query = classes_in("kind");
  query.weights = "w";
  const Dataset data = read("x,w,kind\n1,0.5,dog\n3,0,cat\n", query);
  EXPECT_THAT(data.info.feature_names, ElementsAre("x"));
  EXPECT_THAT(data.weights, ElementsAre(0.5, 0));
  EXPECT_THAT(message_about("x,w,kind\n1,,dog\n3,1,cat\n", query), AllOf(HasSubstr(line(2)), HasSubstr("'w'")));
  EXPECT_THAT(message_about("x,w,kind\n1,1,dog\n3,nan,cat\n", query), AllOf(HasSubstr(line(3)), HasSubstr("'w'")));
  EXPECT_THAT(message_about("x,kind\n1,dog\n3,cat\n", query), HasSubstr("there is no column 'w'"));
}

TEST_F(CsvTest, ReadsARegressionWithSeveralTargets) {
  const Dataset data = read("a,b,c\n1,2,3\n4,5,6\n", numbers_in({"c", "a"}));
  EXPECT_EQ(data.info.task, Task::regression);
  EXPECT_THAT(data.info.feature_names, ElementsAre("b"));
  EXPECT_THAT(data.info.output_names, ElementsAre("c", "a"));
  EXPECT_THAT(data.values, ElementsAre(2, 5));
  EXPECT_THAT(data.targets, ElementsAre(3, 1, 6, 4));
  EXPECT_THAT(data.labels, IsEmpty());
}

TEST_F(CsvTest, ReadsNamedFeaturesAlone) {
  const Dataset data = read("a,b,note\n1,2,nothing\n4,5,at all\n", columns_of({"b", "a"}, {}));
  EXPECT_THAT(data.info.feature_names, ElementsAre("b", "a"));
  EXPECT_THAT(data.info.output_names, IsEmpty());
  EXPECT_THAT(data.values, ElementsAre(2, 1, 5, 4));
  EXPECT_THAT(data.labels, IsEmpty());
}

TEST_F(CsvTest, ReadsNumbersInEveryCommonForm) {
  const Dataset data = read("x\n+1.5\n -2e3 \n.25\n7.\n\"\t8 \"\n1E-2\n1e-46\n1e-60\n3.4e38\n", {});
  EXPECT_THAT(data.values, ElementsAre(1.5, -2000, 0.25, 7, 8, 0.01, 1e-46, 1e-60, 3.4e38));
}

TEST_F(CsvTest, ReadsTheSameWithAnyLineEndsBlankLinesAndByteOrderMark) {
  for (const auto* content : {"a,b\r\n1,2\r\n\r\n3,4\r\n", "\n  \na,b\n\n1,2\n \t\n3,4",
                              "\xEF\xBB\xBF"
                              "a,b\n1,2\n3,4\n\n",
                              "\xEF\xBB\xBF\"a\",\"b\"\n1,2\n3,4", " a , b \n 1 , 2\n3,4\n", "a,b\r1,2\r3,4\r"}) {
    const Dataset data = read(content, numbers_in({"b"}));
    EXPECT_THAT(data.info.feature_names, ElementsAre("a")) << content;
    EXPECT_THAT(data.values, ElementsAre(1, 3)) << content;
    EXPECT_THAT(data.targets, ElementsAre(2, 4)) << content;
  }
}

TEST_F(CsvTest, ReadsQuotedFields) {
  const Dataset data = read("\"x, of \"\"y\"\"\",kind\n\"1\",\"a,\nb\"\n2,\" a \"\n", classes_in("kind"));
  EXPECT_THAT(data.info.feature_names, ElementsAre("x, of \"y\""));
  EXPECT_THAT(data.info.output_names, ElementsAre("a", "a,\nb"));
  EXPECT_THAT(data.labels, ElementsAre(1, 0));
}

TEST_F(CsvTest, ReadsGzip) {
  EXPECT_THAT(read(gzip("x,y\n1,2\n"), numbers_in({"y"})).targets, ElementsAre(2));
  const std::string zipped = gzip("x,y\n1,2\n");
  EXPECT_THAT(message_about(zipped.substr(0, zipped.size() - 4), numbers_in({"y"})), HasSubstr("end too early"));
}

TEST_F(CsvTest, ReadsAcrossTheBordersOfItsBlocks) {
  std::string content = "x,y\r\n";
  for (int i = 0; i < 300'000; ++i) content += fmt::format("{},\"{}\"\r\n\r\n", i, i % 7);
  const Dataset data = read(content, classes_in("y"));
  ASSERT_EQ(data.info.samples, 300'000U);
  for (std::size_t i = 0; i < data.values.size(); ++i) {
    ASSERT_EQ(data.values[i], static_cast<double>(i));
    ASSERT_EQ(data.labels[i], static_cast<std::int32_t>(i % 7));
  }
  EXPECT_THAT(message_about(content + "x,1\n", classes_in("y")), HasSubstr(line(600'002)));
}

TEST_F(CsvTest, ReadsRecordsLargerThanItsBlocks) {
  const std::string word(3'000'000, 'w');
  for (const std::string& note : {word, '"' + word + "\n\"\"" + word + '"'}) {
    const std::string content = "x,note\n1," + note + "\n2," + note + "\n";
    EXPECT_THAT(read(content, columns_of({"x"}, {})).values, ElementsAre(1, 2));
  }
  EXPECT_THAT(message_about("x\n1\n" + std::string(20'000'000, 'w'), {}), HasSubstr(line(3) + "a line of more than"));
  EXPECT_THAT(message_about(std::string(20'000'000, '\n') + "x\n1\ny\n", {}), HasSubstr(line(20'000'003) + "column"));
}

TEST_F(CsvTest, OrdersIntegersByValueAndWordsByAlphabet) {
  const auto names = [&](const std::string& content) { return read(content, classes_in("y")).info.output_names; };
  EXPECT_THAT(names("x,y\n1,10\n1,9\n1,-1\n1,+2\n"), ElementsAre("-1", "2", "9", "10"));
  EXPECT_THAT(names("x,y\n1,10\n1,9\n1,b\n1,a\n"), ElementsAre("10", "9", "a", "b"));
}

TEST_F(CsvTest, TakesTheOrderOfClassesThatAreKnown) {
  CsvQuery query = classes_in("y");
  query.classes.names = {"low", "high", "none"};
  const Dataset data = read("x,y\n1,high\n2,low\n", query);
  EXPECT_THAT(data.info.output_names, ElementsAre("low", "high", "none"));
  EXPECT_THAT(data.labels, ElementsAre(1, 0));
  EXPECT_THAT(message_about("x,y\n1,high\n2,hihg\n", query),
              AllOf(HasSubstr(line(3) + "column 'y' is 'hihg', which is none"), HasSubstr("'low', 'high', 'none'")));
}

TEST_F(CsvTest, RefusesWhatIsNoFiniteNumber) {
  for (const auto* field : {"cat", "1x", "1 2", "inf", "-inf", "1e400", "0x10", "+-1", "--1", "+", "1;5"})
    EXPECT_THAT(message_about(fmt::format("x,y\n1,2\n{},4\n", field), numbers_in({"y"})),
                AllOf(HasSubstr(line(3) + "column 'x': '"), HasSubstr("not a finite number")))
        << field;
  for (const auto* field : {"", "  ", "nan", "NaN", "NA"})
    EXPECT_THAT(message_about(fmt::format("x,y\n1,2\n{},4\n", field), numbers_in({"y"})),
                AllOf(HasSubstr(line(3) + "column 'x': '"), HasSubstr("is a missing value")))
        << field;
  EXPECT_THAT(message_about("x,y\n1,cat\n", numbers_in({"y"})), HasSubstr(line(2) + "column 'y': 'cat'"));
  EXPECT_THAT(message_about("x\n1\n" + std::string(1000, 'z') + "\n", {}),
              HasSubstr("'" + std::string(40, 'z') + "...'"));
}

TEST_F(CsvTest, NamesAllFaultyColumnsAtOnce) {
  const std::string message = message_about("a,b,c,y\n1,2,3,u\n1,x,,v\nNA,z,4,NA\n?,2,4,u\n", classes_in("y"));
  EXPECT_THAT(message, HasSubstr("4 of its columns cannot be used"));
  EXPECT_THAT(message, HasSubstr(line(4) + "column 'a': 'NA', the first of 2 such fields, is a missing value"));
  EXPECT_THAT(message, HasSubstr(line(3) + "column 'b': 'x', the first of 2 such fields, is not a finite number"));
  EXPECT_THAT(message, HasSubstr(line(3) + "column 'c': '' is a missing value"));
  EXPECT_THAT(message, HasSubstr(line(4) + "column 'y' is 'NA', a missing value"));
}

TEST_F(CsvTest, NamesTenFaultyColumnsAtMost) {
  std::string header = "y";
  std::string numbers = "0";
  std::string words = "0";
  for (int i = 0; i < 25; ++i) header += fmt::format(",c{}", i), numbers += ",1", words += ",word";
  const std::string message = message_about(header + '\n' + numbers + '\n' + words + '\n', numbers_in({"y"}));
  EXPECT_THAT(message, AllOf(HasSubstr("25 of its columns"), HasSubstr("'c9'"), Not(HasSubstr("'c10'")),
                             HasSubstr("15 more columns")));
}

TEST_F(CsvTest, ReadsTruthValuesAndFortran) {
  EXPECT_THAT(read("x\nTrue\nfalse\n1.5d0\n1D+3\n1e-400\n3.5e38\n", {}).values,
              ElementsAre(1, 0, 1.5, 1000, 0, 3.5e38));
}

TEST_F(CsvTest, ReadsFilesWithoutAHeader) {
  const std::string iris = "5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.9,virginica\n";
  for (const char* target : {"3", "column_3"}) {
    const Dataset data = read(iris, classes_in(target));
    EXPECT_THAT(data.info.feature_names, ElementsAre("column_1", "column_2"));
    EXPECT_THAT(data.values, ElementsAre(5.1, 3.5, 4.9, 3.0, 6.2, 2.9));
    EXPECT_THAT(data.labels, ElementsAre(0, 0, 1));
    EXPECT_EQ(data.info.dialect, "no header");
  }
  EXPECT_THAT(read("1,2\n3,4\n", numbers_in({"1"})).info.output_names, ElementsAre("column_1"));
  EXPECT_THAT(message_about(iris, classes_in("setosa")),
              AllOf(HasSubstr("'column_1'"), HasSubstr("data.header = true")));
  EXPECT_THAT(message_about(iris, classes_in("4")), HasSubstr("no column '4'"));
}

TEST_F(CsvTest, ReadsWhatNumpyWrites) {
  const Dataset data = read("# x kind\n1.5 7\n2.5 8\n", classes_in("kind"));
  EXPECT_THAT(data.info.feature_names, ElementsAre("x"));
  EXPECT_THAT(data.values, ElementsAre(1.5, 2.5));
  EXPECT_EQ(data.info.dialect, "blanks, names in a comment, comments after #");
  CsvQuery query = classes_in("b");
  query.columns = {"a", "b"};
  EXPECT_THAT(read("# x kind\n1.5 7\n2.5 8\n", query).info.feature_names, ElementsAre("a")) << "what is given counts";
}

TEST_F(CsvTest, LeavesRowNamesOut) {
  const std::string table = "\"x\" \"kind\"\n\"a\" 1.5 \"u\"\n\"b\" 2.5 \"v\"\n";
  for (const char* target : {"kind", "3"}) {
    const Dataset data = read(table, classes_in(target));
    EXPECT_THAT(data.info.feature_names, ElementsAre("x"));
    EXPECT_THAT(data.values, ElementsAre(1.5, 2.5));
    EXPECT_THAT(data.info.notes, ElementsAre(HasSubstr("taken for the names of the rows and left out")));
  }
  CsvQuery query = columns_of({"x"}, {});
  query.kept = {"row.names"};
  const Dataset features = read(table, query);
  EXPECT_THAT(features.values, ElementsAre(1.5, 2.5));
  EXPECT_THAT(std::get<std::vector<std::string>>(features.kept.front().values), ElementsAre("a", "b"));
  EXPECT_THAT(features.info.notes, IsEmpty());
}

TEST_F(CsvTest, TakesTheColumnsThatAreChosen) {
  const std::string table = "id,p_1,p_2,,y,n,n\n7,1,2,,3,a,b\n";
  const auto features = [&](std::vector<std::string> chosen, std::vector<std::string> ignored) {
    CsvQuery query = numbers_in({"y"});
    query.choice.features = std::move(chosen);
    query.choice.ignore = std::move(ignored);
    return read(table, query).info.feature_names;
  };
  EXPECT_THAT(features({}, {"id", "n", "4"}), ElementsAre("p_1", "p_2"));
  EXPECT_THAT(features({"p_*"}, {"p_[2-9]"}), ElementsAre("p_1"));
  EXPECT_THAT(features({"2", "id", "y"}, {}), ElementsAre("id", "p_1"));
  EXPECT_THAT(bad_input_of([&] { return features({"q_*"}, {}); }),
              AllOf(HasSubstr("no column fits 'q_*' of data.features"), HasSubstr("'p_1'")));
  EXPECT_THAT(bad_input_of([&] { return features({}, {"8"}); }), HasSubstr("no column fits '8' of data.ignore"));
  EXPECT_THAT(bad_input_of([&] { return features({}, {"P-2"}); }), HasSubstr("; the nearest is 'p_2'"));
  EXPECT_THAT(bad_input_of([&] { return features({"y"}, {}); }), HasSubstr("no column to learn from"));
  EXPECT_THAT(bad_input_of([&] { return features({"n"}, {}); }), HasSubstr("several columns are called 'n'"));
}

TEST_F(CsvTest, NamesColumnsAsTheConfigurationSays) {
  CsvQuery query = classes_in("kind");
  query.columns = {"a", "b", "kind"};
  EXPECT_THAT(read("1,2,x\n3,4,y\n", query).info.feature_names, ElementsAre("a", "b"));
  EXPECT_THAT(message_about("1,2\n", query), AllOf(HasSubstr("2 columns"), HasSubstr("data.columns names 3")));
  EXPECT_THAT(message_about("u,v,w\n1,2,x\n3,4,y\n", query), AllOf(HasSubstr(line(1)), HasSubstr("data.header = ")));
  query.dialect.header = HeaderLine::yes;
  EXPECT_THAT(read("u,v,w\n1,2,x\n3,4,y\n", query).values, ElementsAre(1, 2, 3, 4));
}

TEST_F(CsvTest, TakesKnownFeaturesByPositionWhereOneSideHasNoNames) {
  const auto values = [&](std::string_view text, std::vector<std::string> features) {
    const Dataset data = read(text, columns_of(std::move(features), {}));
    return data.values;
  };
  EXPECT_THAT(read("1,2\n", columns_of({"x", "y"}, {})).info.feature_names, IsEmpty());
  EXPECT_THAT(values("1,2\n", {"x", "y"}), ElementsAre(1, 2));
  EXPECT_THAT(values("x,y\n1,2\n", {"column_2", "column_3"}), ElementsAre(1, 2));
  EXPECT_THAT(values("1,2,3\n", {"column_2", "column_3"}), ElementsAre(2, 3));
  EXPECT_THAT(message_about("1,2,3\n", columns_of({"x", "y"}, {})), HasSubstr("no column 'x'"));
  EXPECT_THAT(message_about("x,z\n1,2\n", columns_of({"x", "y"}, {})), HasSubstr("no column 'y'"));
}

TEST_F(CsvTest, NotesNamesThatAreNumbers) {
  const auto notes = [&](std::string_view text) { return read(text, numbers_in({"y"})).info.notes; };
  EXPECT_THAT(notes("x,2020,y\n1,2,3\n"), ElementsAre(AllOf(HasSubstr("'2020'"), HasSubstr("data.header = false"))));
  EXPECT_THAT(notes("0,1,y\n1,2,3\n"), IsEmpty());
  EXPECT_THAT(read("x,2020,y\n1,2,3\n", numbers_in({"y"})).values, ElementsAre(1, 2));
}

TEST_F(CsvTest, ReadsEverySeparator) {
  for (const auto& [text, dialect] : {std::pair{"\"pH\";\"y\"\n3.5;5\n", "semicolons"},
                                      {"pH;y\n3,5;5\n", "semicolons, decimal commas"},
                                      {"pH\ty\n3.5\t5\n", "tabs"},
                                      {"pH|y\n3.5|5\n", "vertical bars"},
                                      {"\npH  y\n3.5 \t5\n", "blanks"},
                                      {"sep=,\npH,y\n3.5,5\n", ""},
                                      {"\"sep=;\"\r\npH;y\r\n3,5;5\n", "semicolons, decimal commas"},
                                      {"# pH of wine\npH,y\n3.5,5\n", "comments after #"}}) {
    const Dataset data = read(text, numbers_in({"y"}));
    EXPECT_THAT(data.values, ElementsAre(3.5)) << text;
    EXPECT_THAT(data.targets, ElementsAre(5)) << text;
    EXPECT_EQ(data.info.dialect, dialect) << text;
  }
  EXPECT_THAT(read("\"a;b\",\"#\",%fat,y\n1,2,3,4\n", numbers_in({"y"})).info.feature_names,
              ElementsAre("a;b", "#", "%fat"));
}

TEST_F(CsvTest, SaysWhichKeyHelpsWhereADialectWasToldWrongly) {
  EXPECT_THAT(message_about("pH:y\n3.5:5\n", numbers_in({"y"})), HasSubstr("data.separator"));
  EXPECT_THAT(message_about("pH,y\n3,5,5\n", numbers_in({"y"})),
              AllOf(HasSubstr(line(2)), HasSubstr("decimal points")));
  EXPECT_THAT(message_about("x,y\n1,2\n! end\n", numbers_in({"y"})), HasSubstr(line(3) + "1 field, "));
  std::string late = "x,y\n";
  for (int i = 0; i < 90'000; ++i) late += "1,2\n";
  EXPECT_THAT(message_about(late + "# end\n", numbers_in({"y"})),
              AllOf(HasSubstr(line(90'002)), HasSubstr("data.comment")));
  EXPECT_THAT(message_about(late + "word,2\n", numbers_in({"y"})), HasSubstr(line(90'002) + "column 'x': 'word'"));
  for (const char* text : {"pH,y\n\"3,5\",5\n", "pH;y\n1,234;5\n"})
    EXPECT_THAT(message_about(text, numbers_in({"y"})), HasSubstr("data.decimal")) << text;
  EXPECT_THAT(message_about("pH;y\n1,5;5\n2,5;5\n1.234,5;5\n1.5;5\n", numbers_in({"y"})),
              AllOf(HasSubstr(line(4)), HasSubstr("2 such fields"), HasSubstr("data.decimal")));
}

TEST_F(CsvTest, RefusesTextThatIsNotUtf8AtItsLine) {
  EXPECT_THAT(message_about("x,y\n1,caf\xE9\n", classes_in("y")),
              AllOf(HasSubstr(line(2) + "not a text in UTF-8"), HasSubstr("0xE9")));
  EXPECT_THAT(message_about("x,caf\xE9\n1,2\n", classes_in("y")), HasSubstr(line(1) + "not a text in UTF-8"));
  EXPECT_THAT(message_about("x,y\n1,a\n2,b\0\n"s, classes_in("y")), HasSubstr(line(3) + "not a text in UTF-8: a NUL"));
  EXPECT_THAT(message_about("x,y\n1,a\n2,b\xC3", classes_in("y")), HasSubstr("not a text in UTF-8"));
  std::string large = "x,y\n";
  for (int i = 0; i < 300'000; ++i) large += i % 2 == 0 ? "1,größe\n" : "2,klein\n";
  EXPECT_THAT(read(large, classes_in("y")).info.output_names, ElementsAre("größe", "klein"));
  EXPECT_THAT(message_about(large + "3,\xFF\n", classes_in("y")), HasSubstr(line(300'002) + "not a text in UTF-8"));
}

TEST_F(CsvTest, RefusesAnEmptyClass) {
  EXPECT_THAT(message_about("x,y\n1,\n", classes_in("y")), HasSubstr(line(2) + "column 'y' is '', a missing value"));
}

TEST_F(CsvTest, CountsPhysicalLines) {
  EXPECT_THAT(message_about("x,y\n1,\"a\n\nb\"\n\nz,c\n", classes_in("y")), HasSubstr(line(6)));
  EXPECT_THAT(message_about("x,y\n\n\n\"1,5\",\"a\n\nb\"\n1,c", classes_in("y")), HasSubstr(line(4)));
  EXPECT_THAT(message_about("\"x\n\",y\r\nz,a", classes_in("y")), HasSubstr(line(3)));
}

TEST_F(CsvTest, RefusesLinesOfAnotherLength) {
  EXPECT_THAT(message_about("x,y\n1,2\n1\n", numbers_in({"y"})),
              HasSubstr(line(3) + "1 field, separated by commas, where the first line has 2"));
  EXPECT_THAT(message_about("x,y\n1,2,\n", numbers_in({"y"})), HasSubstr(line(2) + "3 fields"));
}

TEST_F(CsvTest, RefusesQuotesOutOfOrder) {
  EXPECT_THAT(message_about("x,y\n1,a\n2,b\"c\n", classes_in("y")), HasSubstr(line(3) + "a quotation mark within"));
  EXPECT_THAT(message_about("x,y\n1,a\n2,\"b\"c\n", classes_in("y")), HasSubstr(line(3) + "a quotation mark within"));
  EXPECT_THAT(message_about("x,y\n1,a\n2,\"b\n3,c\n", classes_in("y")), HasSubstr(line(3) + "a quotation mark opens"));
}

TEST_F(CsvTest, RefusesWhatIsNoText) {
  EXPECT_THAT(message_about("\xFF\xFEx\0,\0y\0\n\0"s, numbers_in({"y"})),
              AllOf(HasSubstr("UTF-16"), HasSubstr("not a text in UTF-8")));
}

TEST_F(CsvTest, RefusesTablesWithoutSamples) {
  EXPECT_THAT(message_about("", classes_in("y")), HasSubstr("empty"));
  EXPECT_THAT(message_about("\n \n", classes_in("y")), HasSubstr("empty"));
  EXPECT_THAT(message_about("x,y\n", classes_in("y")), HasSubstr("no samples"));
  EXPECT_THAT(message_about("y\n1\n", classes_in("y")), HasSubstr("no features"));
}

TEST_F(CsvTest, NamesTheColumnsThereAre) {
  EXPECT_THAT(message_about("x,y\n1,2\n", classes_in("kind")),
              AllOf(HasSubstr(path("table.csv")), HasSubstr("no column 'kind'"), HasSubstr("'x', 'y'")));
  EXPECT_THAT(message_about("x,y\n1,2\n", columns_of({"x", "z"}, {})), HasSubstr("no column 'z'"));
  EXPECT_THAT(message_about("a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10,a11\n", classes_in("y")),
              AllOf(HasSubstr("'a0', "), HasSubstr("'a9', ..."), Not(HasSubstr("'a10'"))));
}

TEST_F(CsvTest, RefusesAmbiguousColumnsThatItNeeds) {
  EXPECT_THAT(message_about("x,x,y\n1,2,3\n", numbers_in({"y"})), HasSubstr("several columns are called 'x'"));
  EXPECT_THAT(message_about("x,y,y\n1,2,3\n", numbers_in({"y"})), HasSubstr("several columns are called 'y'"));
  EXPECT_THAT(message_about(",x,y\n0,1,2\n", numbers_in({"y"})), HasSubstr("a column has no name"));
  EXPECT_THAT(read("x,n,n,,y\n1,a,b,c,3\n", columns_of({"x"}, {"y"}, Task::regression)).values, ElementsAre(1));
}

TEST_F(CsvTest, RefusesAClassificationWithSeveralTargets) {
  EXPECT_THAT(message_about("x,y,z\n1,2,3\n", columns_of({}, {"y", "z"})),
              AllOf(HasSubstr("one target column"), HasSubstr("'y', 'z'")));
}

TEST_F(CsvTest, SaysThatMemoryDoesNotHoldIt) {
  std::string content = "x,y\n";
  while (content.size() < 3'000'000) content += "1,2\n";
  const std::string file = write("table.csv", content);
  std::filesystem::resize_file(file, std::uintmax_t{1} << 42U);  // sparse; the first rows tell what all of them take
  EXPECT_THAT(bad_input_of([&] { return read_csv({file}, {}); }),
              AllOf(HasSubstr(file + ": its data take "), HasSubstr(" are available")));
}

TEST_F(CsvTest, SaysWhyAFileCannotBeOpened) {
  EXPECT_THAT(bad_input_of([&] { return read_csv({path("none.csv")}, {}); }), HasSubstr("no such file"));
  EXPECT_THAT(bad_input_of([&] { return read_csv({path("")}, {}); }), HasSubstr("is a folder"));
}

TEST_F(CsvTest, AColumnThatBeginsWithAWordIsOfWords) {
  const Dataset data = read("city,a,y\nParis,1,0\nOslo,2,0\n Paris,3,0\n", numbers_in({"y"}));
  EXPECT_THAT(data.info.feature_words, ElementsAre(ElementsAre("Oslo", "Paris"), IsEmpty()));
  EXPECT_THAT(data.values, ElementsAre(1, 1, 0, 2, 1, 3));
  EXPECT_THAT(read("a,y\n1,0\n", numbers_in({"y"})).info.feature_words, IsEmpty());
}

TEST_F(CsvTest, NumbersAreWordsWhereAsked) {
  CsvQuery query = numbers_in({"y"});
  query.words.categorical = {"z*"};
  const Dataset data = read("zip,y\n7,0\n1.0,0\nx,0\n1,0\n", query);
  EXPECT_THAT(data.info.feature_words, ElementsAre(ElementsAre("1", "7", "x")));
  EXPECT_THAT(data.values, ElementsAre(1, 0, 2, 0));
  query.words.categorical = {"w"};
  EXPECT_THAT(message_about("zip,y\n7,0\n", query), HasSubstr("data.categorical: there is no column 'w'"));
}

TEST_F(CsvTest, OtherSetsHaveTheWordsOfTheTrainingData) {
  CsvQuery query = numbers_in({"y"});
  query.features = {"a", "city"};
  query.feature_words = {{}, {"Oslo", "Paris"}};
  query.gaps.missing.given = {{"city", Missing::zero}};
  const Dataset data = read("city,a,y\nParis,1,0\n,2,0\n", query);
  EXPECT_THAT(data.info.feature_words, ElementsAre(IsEmpty(), ElementsAre("Oslo", "Paris")));
  EXPECT_EQ(data.values[1], 1);
  EXPECT_TRUE(std::isnan(data.values[3]));
  EXPECT_THAT(message_about("city,a,y\nRome,1,0\n", query),
              AllOf(HasSubstr(line(2) + "column 'city': 'Rome' is no word of the training data, 'Oslo', 'Paris'"),
                    HasSubstr("data.unseen")));
  query.words.unseen = Unseen::zero;
  EXPECT_EQ(read("city,a,y\nRome,1,0\n", query).values[1], 2);
  EXPECT_THAT(message_about("city,a,y\nOslo,x,0\n", query), HasSubstr("column 'a': 'x' is not a finite number"));
}

TEST_F(CsvTest, RefusesColumnsOfWordsThatAreNone) {
  EXPECT_THAT(message_about("a,y\nx,0\n3,0\n", numbers_in({"y"})),
              AllOf(HasSubstr(line(3) + "column 'a': '3' is a number in a column that begins with a word, 'x'"),
                    HasSubstr("data.categorical")));
  CsvQuery query = numbers_in({"y"});
  query.words.max_words = 2;
  EXPECT_THAT(message_about("a,y\nu,0\nv,0\nw,0\n", query),
              AllOf(HasSubstr(line(4) + "column 'a': 'w' is one word more than the 2"), HasSubstr("data.max_words")));
  for (const char* spoiled : {"3,5", "********", "inf"})
    EXPECT_THAT(message_about(fmt::format("a,y\n\"{}\",0\n", spoiled), numbers_in({"y"})), HasSubstr(line(2)))
        << spoiled;
}

/// A query for the target "y" with rules for gaps.
CsvQuery with_gaps(std::map<std::string, Missing> missing) {
  CsvQuery query = numbers_in({"y"});
  query.gaps.missing.given = std::move(missing);
  query.gaps.words = {"-999"};
  return query;
}

TEST_F(CsvTest, GapsBecomeNanOrLeaveTheirSampleOut) {
  const Dataset data = read("a,b,y\n1,2,3\n,4,5\n-999,?,6\n7,8,NA\n9,10,11\n",
                            with_gaps({{"a", Missing::median}, {"*", Missing::drop}}));
  EXPECT_EQ(data.info.samples, 3U);
  EXPECT_THAT(data.rows, ElementsAre(0, 1, 4));
  EXPECT_THAT(data.targets, ElementsAre(3, 5, 11));
  EXPECT_TRUE(std::isnan(data.values[2]));
  EXPECT_EQ(data.values[3], 4);
  EXPECT_THAT(data.info.notes, ElementsAre(HasSubstr("2 of the 5 samples")));
}

TEST_F(CsvTest, GapsAreRefusedWhereNoRuleAllowsThem) {
  EXPECT_THAT(message_about("a,b,y\n1,2,3\n,-999,5\n", with_gaps({{"a", Missing::zero}})),
              AllOf(HasSubstr(line(3) + "column 'b': '-999' is a missing value"), HasSubstr("data.missing")));
  EXPECT_THAT(message_about("a,y\n1,2\n1,\n", with_gaps({{"*", Missing::mean}})),
              HasSubstr(line(3) + "column 'y': '' is a missing value"));
  EXPECT_THAT(message_about("a,y\n1,2\n", with_gaps({{"c", Missing::mean}})), HasSubstr("no column 'c'"));
  CsvQuery predict = with_gaps({{"a", Missing::drop}});
  predict.targets.clear();
  predict.features = {"a"};
  EXPECT_THAT(message_about("a\n1\n?\n", predict), HasSubstr(line(3) + "column 'a': '?' is a missing value"));
}

TEST_F(CsvTest, LabelsMayBeGaps) {
  CsvQuery query = classes_in("y");
  query.gaps.missing = Missing::drop;
  EXPECT_THAT(read("a,y\n1,u\n2,\n3,v\n", query).labels, ElementsAre(0, 1));
  query.gaps = {};
  query.gaps.words = {"v"};
  EXPECT_THAT(message_about("a,y\n1,u\n3,v\n", query), HasSubstr("column 'y': 'v' is a missing value"));
}

}  // namespace
}  // namespace lockstep

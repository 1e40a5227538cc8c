// How a CSV file is written, told by its first lines.
#include "data/csv_dialect.hpp"

#include <gmock/gmock.h>

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Names = std::vector<std::string>;

/// What is told of a text, in words; "plain" where it has commas, points and a header.
std::string told(std::string_view text, const CsvDialect& given = {}, const Names& names = {}) {
  const std::string words = describe(tell_dialect(text, true, given, names));
  return words.empty() ? "plain" : words;
}

TEST(CsvDialectTest, TellsTheSeparator) {
  EXPECT_EQ(told("a,b\n1,2\n3,4\n"), "plain");
  EXPECT_EQ(told("\"fixed acidity\";\"pH\"\n7.4;3.51\n"), "semicolons");
  EXPECT_EQ(told("a\tb\n1\t2\n"), "tabs");
  EXPECT_EQ(told("a|b\n1|2\n"), "vertical bars");
  EXPECT_EQ(told("a b  c\n1 2 \t3\n  4 5 6 \n"), "blanks");
  EXPECT_EQ(told("a\n1\n2\n"), "plain");
  EXPECT_EQ(told(""), "plain");
}

TEST(CsvDialectTest, TellsTheSeparatorFromOthersThatStandInTexts) {
  EXPECT_EQ(told("1,a;b,3\n2,c;d,4\n"), "no header");
  EXPECT_EQ(told("name,says\nJo,hello world\nAl,so be it\n"), "plain");
  EXPECT_EQ(told("39, State-gov, 77516, <=50K\n50, Self-emp, 83311, >50K\n"), "no header");
  EXPECT_EQ(told("says\tn\nwell, yes\t1\n\"no; never\"\t2\n"), "tabs");
  EXPECT_EQ(told("\"a;b\",n\n\"c;d\",1\n"), "plain");
  EXPECT_EQ(told("when;n\n2020-01-01 10:00;1\n2020-01-02 10:00;2\n"), "semicolons");
}

TEST(CsvDialectTest, TellsTheSeparatorWhereALineIsOutOfOrder) {
  EXPECT_EQ(told("a,b,c\n1,2,3\n4,5\n6,7,8\n"), "plain");
  EXPECT_EQ(told("a;b\n1;2\n3;\"4\n"), "semicolons");
}

TEST(CsvDialectTest, TellsDecimalCommas) {
  EXPECT_EQ(told("a;b\n1,5;2\n"), "semicolons, decimal commas");
  EXPECT_EQ(told("1,5;2,25\n3,5;4\n"), "semicolons, decimal commas, no header");
  EXPECT_EQ(told("a\tb\n0,125\t2,500\n"), "tabs, decimal commas");
  EXPECT_EQ(told("a b\n-1,5e3 2\n"), "blanks, decimal commas");
  EXPECT_EQ(told("a,b\n\"1,5\",2\n"), "plain");
}

TEST(CsvDialectTest, DoesNotTakeGroupsOfDigitsForDecimals) {
  EXPECT_EQ(told("a;b\n1,234;2\n12,345,678;3\n"), "semicolons");
  EXPECT_EQ(told("a;b\n1,234;2\n1,5;3\n"), "semicolons, decimal commas");
}

TEST(CsvDialectTest, TellsAHeaderByWordsAboveNumbers) {
  EXPECT_EQ(told("x,2020,kind\n1,2,a\n"), "plain");
  EXPECT_EQ(told("0,1,2,label\n5,6,7,1\n"), "plain");
  EXPECT_EQ(told("x,y\n?,1\n3,NA\n"), "plain");
  EXPECT_EQ(told("x,y\n"), "plain");
}

TEST(CsvDialectTest, TellsThatThereIsNoHeader) {
  EXPECT_EQ(told("5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.9,virginica\n"), "no header");
  EXPECT_EQ(told("1,2\n3,4\n"), "no header");
  EXPECT_EQ(told("1.5,2\n"), "no header");
  EXPECT_EQ(told("?,2\n3,4\n"), "no header");
  EXPECT_EQ(told("p,x,s\ne,b,s\np,x,n\n"), "no header");
}

TEST(CsvDialectTest, TellsAHeaderByTheNamesThatAreLookedFor) {
  EXPECT_EQ(told("p,x\np,b\n"), "no header");
  EXPECT_EQ(told("p,x\np,b\n", {}, {"x", "p"}), "plain");
  EXPECT_EQ(told("site,2020,kind\nA,3,b\n", {}, {"kind"}), "plain");
  EXPECT_EQ(told("0,1\n3,4\n", {}, {"0", "1"}), "plain");
  EXPECT_EQ(told("5.1,3.5,setosa\n4.9,3.0,setosa\n", {}, {"setosa"}), "no header");
}

TEST(CsvDialectTest, TellsComments) {
  EXPECT_EQ(told("# made by \"hand\", and 1, 2, 3\nx,y\n1,2\n"), "comments after #");
  EXPECT_EQ(told("% these are columns\n1 2 3\n4 5 6\n"), "blanks, no header, comments after %");
  EXPECT_EQ(told("x,y\n1,2\n// the end\n"), "comments after //");
  EXPECT_EQ(told("#,name,n\n1,a,2\n"), "plain");
  EXPECT_EQ(told("\"#\",%fat,y\n1,2,3\n"), "plain");
  EXPECT_EQ(told("%fat,y\n2,3\n"), "plain");
  EXPECT_EQ(told("tag,n\n#a,1\n#b,2\n"), "plain");
}

TEST(CsvDialectTest, TakesNamesFromTheCommentAbove) {
  const auto names = [](const std::string& text) { return tell_dialect(text, true, {}, {}).names; };
  EXPECT_EQ(told("# a,b,c\n1,2,3\n4,5,6\n"), "names in a comment, comments after #");
  EXPECT_THAT(names("# a,b,c\n1,2,3\n"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(names("# made today\n#x  \"y z\"\r\n1 2\r\n"), ElementsAre("x", "y z")) << "the last of several";
  for (const char* text : {"# a,b\n1,2,3\n", "# a,2,c\n1,2,3\n", "# a,a,c\n1,2,3\n", "# a,,c\n1,2,3\n", "# a\n1\n2\n",
                           "# a,b\nx,y\n1,2\n", "1,2,3\n# a,b,c\n", "// a,b,c\n1,2,3\n"})
    EXPECT_THAT(names(text), IsEmpty()) << text;
}

TEST(CsvDialectTest, TellsRowNames) {
  EXPECT_EQ(told("\"a\" \"b\"\n\"1\" 5 6\n\"7\" 5 6\n"), "blanks, row names");
  EXPECT_EQ(told("a,b\nx,5,6\ny,5,\n"), "row names");
  EXPECT_EQ(told("a,b\n1,5,6\n2,5,6\n3,4,5\n"), "row names");
  EXPECT_EQ(told("a;b\n7;5;6\n9;5;6\n"), "semicolons, row names");
  for (const char* text : {"a,b\n1,5,6\n2,5,6\n", "a,b\n1,5,6\n2,5,6\n4,5,6\n", "a,b\nx,5,6\nx,5,6\n",
                           "a,b\nx,5,\ny,5,\n", "a,b\nx,5,6\ny,5\n", "1,2\nx,5,6\ny,5,6\n", "a\nx,5\ny,6\n"})
    EXPECT_FALSE(tell_dialect(text, true, {}, {}).row_names) << text;
}

TEST(CsvDialectTest, KeepsWhatIsGiven) {
  CsvDialect given;
  given.separator = Separator::comma;
  given.header = HeaderLine::yes;
  given.decimal = Decimal::comma;
  given.comment = "";
  EXPECT_EQ(told("# 1;2\n3;4\n", given), "decimal commas");
  given = {};
  given.header = HeaderLine::no;
  EXPECT_EQ(told("x;y\n1,5;2\n", given), "semicolons, decimal commas, no header");
  given = {};
  given.comment = "!";
  EXPECT_EQ(told("! a, b\nx,y\n1,2\n", given), "comments after !");
}

TEST(CsvDialectTest, PassesOverALineThatIsCut) {
  EXPECT_EQ(describe(tell_dialect("a,b\n1,2\n3,\"4;", false, {}, {})), "");
  EXPECT_EQ(describe(tell_dialect("a;b;c;d", false, {}, {})), "semicolons");
}

TEST(CsvDialectTest, ReadsTheNoteOnTheSeparator) {
  const auto note = separator_note("\"sep=;\"\r\nx;y\n");
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->separator, Separator::semicolon);
  EXPECT_EQ(note->bytes, 9U);
  EXPECT_EQ(separator_note("sep=\t\nx\ty\n")->separator, Separator::tab);
  for (const char* text : {"", "sep", "sep=", "sep=;;\n", "sepal;y\n", "sep,y\n"})
    EXPECT_FALSE(separator_note(text).has_value()) << text;
}

}  // namespace
}  // namespace lockstep

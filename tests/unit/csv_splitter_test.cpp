// Records of a CSV text, cut into fields.
#include "data/csv_splitter.hpp"

#include <gmock/gmock.h>

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Fields = std::vector<std::vector<std::string>>;
using End = CsvSplitter::End;

CsvDialect separated_by(Separator separator, const std::string& comment = "") {
  return {separator, HeaderLine::yes, Decimal::point, comment};
}

/// All records of a text, and how it ends.
std::pair<Fields, End> split(const std::string& text, const CsvDialect& dialect = separated_by(Separator::comma),
                             bool last = true) {
  Fields records;
  CsvSplitter splitter(dialect);
  const std::string with_feed = text + '\n';
  for (std::string_view rest(with_feed.data(), text.size());;) {
    const End end = splitter.split(rest, last);
    if (end != End::record) return {records, end};
    for (records.emplace_back(); const Field& field : splitter.record()) records.back().emplace_back(field.text);
    rest.remove_prefix(splitter.taken());
  }
}

TEST(CsvSplitterTest, ReadsEveryLineEnd) {
  for (const char* text : {"a,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\r1,2\r", "a,b\n1,2", "\n \na,b\r\n\r\n1,2\r\n\r\n"})
    EXPECT_THAT(split(text).first, ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "2"))) << text;
  EXPECT_THAT(split("").first, IsEmpty());
}

TEST(CsvSplitterTest, CutsAtSeparatorsAndDropsBlanks) {
  EXPECT_THAT(split(" a , b c,,\t\n").first, ElementsAre(ElementsAre("a", "b c", "", "")));
  EXPECT_THAT(split("a\t b \t\tc;", separated_by(Separator::tab)).first, ElementsAre(ElementsAre("a", "b", "", "c;")));
  EXPECT_THAT(split("\t\t\n", separated_by(Separator::tab)).first, ElementsAre(ElementsAre("", "", "")));
  EXPECT_THAT(split("  a \t b,  c  \nd\n", separated_by(Separator::blanks)).first,
              ElementsAre(ElementsAre("a", "b,", "c"), ElementsAre("d")));
}

TEST(CsvSplitterTest, ReadsQuotes) {
  EXPECT_THAT(split("\"a,\"\"b\"\"\nc\" , \" d \",\"\"\n1").first,
              ElementsAre(ElementsAre("a,\"b\"\nc", "d", ""), ElementsAre("1")));
  EXPECT_THAT(split("\"a b\" \"c\"\"\" d\n", separated_by(Separator::blanks)).first,
              ElementsAre(ElementsAre("a b", "c\"", "d")));
  EXPECT_EQ(split("a,b\"c\n").second, End::stray_quote);
  EXPECT_EQ(split("a,\"b\"c\n").second, End::stray_quote);
  EXPECT_EQ(split("\"a\"\"b\"c d\n", separated_by(Separator::blanks)).second, End::stray_quote);
  EXPECT_EQ(split("a,\"b\n").second, End::open_quote);
}

TEST(CsvSplitterTest, PassesOverComments) {
  EXPECT_THAT(split("# it's \"so\"\na,#b\n  # c\n1,2\n#", separated_by(Separator::comma, "#")).first,
              ElementsAre(ElementsAre("a", "#b"), ElementsAre("1", "2")));
  EXPECT_THAT(split("//a\nb", separated_by(Separator::comma, "//")).first, ElementsAre(ElementsAre("b")));
}

TEST(CsvSplitterTest, CountsLines) {
  CsvSplitter splitter(separated_by(Separator::comma, "#"));
  ASSERT_EQ(splitter.split("\n#x\r\n\r\"a\r\n\rb\nc\",d\r\ne", true), End::record);
  EXPECT_EQ(splitter.skipped_lines(), 3U);
  EXPECT_EQ(splitter.lines(), 7U);
  EXPECT_EQ(splitter.skipped(), 6U);
}

TEST(CsvSplitterTest, SaysWhereATextIsCutForEveryPlace) {
  const std::string text = "#x\r\n\r\n\"a\"\"\", b\r\n";
  const CsvDialect dialect = separated_by(Separator::comma, "#");
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::string part = text.substr(0, size) + '\n';
    EXPECT_EQ(CsvSplitter(dialect).split({part.data(), size}, false), End::cut) << size;
  }
  EXPECT_EQ(split(text, dialect, false), (std::pair<Fields, End>{{{"a\"", "b"}}, End::cut}));
}

}  // namespace
}  // namespace lockstep

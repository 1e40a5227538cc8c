// Blocks of a CSV text: whole records each, whatever stands at their borders.
#include "data/csv_text.hpp"

#include "data/csv_records.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

class CsvTextTest : public DataFilesTest {
 protected:
  /// Reads a text of more than a few blocks, made of `lines` again and again behind `top`, and returns its records but
  /// the header as texts, each with its line.
  [[nodiscard]] std::vector<std::string> read(const std::string& top, const std::string& lines, std::size_t helpers,
                                              const CsvDialect& dialect = {}) const {
    std::string text = top;
    while (text.size() < 2'500'000) text += lines;
    CsvRecords records(write("table.csv", text), dialect);
    std::vector<std::string> result;
    records.for_each(Helpers(helpers), [&](const CsvRow& row) {
      result.push_back(fmt::format("{}:", row.line));
      for (const Field& field : row.fields) result.back() += fmt::format(" [{}]", field.text);
    });
    return result;
  }
};

TEST_F(CsvTextTest, EndsBetweenRecords) {
  struct Case {
    std::string top;
    std::string lines;
    std::vector<std::string> records;  // of `lines`, but for the numbers of their lines
    std::vector<std::size_t> at;       // these
    std::size_t height;                // of `lines`
  };
  const std::string x(1000, 'x');
  for (const Case& c : {
           Case{"a,b\n", "1," + x + "\n2,3\n", {"[1] [" + x + "]", "[2] [3]"}, {0, 1}, 2},
           Case{"a,b\r\n", "1," + x + "\r\n\r\n2,3\r\n", {"[1] [" + x + "]", "[2] [3]"}, {0, 2}, 3},
           Case{"a,b\r", "1," + x + "\r2,3\r", {"[1] [" + x + "]", "[2] [3]"}, {0, 1}, 2},
           Case{"a,b\n", "\"p\n\"\"q\n\",\"\n" + x + "\n\"\n2,\"\"\n", {"[p\n\"q] [" + x + "]", "[2] []"}, {0, 5}, 6},
           Case{"# \"top\na,b\n",
                "# it's 5\"\n\"p\n#q\"," + x + "\n2,3\n",
                {"[p\n#q] [" + x + "]", "[2] [3]"},
                {1, 3},
                4},
       }) {
    const std::vector<std::string> records = read(c.top, c.lines, 0);
    const auto top = static_cast<std::size_t>(std::ranges::count(c.top.back() == '\r' ? "\n" : c.top, '\n'));
    ASSERT_GT(records.size(), 1000U);
    for (std::size_t i = 0; i < records.size(); ++i) {
      const std::size_t line = 1 + top + i / c.at.size() * c.height + c.at[i % c.at.size()];
      ASSERT_EQ(records[i], fmt::format("{}: {}", line, c.records[i % c.at.size()])) << i;
    }
    for (const std::size_t helpers : {1U, 3U}) EXPECT_TRUE(read(c.top, c.lines, helpers) == records) << helpers;
  }
}

TEST_F(CsvTextTest, SaysTheFirstFaultHoweverManyThreadsThereAre) {
  for (const std::size_t helpers : {0U, 1U, 3U}) {
    const auto message = [&](const std::string& fault) {
      std::string lines;
      for (int i = 0; i < 15'000; ++i) lines += i == 10'000 ? fault : "1," + std::string(200, 'x') + "\n";
      return bad_input_of([&] { static_cast<void>(read("a,b\n", lines, helpers)); });
    };
    EXPECT_THAT(message("1,x\"y\n\n1,\"\n"), testing::HasSubstr(":10002: a quotation mark within"));
    EXPECT_THAT(message("\n1,\"y\n"), testing::HasSubstr(":10003: a quotation mark opens a field here"));
    EXPECT_THAT(message("1,\xff\n1,\"y\n"), testing::HasSubstr(":10002: not a text in UTF-8"));
  }
}

}  // namespace
}  // namespace lockstep

// Files by path and by pattern.
#include "data/file_list.hpp"

#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using FileListTest = DataFilesTest;

TEST_F(FileListTest, APatternStandsForFilesInTheOrderOfTheirNames) {
  for (const char* name : {"b2", "b10", "a", "B1"}) static_cast<void>(write(name, ""));
  EXPECT_THAT(FileList(path("b*")).files(), ElementsAre(path("b10"), path("b2")));
  EXPECT_THAT(FileList(std::vector{path("b?"), path("a"), path("[A-C]1")}).files(),
              ElementsAre(path("b2"), path("a"), path("B1")));
}

TEST_F(FileListTest, APathThatIsThereIsNoPattern) {
  const std::string file = write("part[1].csv", "");
  EXPECT_THAT(FileList(file).files(), ElementsAre(file));
  EXPECT_THAT(FileList(path("missing.csv")).files(), ElementsAre(path("missing.csv")));
}

TEST_F(FileListTest, APatternThatFitsNothingIsRefused) {
  const FileList list(path("*.csv"));
  EXPECT_THAT(bad_input_of([&] { return list.files(); }), HasSubstr(path("*.csv") + ": no file fits this pattern"));
  EXPECT_THAT(list.expanded(), IsEmpty());
}

TEST_F(FileListTest, IsNamedByItsFirstEntry) {
  EXPECT_EQ(FileList("a").text(), "a");
  EXPECT_EQ(FileList(std::vector<std::string>{"a", "b", "c"}).text(), "a and 2 more");
  EXPECT_EQ(FileList().text(), "");
}

}  // namespace
}  // namespace lockstep

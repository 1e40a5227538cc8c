// Texts that show whether somebody has changed them.
#include "base/marked_text.hpp"

#include "data_files.hpp"

namespace lockstep {
namespace {

class MarkedText : public DataFilesTest {};

TEST_F(MarkedText, IsWholeUntilItIsChanged) {
  const std::string text = with_mark("[run]\nname = \"a\"\n");
  EXPECT_TRUE(text.starts_with("# Written by Lockstep"));
  EXPECT_TRUE(text.ends_with("\n[run]\nname = \"a\"\n"));
  EXPECT_TRUE(has_whole_mark(write("a", text)));
  EXPECT_TRUE(has_whole_mark(write("a", with_mark(""))));
  EXPECT_FALSE(has_whole_mark(write("a", text + "# mine\n")));
  EXPECT_FALSE(has_whole_mark(write("a", "# mine\n" + text)));
  EXPECT_FALSE(has_whole_mark(write("a", "")));
  EXPECT_FALSE(has_whole_mark(path("none")));
}

}  // namespace
}  // namespace lockstep

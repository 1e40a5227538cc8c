// A sealed file shows every change of a byte and every loss of an end.
#include "base/seal.hpp"

#include "base/random.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

class SealTest : public DataFilesTest {
 protected:
  SealTest() {
    content_.assign(kSealSize, '\0');
    for (RandomSequence random(1, Purpose::dropout); content_.size() < 5000;)
      content_.push_back(static_cast<char>(random.next_below(256)));
    seal_file(write("file", content_));
    std::ifstream file(path("file"), std::ios::binary);
    sealed_.assign(std::istreambuf_iterator<char>(file), {});
  }

  [[nodiscard]] SealState state_of(const std::string& content) const { return check_seal(write("other", content)); }

  std::string content_;
  std::string sealed_;
};

TEST_F(SealTest, LeavesTheRestAlone) {
  EXPECT_EQ(check_seal(path("file")), SealState::whole);
  EXPECT_EQ(sealed_.substr(kSealSize), content_.substr(kSealSize));
}

TEST_F(SealTest, NoticesEveryChangedByte) {
  for (std::size_t i = 0; i < sealed_.size(); ++i) {
    std::string changed = sealed_;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    ASSERT_NE(state_of(changed), SealState::whole) << "byte " << i;
  }
}

TEST_F(SealTest, NoticesEveryLength) {
  for (std::size_t size = 0; size < sealed_.size(); ++size)
    ASSERT_NE(state_of(sealed_.substr(0, size)), SealState::whole) << size << " bytes";
  EXPECT_EQ(state_of(sealed_ + '\0'), SealState::broken);
}

TEST_F(SealTest, TellsUnsealedFromBroken) {
  EXPECT_EQ(state_of(content_), SealState::unsealed);
  EXPECT_EQ(state_of("short"), SealState::unsealed);
  std::string changed = sealed_;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_EQ(state_of(changed), SealState::broken);
  EXPECT_TRUE(has_seal(path("other")));
  EXPECT_FALSE(has_seal(write("other", content_)));
  EXPECT_FALSE(has_seal(path("none")));
}

TEST_F(SealTest, SaysThatAFileCannotBeRead) {
  EXPECT_THAT(bad_input_of([&] { return check_seal(path("missing")); }), testing::HasSubstr("missing"));
}

}  // namespace
}  // namespace lockstep

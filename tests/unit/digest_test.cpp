// Digests: the known answer of XXH3, order, and pieces. tests/reference/xxh3_known_answer.py made the numbers.
#include "base/digest.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "base/error.hpp"

namespace lockstep {
namespace {

class DigestTest : public testing::Test {
 protected:
  DigestTest() {
    for (int i = 0; i < 1000; ++i) values_.push_back(0.25F * static_cast<float>(i) - 7);
  }
  std::vector<float> values_;
};

TEST_F(DigestTest, IsXxh3InSixteenDigits) {
  EXPECT_EQ(digest_of(values_), "8ec075d74916a761");
  EXPECT_EQ(digest_of({}), "2d06800538d394c2");
}

TEST_F(DigestTest, OfPiecesIsThatOfTheWhole) {
  Digest digest;
  const std::span<const float> all = values_;
  digest.add(all.first(1));
  digest.add({});
  digest.add(all.subspan(1, 300));
  EXPECT_EQ(digest.text(), digest_of(all.first(301)));  // asking changes nothing
  digest.add(all.subspan(301));
  EXPECT_EQ(digest.text(), digest_of(all));
}

TEST_F(DigestTest, ShowsOrderAndEveryBit) {
  std::vector<float> other = values_;
  std::swap(other[3], other[4]);
  EXPECT_NE(digest_of(other), digest_of(values_));
  EXPECT_NE(digest_of(std::vector{0.0F}), digest_of(std::vector{-0.0F}));
}

TEST_F(DigestTest, OfAFileIsThatOfItsBytes) {
  values_.resize(100000);  // more than is read at once
  const std::string path = testing::TempDir() + "digest";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(values_.data()),
             static_cast<std::streamsize>(values_.size() * sizeof(float)));
  EXPECT_EQ(digest_of_file(path), digest_of(values_));
  EXPECT_THROW(digest_of_file(path + ".missing"), Error);
  EXPECT_THROW(digest_of_file("/"), Error);
}

}  // namespace
}  // namespace lockstep

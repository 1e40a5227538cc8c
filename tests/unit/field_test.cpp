// Numbers that are read in one pass: the same as parse_number() reads, or none.
#include "data/field.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <bit>
#include <random>

namespace lockstep {
namespace {

/// What is read of a text and a separator behind it; nothing where another way has to be taken.
std::optional<double> scanned(const std::string& text, char point = '.') {
  const std::string line = text + ",\n";
  double number = 0;
  const char* const end = scan_number(line.data(), point, number);
  return end == line.data() + text.size() ? std::optional(number) : std::nullopt;
}

TEST(FieldTest, ReadsPlainNumbers) {
  EXPECT_EQ(scanned("12"), 12);
  EXPECT_EQ(scanned("-1.5"), -1.5);
  EXPECT_EQ(scanned(".25"), 0.25);
  EXPECT_EQ(scanned("7."), 7);
  EXPECT_EQ(scanned("2.5e-3"), 2.5e-3);
  EXPECT_EQ(scanned("1E+07"), 1e7);
  EXPECT_EQ(scanned("3,5", ','), 3.5);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(*scanned("-0")), std::bit_cast<std::uint64_t>(-0.0));
}

TEST(FieldTest, LeavesTheOthers) {
  for (const char* text : {"", "-", ".", "-.", "e5", "1e", "1e+", "--1", "+1", "1.2.3", "1e-100", "9007199254740993",
                           "0.00000000000000000001", "123456789012345678901", "1e23", "nan", "1 ", "True"})
    EXPECT_EQ(scanned(text), std::nullopt) << text;
}

TEST(FieldTest, ReadsEveryNumberAsItIsReadElsewhere) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> exponents(-12, 12);
  std::size_t read = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::pow(10, exponents(random)) * (i % 2 == 0 ? 1 : -1);
    for (const std::string& text : {fmt::format("{:.8f}", value), fmt::format("{:.6g}", value),
                                    fmt::format("{:.15e}", value), fmt::format("{}", static_cast<float>(value))})
      if (const std::optional<double> number = scanned(text)) {
        ++read;
        ASSERT_EQ(number, parse_number(text)) << text;
      }
  }
  EXPECT_GT(read, 70'000U);
}

TEST(FieldTest, HoldsANumberOrNone) {
  EXPECT_EQ(field_of("1,5", Decimal::comma).number, 1.5);
  EXPECT_EQ(field_of("True").number, 1);
  EXPECT_TRUE(std::isnan(field_of("x").number));
  EXPECT_TRUE(std::isnan(field_of("").number));
}

}  // namespace
}  // namespace lockstep

// Names of processors, as Linux describes them.
#include "base/processor.hpp"

#include "data_files.hpp"

namespace lockstep {
namespace {

class ProcessorTest : public DataFilesTest {};

TEST_F(ProcessorTest, TheModelOfTheFirst) {
  EXPECT_EQ(processor_name(write("cpuinfo",
                                 "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9B14\nflags\t\t:\n\n"
                                 "processor\t: 1\nmodel name\t: another\n")),
            "AMD EPYC 9B14");
}

TEST_F(ProcessorTest, NumbersWhereThereIsNoModel) {
  EXPECT_THAT(processor_name(write("cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n")),
              testing::EndsWith(", implementer 0x41, part 0xd0c"));
}

TEST_F(ProcessorTest, ElseTheArchitecture) {
  EXPECT_FALSE(processor_name(path("none")).empty());
  EXPECT_EQ(processor_name(path("none")).find(','), std::string::npos);
  EXPECT_EQ(processor_name(write("cpuinfo", ": \n:\nno colon\n")), processor_name(path("none")));
}

TEST(Processor, OfThisHost) {
  EXPECT_FALSE(processor_name().empty());
}

}  // namespace
}  // namespace lockstep

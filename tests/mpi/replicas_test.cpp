// Replicas that are not equal are noticed, with rank, step and layer.
#include "train/replicas.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comm/together.hpp"

namespace lockstep {
namespace {

/// What check_replicas() throws on this rank: a message, "elsewhere", or nothing.
std::string outcome(const Model& model, std::span<const float> parameters) {
  try {
    check_replicas(Communicator::world(), model, parameters, 300);
  } catch (const Error& error) {
    return error.what();
  } catch (const FailedElsewhere&) {
    return "elsewhere";
  }
  return "";
}

TEST(CheckReplicas, TheFirstRankThatDiffersSaysWhere) {
  const Communicator world = Communicator::world();
  const Model model(3, {{4, kActivation<Relu>}, {2, kActivation<Identity>}}, Kernels::openblas);
  AlignedBuffer parameters(model.size());
  model.initialize({}, 1, parameters.span());
  EXPECT_EQ(outcome(model, parameters.span()), "");

  const int wrong = world.size() - 1;
  if (world.rank() == wrong) model.layers()[1].bias_in(parameters.span())[1] = -0.0F;
  const std::string result = outcome(model, parameters.span());
  if (world.size() == 1)
    EXPECT_EQ(result, "");
  else if (world.rank() == wrong)
    EXPECT_THAT(result, testing::AllOf(testing::HasSubstr("step 300"), testing::HasSubstr("layer 1")));
  else
    EXPECT_EQ(result, "elsewhere");
}

}  // namespace
}  // namespace lockstep

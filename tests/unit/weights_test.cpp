// Weights of samples and classes: what is left out, what the weights become, and what is refused.
#include "data/weights.hpp"

#include <cmath>

#include "data_files.hpp"
#include "datasets.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Four samples of one feature with two targets each, and their weights.
Dataset weighted_table(std::vector<double> weights) {
  Dataset data = table_of(1, {1, 2, 3, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  data.info.source = "t.csv";
  data.info.weights = "w";
  data.weights = std::move(weights);
  return data;
}

/// Six images of the classes "a", "b" and "c": three, two and one.
Dataset labelled() {
  Dataset data = images_of({1}, {1, 2, 3, 4, 5, 6}, {0, 0, 0, 1, 1, 2});
  data.info.source = "images";
  return data;
}

const ClassWeights kBalanced{.balanced = true, .by_class = {}};

TEST(Weights, ASampleOfWeightZeroIsAsIfItWereNotThere) {
  Dataset data = weighted_table({0, 2, 0, 3});
  settle_weights(data);
  EXPECT_EQ(data.info.samples, 2U);
  EXPECT_THAT(data.values, ElementsAre(2, 4));
  EXPECT_THAT(data.targets, ElementsAre(3, 4, 7, 8));
  EXPECT_THAT(data.weights, ElementsAre(2, 3));
  EXPECT_THAT(data.rows, ElementsAre(1, 3)) << "messages and predictions name samples as the file counts them";
  EXPECT_THAT(data.info.notes, ElementsAre("t.csv: 2 samples of weight 0 are left out"));
}

TEST(Weights, WithoutZerosNothingIsLeftOut) {
  Dataset data = weighted_table({1, 2, 0.5, 3});
  settle_weights(data);
  EXPECT_EQ(data.info.samples, 4U);
  EXPECT_THAT(data.rows, IsEmpty());
  EXPECT_THAT(data.info.notes, IsEmpty());
}

TEST(Weights, RefusesWhatIsNoWeightAndNamesTheSample) {
  const auto message = [](std::vector<double> weights) {
    return bad_input_of([&] {
      Dataset data = weighted_table(std::move(weights));
      settle_weights(data);
      return data;
    });
  };
  EXPECT_THAT(message({1, 2, -0.5, 1}), AllOf(HasSubstr("t.csv: sample 2"), HasSubstr("'w' is -0.5")));
  EXPECT_THAT(message({0, 0, 0, 0}), HasSubstr("all weights 'w' are 0"));
  EXPECT_THAT(message({1e308, 1e308, 1, 1}), HasSubstr("beyond the largest float64"));
}

TEST(Weights, TheyArePartOfTheDigest) {
  const Dataset without = weighted_table({});
  EXPECT_NE(digest_samples(weighted_table({1, 2, 3, 4})), digest_samples(without));
  EXPECT_NE(digest_samples(weighted_table({1, 2, 3, 4})), digest_samples(weighted_table({1, 2, 3, 5})));
}

TEST(Weights, TheLargestInTrainingIsScaledByAPowerOfTwo) {
  Dataset data = weighted_table({12, 0.75, 3, 8});
  weigh_for_training(data, {});
  EXPECT_THAT(data.weights, ElementsAre(1.5, 0.75 / 8, 3.0 / 8, 1));
}

TEST(Weights, WithoutWeightsThereAreNone) {
  Dataset data = labelled();
  weigh_for_training(data, {});
  EXPECT_THAT(data.weights, IsEmpty());
}

TEST(Weights, OfClassesByNameAreOneWhereTheyAreNotGiven) {
  Dataset data = labelled();
  weigh_for_training(data, {.by_class = {{"a", 1.5}, {"c", 0.25}}});
  EXPECT_THAT(data.weights, ElementsAre(1.5, 1.5, 1.5, 1, 1, 0.25));
  EXPECT_THAT(data.info.notes, ElementsAre("weights of classes: a 1.5, b 1, c 0.25"));
}

TEST(Weights, OfClassesMultiplyThoseOfSamples) {
  Dataset data = labelled();
  data.weights = {1, 0.5, 0.25, 1, 0.125, 1};
  weigh_for_training(data, {.by_class = {{"b", 1.5}}});
  EXPECT_THAT(data.weights, ElementsAre(1, 0.5, 0.25, 1.5, 0.1875, 1));
}

TEST(Weights, BalancedClassesAreThoseOfScikitLearn) {
  Dataset data = labelled();
  weigh_for_training(data, kBalanced);
  // compute_class_weight gives 6 / (3 * 3), 6 / (3 * 2) and 6 / (3 * 1); the largest is 2, and becomes 1.
  EXPECT_THAT(data.weights, ElementsAre(DoubleEq(1.0 / 3), DoubleEq(1.0 / 3), DoubleEq(1.0 / 3), 0.5, 0.5, 1));
}

TEST(Weights, BalancedClassesWeighTheSameWithWeightsOfSamplesToo) {
  Dataset data = labelled();
  data.weights = {1, 2, 3, 4, 5, 6};
  weigh_for_training(data, kBalanced);
  EXPECT_DOUBLE_EQ(data.weights[0] + data.weights[1] + data.weights[2], data.weights[5]);
  EXPECT_DOUBLE_EQ(data.weights[3] + data.weights[4], data.weights[5]);
  EXPECT_DOUBLE_EQ(data.weights[1], 2 * data.weights[0]);
}

TEST(Weights, BalancedClassesAreThoseThatOccur) {
  Dataset data = images_of({1}, {1, 2, 3}, {0, 0, 2});
  weigh_for_training(data, kBalanced);
  EXPECT_THAT(data.weights, ElementsAre(0.75, 0.75, 1.5));
}

TEST(Weights, AClassOfWeightZeroIsLeftOut) {
  Dataset data = labelled();
  weigh_for_training(data, {.by_class = {{"a", 0}}});
  EXPECT_THAT(data.bytes, ElementsAre(4, 5, 6));
  EXPECT_THAT(data.labels, ElementsAre(1, 1, 2));
  EXPECT_THAT(data.rows, ElementsAre(3, 4, 5));
}

TEST(Weights, RefusesWeightsThatLeaveNothingToTrainWith) {
  const auto message = [](Dataset data, const ClassWeights& classes) {
    return bad_input_of([&] {
      weigh_for_training(data, classes);
      return data;
    });
  };
  EXPECT_THAT(message(labelled(), {.by_class = {{"d", 2}}}),
              AllOf(HasSubstr("no class 'd' in images"), HasSubstr("'a', 'b', 'c'")));
  EXPECT_THAT(message(labelled(), {.by_class = {{"a", 0}, {"b", 0}, {"c", 0}}}), HasSubstr("above 0"));
  EXPECT_THAT(message(weighted_table({1, 2, 1e-21, 1}), {}), AllOf(HasSubstr("sample 2"), HasSubstr("float32")));
}

}  // namespace
}  // namespace lockstep

// Columns by name: in whatever order a file has them, and by position, with a note, where there are no names.
#include "data/match.hpp"

#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

DatasetInfo named(const std::string& source, std::vector<std::string> names, std::uint64_t columns) {
  DatasetInfo info;
  info.source = source;
  info.feature_shape = {columns};
  info.feature_names = std::move(names);
  return info;
}

Dataset rows(std::vector<std::string> names, std::uint64_t columns) {
  Dataset data;
  data.info = named("new.h5", std::move(names), columns);
  for (int i = 0; i < static_cast<int>(2 * columns); ++i) data.values.push_back(i);
  return data;
}

TEST(Match, PutsColumnsInTheOrderOfTheTrainingData) {
  Dataset data = rows({"c", "b", "a"}, 3);
  match_features(data, named("train.csv", {"a", "c"}, 2));
  EXPECT_THAT(data.values, ElementsAre(2, 0, 5, 3));
  EXPECT_THAT(data.info.feature_names, ElementsAre("a", "c"));
  EXPECT_THAT(data.info.feature_shape, ElementsAre(2));
  EXPECT_THAT(data.info.notes, IsEmpty());
}

TEST(Match, PermutesBytesToo) {
  Dataset data;
  data.info = named("new.h5", {"b", "a"}, 2);
  data.bytes = {1, 2, 3, 4};
  match_features(data, named("train.h5", {"a", "b"}, 2));
  EXPECT_THAT(data.bytes, ElementsAre(2, 1, 4, 3));
}

TEST(Match, RefusesATableWithoutAColumn) {
  Dataset data = rows({"a", "b"}, 2);
  EXPECT_THAT(bad_input_of([&] {
                return match_features(data, named("train.csv", {"a", "z"}, 2)), 0;
              }),
              AllOf(HasSubstr("new.h5: there is no column 'z'"), HasSubstr("train.csv"), HasSubstr("'a', 'b'")));
}

TEST(Match, SaysThatTheOrderCountsWhereThereAreNoNames) {
  Dataset unnamed = rows({}, 2);
  match_features(unnamed, named("train.csv", {"a", "b"}, 2));
  EXPECT_THAT(unnamed.info.notes,
              ElementsAre("columns of new.h5 are taken in their order, as it has no names for them: it must be that of "
                          "the training data, 'a', 'b'"));
  EXPECT_THAT(unnamed.info.feature_names, ElementsAre("a", "b"));
  Dataset table = rows({"a", "b"}, 2);
  match_features(table, named("train.h5", {}, 2));
  EXPECT_THAT(table.info.notes, ElementsAre(HasSubstr("as the training data have no names for them")));
  EXPECT_THAT(table.info.feature_names, IsEmpty());
  EXPECT_THAT(table.values, ElementsAre(0, 1, 2, 3));
}

TEST(Match, LeavesAnotherNumberOfColumnsAsItIs) {
  Dataset data = rows({}, 3);
  match_features(data, named("train.csv", {"a", "b"}, 2));
  EXPECT_THAT(data.info.feature_shape, ElementsAre(3));
  EXPECT_THAT(data.info.notes, IsEmpty());
}

TEST(Match, PutsTargetsInTheOrderOfTheTrainingData) {
  Dataset data;
  data.info.task = Task::regression;
  data.info.output_names = {"right", "left"};
  data.targets = {1, 2, 3, 4};
  DatasetInfo train = data.info;
  train.output_names = {"left", "right"};
  match_targets(data, train);
  EXPECT_THAT(data.targets, ElementsAre(2, 1, 4, 3));
  EXPECT_EQ(data.info.output_names, train.output_names);
  data.info.output_names = default_target_names(2);
  match_targets(data, train);
  EXPECT_THAT(data.targets, ElementsAre(2, 1, 4, 3));
  EXPECT_THAT(data.info.notes, ElementsAre(HasSubstr("targets of")));
}

}  // namespace
}  // namespace lockstep

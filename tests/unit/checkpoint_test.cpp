// Checkpoints: all of one is read as it was written, and what is none, or is damaged, is refused.
#include "checkpoint/checkpoint.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/random.hpp"
#include "base/seal.hpp"
#include "checkpoint/schema.hpp"
#include "data_files.hpp"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

CheckpointInfo some_info() {
  CheckpointInfo info;
  info.lockstep_version = "1.2.3";
  info.config = "[run]\nname = 'größe'\n";
  info.blas_kernel = "OpenBLAS 0.3.21 Haswell";
  info.digest = "0123456789abcdef";
  info.progress = {.epoch = 3,
                   .step = 938,
                   .epoch_samples = 512,
                   .epoch_loss_sum = 0.1,
                   .epoch_weight = 511.5,
                   .train_loss = 1.0 / 3,
                   .best_step = 900,
                   .best_score = -0.5,
                   .best_loss = 0.25,
                   .gain_epoch = 2,
                   .gain_value = -0.4,
                   .run_samples = std::uint64_t{1} << 40,
                   .run_seconds = 1e-3};
  info.data.source = "train.csv";
  info.data.samples = 60'000;
  info.data.feature_shape = {2, 1};
  info.data.feature_names = {"width", "height"};
  info.data.output_names = {"a", "b", "größe"};
  info.data.class_values = {1, 2, 30};
  info.transform.features = {{linear_scale(1e8 + 0.1, 0.1), linear_scale(2, 10)}};
  info.transform.targets = {{linear_scale(3, 4)}};
  info.test_samples = 10'000;
  info.test_digest = "fedcba9876543210";
  info.validation_samples = 5'000;
  info.validation_digest = "fedcba9876543211";
  info.test_by_class = false;
  info.c_library = "glibc 2.36";
  info.slices = 3;
  info.arithmetic_changes = "after step 5: train.slices";
  return info;
}

class CheckpointTest : public DataFilesTest {
 protected:
  void write_with(const CheckpointInfo& info) const {
    const std::vector<NamedTensor<const float>> tensors{{"model/layers/0/weight", {2, 3}, weight_},
                                                        {"model/layers/0/bias", {3}, bias_},
                                                        {"optimizer/velocity/layers/0/bias", {3}, bias_}};
    write_checkpoint(file(), info, tensors);
  }
  [[nodiscard]] std::string file() const { return path("step-00000938.h5"); }
  /// The message about the file, which it must name.
  template <class Call>
  [[nodiscard]] std::string message(Call&& call) const {
    std::string text = bad_input_of(call);
    EXPECT_THAT(text, StartsWith(file() + ": "));
    return text;
  }
  [[nodiscard]] std::string opening_message() const {
    return message([&] { CheckpointReader reader(file()); });
  }
  /// A whole checkpoint with an attribute or a dataset that is another, or not there.
  template <class Change>
  void write_changed(Change&& change) const {
    write_with(some_info());
    Hdf5Handle raw(H5Fopen(file().c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    ASSERT_GE(raw, 0);
    ASSERT_GE(change(raw), 0);
    ASSERT_TRUE(raw.close());
    seal_file(file());
  }

  std::vector<float> weight_{1, 2, 3, 4, 5, 6.25F};
  std::vector<float> bias_{-0.0F, 0.1F, std::numeric_limits<float>::denorm_min()};
};

TEST_F(CheckpointTest, ReadsAllThatWasWritten) {
  const CheckpointInfo written = some_info();
  write_with(written);
  const CheckpointReader reader(file());
  const CheckpointInfo& info = reader.info();
  EXPECT_EQ(info.lockstep_version, written.lockstep_version);
  EXPECT_EQ(info.config, written.config);
  EXPECT_EQ(info.blas_kernel, written.blas_kernel);
  EXPECT_EQ(info.digest, written.digest);
  EXPECT_EQ(info.progress.epoch, written.progress.epoch);
  EXPECT_EQ(info.progress.step, written.progress.step);
  EXPECT_EQ(info.progress.epoch_samples, written.progress.epoch_samples);
  EXPECT_EQ(info.progress.epoch_loss_sum, written.progress.epoch_loss_sum);
  EXPECT_EQ(info.progress.epoch_weight, written.progress.epoch_weight);
  EXPECT_EQ(info.progress.train_loss, written.progress.train_loss);
  EXPECT_EQ(info.progress.best_step, written.progress.best_step);
  EXPECT_EQ(info.progress.best_score, written.progress.best_score);
  EXPECT_EQ(info.progress.run_samples, written.progress.run_samples);
  EXPECT_EQ(info.progress.run_seconds, written.progress.run_seconds);
  EXPECT_EQ(info.progress.best_loss, written.progress.best_loss);
  EXPECT_EQ(info.c_library, written.c_library);
  EXPECT_EQ(info.slices, written.slices);
  EXPECT_EQ(info.arithmetic_changes, written.arithmetic_changes);
  EXPECT_EQ(info.test_samples, written.test_samples);
  EXPECT_EQ(info.test_digest, written.test_digest);
  EXPECT_EQ(info.test_by_class, written.test_by_class);
  EXPECT_EQ(info.validation_samples, written.validation_samples);
  EXPECT_EQ(info.validation_digest, written.validation_digest);
  EXPECT_EQ(info.progress.gain_epoch, written.progress.gain_epoch);
  EXPECT_EQ(info.progress.gain_value, written.progress.gain_value);
  EXPECT_EQ(info.format, 3);
  EXPECT_EQ(info.data.source, file());  // for messages
  EXPECT_EQ(info.data.task, written.data.task);
  EXPECT_EQ(info.data.samples, written.data.samples);
  EXPECT_EQ(info.data.bytes, written.data.bytes);
  EXPECT_EQ(info.data.feature_shape, written.data.feature_shape);
  EXPECT_EQ(info.data.feature_names, written.data.feature_names);
  EXPECT_EQ(info.data.output_names, written.data.output_names);
  EXPECT_EQ(info.data.class_values, written.data.class_values);
  EXPECT_EQ(info.transform.features, written.transform.features);
  EXPECT_EQ(info.transform.targets, written.transform.targets);

  std::vector<float> weight(6);
  std::vector<float> bias(3);
  reader.read({"model/layers/0/weight", {2, 3}, weight});
  reader.read({"optimizer/velocity/layers/0/bias", {3}, bias});
  EXPECT_EQ(weight, weight_);
  EXPECT_EQ(bias, bias_);
}

TEST_F(CheckpointTest, AnUndisturbedRunHasNoChanges) {
  CheckpointInfo info = some_info();
  info.arithmetic_changes = "";
  write_with(info);
  EXPECT_EQ(CheckpointReader(file()).info().arithmetic_changes, "");
}

TEST_F(CheckpointTest, AFileMayLackWhatConcernsValidation) {
  write_changed([](hid_t raw) {
    herr_t status = 0;
    for (const char* name :
         {schema::kValidationSamples, schema::kValidationDigest, schema::kGainEpoch, schema::kGainValue})
      status = std::min(status, H5Adelete(raw, name));
    return status;
  });
  const CheckpointInfo info = CheckpointReader(file()).info();
  EXPECT_EQ(info.validation_samples, 0U);
  EXPECT_EQ(info.validation_digest, "");
  EXPECT_EQ(info.progress.gain_epoch, 0U);
}

TEST_F(CheckpointTest, ReadsARegressionOnImages) {
  CheckpointInfo written = some_info();
  written.data.task = Task::regression;
  written.data.bytes = true;
  written.data.feature_names.clear();
  written.transform.features = {{linear_scale(1, 2)}};
  written.transform.targets = {{linear_scale(1, 4), linear_scale(2, 5), linear_scale(3, 6)}};
  write_with(written);
  const CheckpointReader reader(file());
  EXPECT_EQ(reader.info().data.task, Task::regression);
  EXPECT_TRUE(reader.info().data.bytes);
  EXPECT_THAT(reader.info().data.feature_names, IsEmpty());
  EXPECT_EQ(reader.info().transform.features, written.transform.features);
  EXPECT_EQ(reader.info().transform.targets, written.transform.targets);
}

// What readers other than ours rely on.
TEST_F(CheckpointTest, HasTheNamesOfTheContract) {
  write_with(some_info());
  const Hdf5File raw = Hdf5File::open(file());
  EXPECT_EQ(raw.read_integer_attribute("format_version"), 3);
  EXPECT_EQ(raw.read_text_attribute("lockstep_version"), "1.2.3");
  EXPECT_EQ(raw.read_text_attribute("config"), "[run]\nname = 'größe'\n");
  EXPECT_EQ(raw.read_integer_attribute("epoch"), 3);
  EXPECT_EQ(raw.read_integer_attribute("step"), 938);
  EXPECT_EQ(raw.read_text_attribute("digest"), "0123456789abcdef");
  EXPECT_EQ(raw.read_text_attribute("blas_kernel"), "OpenBLAS 0.3.21 Haswell");
  EXPECT_EQ(raw.read_text_attribute("task"), "classification");
  EXPECT_THAT(raw.shape("model/layers/0/weight"), ElementsAre(2, 3));
  EXPECT_EQ(raw.read<float>("model/layers/0/weight"), weight_);
}

TEST_F(CheckpointTest, AppearsWholeOrNotAtAll) {
  write_with(some_info());
  EXPECT_FALSE(has_partial_file());
  const std::string before = read_file(file());
  // Two arrays of one name cannot be written; the file of before stays.
  const std::vector<NamedTensor<const float>> twice{{"model/a", {3}, bias_}, {"model/a", {3}, bias_}};
  EXPECT_THAT(failure_of([&] { write_checkpoint(file(), some_info(), twice); }), HasSubstr("model/a"));
  EXPECT_EQ(read_file(file()), before);
  EXPECT_FALSE(has_partial_file());
  EXPECT_THAT(failure_of([&] { write_checkpoint(path("none/a.h5"), some_info(), {}); }), HasSubstr(path("none/a.h5")));
}

TEST_F(CheckpointTest, KeepsTheOldOneWhereTheDiskIsFull) {
  write_with(some_info());
  const std::string before = read_file(file());
  const std::vector<float> large(100'000);
  const std::vector<NamedTensor<const float>> tensors{{"model/a", {100'000}, large}};
  const auto fill_the_disk = [&] {
    for (const rlim_t bytes : {1'000U, 100'000U, 400'000U}) {
      const FileSizeLimit full(bytes);
      EXPECT_THAT(failure_of([&] { write_checkpoint(file(), some_info(), tensors); }),
                  AllOf(HasSubstr(file()), HasSubstr("File too large")));
    }
    write_checkpoint(path("other.h5"), some_info(), tensors);  // when there is room again
    std::_Exit(HasFailure() ? 1 : 0);
  };
  // In a process of its own, for HDF5 never frees a file that it could not write.
  EXPECT_EXIT(fill_the_disk(), testing::ExitedWithCode(0), "");
  EXPECT_EQ(read_file(file()), before);
  EXPECT_FALSE(has_partial_file());
}

TEST_F(CheckpointTest, RefusesWhatIsNoCheckpoint) {
  EXPECT_THAT(opening_message(), HasSubstr("no such file"));
  static_cast<void>(write("step-00000938.h5", "text"));
  EXPECT_THAT(opening_message(), HasSubstr("not a checkpoint of Lockstep"));
  Hdf5File::create(file()).close();
  EXPECT_THAT(opening_message(), HasSubstr("not a checkpoint of Lockstep"));
  static_cast<void>(write("step-00000938.h5", std::string(2 * kSealSize, 'x')));
  seal_file(file());
  EXPECT_THAT(opening_message(), HasSubstr("not an HDF5 file"));
}

TEST_F(CheckpointTest, RefusesANewerFormat) {
  Hdf5File raw = Hdf5File::create(file(), kSealSize);
  raw.write_attribute("format_version", schema::kFormatVersion + 1);
  raw.close();
  seal_file(file());
  EXPECT_THAT(opening_message(), AllOf(HasSubstr("format 4"), HasSubstr("reads formats 1 to 3")));
}

TEST_F(CheckpointTest, RefusesOneWithoutAnAttributeOrDescription) {
  for (const char* name : {"config", "digest", "step", "epoch_loss_sum", "task"}) {
    write_changed([&](hid_t raw) { return H5Adelete(raw, name); });
    EXPECT_THAT(opening_message(), HasSubstr(fmt::format("'{}'", name)));
  }
  for (const char* name : {"data/feature_shape", "data/output_names", "data/feature_shift", "data/target_scale"}) {
    write_changed([&](hid_t raw) { return H5Ldelete(raw, name, H5P_DEFAULT); });
    EXPECT_THAT(opening_message(), HasSubstr(fmt::format("'{}'", name)));
  }
}

TEST_F(CheckpointTest, KeepsKindsOfScalesAndQuantiles) {
  CheckpointInfo info = some_info();
  ColumnScale quantile;
  quantile.kind = kScale<QuantileScale>;
  quantile.quantiles = {1, 2, 2, 5};
  ColumnScale log = linear_scale(1, 2);
  log.kind = kScale<LogScale>;
  info.transform.features = {{quantile, log}};
  write_with(info);
  EXPECT_EQ(CheckpointReader(file()).info().transform.features, info.transform.features);
  info.transform.features.columns[0].quantiles = {2, 1};
  write_with(info);
  EXPECT_THAT(opening_message(), HasSubstr("data/feature"));
}

TEST_F(CheckpointTest, KeepsWordsAndWhatFillsGaps) {
  CheckpointInfo info = some_info();
  info.data.feature_words = {{"Oslo", "Paris"}, {}};
  info.transform.gaps = {{2.5, true}, {}};
  write_with(info);
  const CheckpointInfo read = CheckpointReader(file()).info();
  EXPECT_EQ(read.data.feature_words, info.data.feature_words);
  ASSERT_EQ(read.transform.gaps.size(), 2U);
  EXPECT_EQ(read.transform.gaps[0].value, 2.5);
  EXPECT_TRUE(read.transform.gaps[0].indicator);
  EXPECT_TRUE(std::isnan(read.transform.gaps[1].value));
  info.data.feature_words.pop_back();
  write_with(info);
  EXPECT_THAT(opening_message(), HasSubstr("data/feature_words"));
}

TEST_F(CheckpointTest, KeepsTheRangesOfFeatures) {
  CheckpointInfo info = some_info();
  info.transform.ranges = {{-1, 2.5}, {3, 1e300}};
  write_with(info);
  const std::vector<FeatureRange> read = CheckpointReader(file()).info().transform.ranges;
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].least, -1);
  EXPECT_EQ(read[0].most, 2.5);
  EXPECT_EQ(read[1].most, 1e300);
  info.transform.ranges.push_back({});
  write_with(info);
  EXPECT_THAT(opening_message(), HasSubstr("data/feature_least"));
}

TEST_F(CheckpointTest, RefusesScalesThatDoNotFitTheData) {
  CheckpointInfo info = some_info();
  info.transform.features = {{linear_scale(1, 1), linear_scale(2, 2), linear_scale(3, 3)}};
  write_with(info);
  EXPECT_THAT(opening_message(), AllOf(HasSubstr("data/feature_shift"), HasSubstr("2 columns")));
  info = some_info();
  info.transform.targets = {{linear_scale(1, 1), linear_scale(2, 2)}};
  write_with(info);
  EXPECT_THAT(opening_message(), AllOf(HasSubstr("data/target_shift"), HasSubstr("3 columns")));
}

TEST_F(CheckpointTest, RefusesArraysThatAreNotThereOrHaveAnotherShape) {
  write_with(some_info());
  const CheckpointReader reader(file());
  std::vector<float> values(6);
  EXPECT_THAT(message([&] {
                reader.read({"model/layers/1/weight", {2, 3}, values});
              }),
              HasSubstr("'model/layers/1/weight'"));
  EXPECT_THAT(message([&] {
                reader.read({"model/layers/0/weight", {3, 2}, values});
              }),
              AllOf(HasSubstr("model/layers/0/weight"), HasSubstr("(2, 3)"), HasSubstr("(3, 2)")));
  EXPECT_THAT(message([&] { reader.read({"model/layers/0/weight", {6}, values}); }), HasSubstr("asks for (6)"));
}

TEST_F(CheckpointTest, RefusesEveryDamage) {
  write_with(some_info());
  const std::string whole = read_file(file());
  RandomSequence random(1, Purpose::dropout);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = whole;
    const std::size_t place = random.next_below(whole.size());
    if (i % 3 == 0)
      damaged.resize(place);
    else
      damaged[place] = static_cast<char>(static_cast<unsigned char>(damaged[place]) ^ (1 + random.next_below(255)));
    static_cast<void>(write("step-00000938.h5", damaged));
    ASSERT_THROW(CheckpointReader{file()}, DamagedCheckpoint) << "damage " << i << " at byte " << place;
  }
}

}  // namespace
}  // namespace lockstep

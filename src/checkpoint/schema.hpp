// The names in a checkpoint file. Reader, writer and README follow this list; a change of meaning raises the version.
// Version 1 had shifts, scales and the digested numbers in float32, and nothing of the test set. Versions 1 and 2 had
// no kinds of scales but those that shift and scale.
#pragma once

#include <cstdint>

namespace lockstep::schema {

inline constexpr std::int64_t kFormatVersion = 3;

// Attributes of the root: text
inline constexpr const char* kLockstepVersion = "lockstep_version";
inline constexpr const char* kConfig = "config";             // TOML, every key with its value
inline constexpr const char* kDigest = "digest";             // of model/, 16 hexadecimal digits
inline constexpr const char* kBlasKernel = "blas_kernel";    // on which the bits depend
inline constexpr const char* kTask = "task";                 // "classification" or "regression"
inline constexpr const char* kDataDigest = "data_digest";    // of the training set, 16 hexadecimal digits
inline constexpr const char* kTestDigest = "test_digest";    // of the test set, likewise
inline constexpr const char* kFeatureType = "feature_type";  // of the raw features: "uint8" or "float64"

// Attributes of the root: integers
inline constexpr const char* kFormat = "format_version";
inline constexpr const char* kEpoch = "epoch";                 // complete epochs
inline constexpr const char* kStep = "step";                   // complete steps of the run
inline constexpr const char* kEpochSamples = "epoch_samples";  // samples used of the epoch under way
inline constexpr const char* kRunSamples = "run_samples";      // samples used in the run
inline constexpr const char* kTrainSamples = "train_samples";  // in the training set
inline constexpr const char* kTestSamples = "test_samples";    // in the test set
inline constexpr const char* kBestStep = "best_step";          // at whose end the best score was found

// Attributes of the root: real numbers
inline constexpr const char* kEpochLoss = "epoch_loss_sum";  // over the samples used of the epoch under way
inline constexpr const char* kTrainLoss = "train_loss";      // mean over the last complete epoch
inline constexpr const char* kBestScore = "best_score";      // of train.monitor on the validation set
inline constexpr const char* kRunSeconds = "run_seconds";    // spent in training steps

// Attributes of the root since version 2: how the run is computed
inline constexpr const char* kCLibrary = "c_library";          // text: for the record
inline constexpr const char* kSlices = "slices";               // integer: of a step's batch
inline constexpr const char* kChanges = "arithmetic_changes";  // text: made on request at resumes; empty: none
inline constexpr const char* kBestLoss = "best_loss";          // real: validation loss where the best score was found

// Attributes of the root that a file may lack
inline constexpr const char* kEpochWeight = "epoch_weight";  // real: of the samples used of the epoch under way
// Of the validation set, by which epochs are chosen
inline constexpr const char* kValidationSamples = "validation_samples";  // integer; 0: there is none
inline constexpr const char* kValidationDigest = "validation_digest";    // text: 16 hexadecimal digits; empty: none
inline constexpr const char* kTestByClass = "test_by_class";  // integer; 1: the test split took of each class its share
inline constexpr const char* kStartedFrom = "started_from";   // text: the digest of the weights with which it began
inline constexpr const char* kGainEpoch = "gain_epoch";       // integer: the last that has gained; 0: none
inline constexpr const char* kGainValue = "gain_value";       // real: the monitored value then
inline constexpr const char* kRateDrops = "rate_drops";       // integer: of the learning rate, for want of a gain
inline constexpr const char* kDropEpoch = "drop_epoch";       // integer: the last of them

// Groups of float32 arrays with Fletcher-32 checksums
inline constexpr const char* kModel = "model/";  // layers/K/weight (in, out), layers/K/bias (out)
inline constexpr const char* kOptimizer =
    "optimizer/";  // NAME/layers/K/..., NAME being what the optimizer keeps: "velocity"

// The data that the model was trained on
inline constexpr const char* kFeatureShape = "data/feature_shape";  // integers
inline constexpr const char* kFeatureNames = "data/feature_names";  // strings, of a table
inline constexpr const char* kOutputNames = "data/output_names";    // strings: classes or targets
inline constexpr const char* kClassValues = "data/class_values";    // float64: the data's labels, where numbers

// The scales of features and targets: scaled = (curve(raw) - shift) * scale. One, or one per feature or target
inline constexpr const char* kShift = "_shift";          // float64
inline constexpr const char* kScale = "_scale";          // float64; 0: constant in the training samples
inline constexpr const char* kKind = "_kind";            // strings, since version 3: data.scale, which says the curve
inline constexpr const char* kQuantiles = "_quantiles";  // float64 (kinds that are "quantile", quantiles), ascending
inline constexpr const char* kFeatures = "data/feature";
inline constexpr const char* kTargets = "data/target";

// Columns of words, where there are some, since version 3
inline constexpr const char* kWords = "data/feature_words";  // strings: those of all columns, one after the other
inline constexpr const char* kWordCounts = "data/feature_word_counts";  // integers, one per feature; 0: numbers

// Gaps in features, where some are filled, since version 3: one per feature
inline constexpr const char* kFill = "data/feature_fill";            // float64: what stands for one; NaN: it is refused
inline constexpr const char* kIndicator = "data/feature_indicator";  // integers; 1: a further input tells gaps

// The range of features in the training samples, which a file may lack: one, or one per feature
inline constexpr const char* kLeast = "data/feature_least";  // float64
inline constexpr const char* kMost = "data/feature_most";    // float64

}  // namespace lockstep::schema

// The formulas of metrics, each in a file of its own. Definitions and conventions are those of scikit-learn's functions
// of these names, with sample_weight where samples have weights. `weights` are those of a batch's samples, (batch), or
// empty: all weigh 1. Those of counts are whole numbers, so that sums of them are exact in any order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scores/totals.hpp"
#include "scores/whole_weights.hpp"
#include "tensor/matrix.hpp"

namespace lockstep::formulas {

/// The mean over samples.
double loss(const Totals& totals);

/// The part of the samples that is taken for what it is.
double accuracy(const Totals& totals);

/// The mean of the recalls of the classes that have samples (balanced_accuracy_score).
double balanced_accuracy(const Totals& totals);

/// The part of the samples whose class is among the five most likely ones (top_k_accuracy_score with k = 5).
double top5_accuracy(const Totals& totals);

/// The mean of -log of the probability of the right class, which counts as no less than 2^-52 (log_loss).
double log_loss(const Totals& totals);

/// The mean of F1 over the classes that occur among labels or predictions (f1_score with average = "macro").
double macro_f1(const Totals& totals);

/// The area under the ROC curve that was taken from all outputs, see area_under_roc().
double roc_auc(const Totals& totals);

/// 1 - squared errors / squared distances from the mean, and its mean over targets (r2_score). A constant target has 1
/// when it is met exactly and else 0.
double r2(const TargetErrors& target);
double r2(const Totals& totals);

/// The root of the mean squared error, and its mean over targets (root_mean_squared_error).
double rmse(const TargetErrors& target, double weight);
double rmse(const Totals& totals);

/// The mean absolute error, and its mean over targets (mean_absolute_error).
double mae(const TargetErrors& target, double weight);
double mae(const Totals& totals);

/// Of one class (precision_recall_fscore_support with zero_division = 0): 0 where there is nothing to divide by.
double precision(const ClassCounts& counts);
double recall(const ClassCounts& counts);
double f1(const ClassCounts& counts);

/// The area under the ROC curve (roc_auc_score) of outputs, shape (samples, classes), and labels, shape (samples). Two
/// classes: by the outputs of the second. More: the mean over classes of one against the rest. Equal outputs count
/// half. Not a number where a class has no samples, or all.
double area_under_roc(ConstMatrix outputs, std::span<const std::int32_t> labels,
                      std::span<const std::uint64_t> weights = {});

/// The samples of each class that were taken for each class, shape (classes, classes), in row order (confusion_matrix).
std::vector<std::uint64_t> confusion_matrix(ConstMatrix outputs, std::span<const std::int32_t> labels,
                                            std::span<const std::uint64_t> weights = {});

/// Adds the samples of a batch to the counts of classes and of the five most likely ones. Shapes (batch, classes) and
/// (batch). Of equal outputs the first is taken for the prediction, and the last are the most likely five, as
/// scikit-learn sorts them.
void count_classes(ConstMatrix outputs, std::span<const std::int32_t> labels, std::span<ClassCounts> classes,
                   std::uint64_t& in_top5, std::span<const std::uint64_t> weights = {});

/// `sum` and -log of each sample's probability of its class, by weight, a sample after the other. Shapes
/// (batch, classes), (batch).
double add_log_loss(ConstMatrix probabilities, std::span<const std::int32_t> labels, double sum,
                    std::span<const double> weights = {});

}  // namespace lockstep::formulas

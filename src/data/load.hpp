// From the section [data] of a configuration to data sets in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "data/data_query.hpp"
#include "data/dataset.hpp"
#include "data/options.hpp"
#include "data/row_reader.hpp"

namespace lockstep {

/// What a run learns from, what it is measured on in the end, and what it chooses its best epoch by.
struct DataParts {
  Dataset train;
  Dataset test;
  std::optional<Dataset> validation;  // where the options ask for one
};

/// Reads the training set, the test set and the validation set. The latter two have the training set's classes,
/// features and targets; what does not fit is bad input that names the file. Without a test file a random part of the
/// training samples becomes the test set, and of those that are left data.validation_fraction the validation set: a
/// pure function of `seed`. All parts keep the file's order and have at least one sample.
///
/// `helpers` read along where the format allows it, here and below.
///
/// With `known`, the description of other training data, all have its features. Without `test_by_class` the test part
/// is taken without regard to classes, as earlier versions did.
///
/// The task is a classification when `cross_entropy` is set, when files of arrays have labels, or when the
/// configuration names classes; else it is a regression. Cross-entropy without classes is bad input.
DataParts load_parts(const DataOptions& options, bool cross_entropy, std::uint64_t seed,
                     const DatasetInfo* known = nullptr, bool test_by_class = true, const Helpers& helpers = {});

/// Reads the test set alone, for a model that was trained on what `train` describes.
Dataset load_test(const DataOptions& options, const DatasetInfo& train, const Helpers& helpers = {});

/// The same of another file.
Dataset load_other(const DataOptions& options, const DataFile& file, const DatasetInfo& train,
                   const Helpers& helpers = {});

/// Reads the training data, all of its samples, part by part, of about `rows` samples each where the format allows it.
PartsRead load_in_parts(const DataOptions& options, bool cross_entropy, std::uint64_t rows, const UsePart& use,
                        const Helpers& helpers = {});

/// Opens the training data to be read some samples at a time, with the features of `known`, if any. `options` and
/// `known` outlive the reader. Bad input where their format cannot be read like that.
std::unique_ptr<RowReader> open_rows(const DataOptions& options, bool cross_entropy, const DatasetInfo* known);

/// Bad input when a kept column is called as another is, or as a column of predictions.
void check_kept(const std::vector<KeptColumn>& kept, const DatasetInfo& trained);

/// Samples to predict from, in the words of a user.
struct FeatureFile {
  std::string path;
  DataFormat format = DataFormat::csv;
  std::vector<std::string> keep;  // columns to carry along, those that fit a name, number or pattern: of a table, and
                                  // of files of arrays also arrays
};

/// Reads features alone, to predict from: those that `expected`, the description of the training set, has. `options`
/// are those of the training. Columns of a table are found by their names, or taken by position where one side has
/// none, with a note. `use` is given the samples in their order, numbered through, `rows` at a time and in the end the
/// rest; all at once where a file cannot be read in parts, as arrays in Fortran's order. The result describes all.
/// Bad input when they do not fit, and when a column that is kept has the name of another, or of one of the
/// predictions.
DatasetInfo load_features(const FeatureFile& file, const DataOptions& options, const DatasetInfo& expected,
                          std::uint64_t rows, const UsePart& use, const Helpers& helpers = {});

/// The format of a file, told by its content.
DataFormat recognise_format(const std::string& path);

}  // namespace lockstep

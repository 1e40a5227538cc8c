// What a configuration says of the data.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "data/by_column.hpp"
#include "data/file_list.hpp"
#include "data/gaps.hpp"
#include "data/scales/column_scale.hpp"
#include "data/words.hpp"

namespace lockstep {

enum class DataFormat { idx, hdf5, npy, csv };

/// What the arrays of a file are called in it. Empty: as their roles are, `features` and so on.
struct ArrayNames {
  std::string features;
  std::string labels;
  std::string targets;
  std::string class_names;
  std::string feature_names;
  std::string target_names;

  bool operator==(const ArrayNames&) const = default;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& features& labels& targets& class_names& feature_names& target_names;
  }
};

/// The roles that an array may have, with their names in a configuration.
inline constexpr std::pair<const char*, std::string ArrayNames::*> kArrayRoles[] = {
    {"features", &ArrayNames::features},
    {"labels", &ArrayNames::labels},
    {"targets", &ArrayNames::targets},
    {"class_names", &ArrayNames::class_names},
    {"feature_names", &ArrayNames::feature_names},
    {"target_names", &ArrayNames::target_names}};

/// One set of samples. Where a file holds one array, as in IDX, labels or targets have a file of their own.
struct DataFile {
  FileList path;
  FileList labels;
  FileList targets;
  ArrayNames names;  // in this file; those that are empty are DataOptions::names

  DataFile() = default;
  DataFile(FileList its_path, FileList its_labels) : path(std::move(its_path)), labels(std::move(its_labels)) {}

  [[nodiscard]] bool has_outputs() const { return !labels.empty() || !targets.empty(); }

  /// All files that there are of it.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (const FileList& list : {path, labels, targets})
      for (std::string& file : list.expanded()) all.push_back(std::move(file));
    return all;
  }

  bool operator==(const DataFile&) const = default;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& path& labels& targets& names;
  }
};

/// How a CSV file is written. `automatic` is what its first lines tell.
enum class Separator : char { automatic = 0, comma = ',', semicolon = ';', tab = '\t', bar = '|', blanks = ' ' };
enum class Decimal : char { automatic = 0, point = '.', comma = ',' };
enum class HeaderLine { automatic, yes, no };
inline constexpr const char* kAutomaticComment = "auto";

struct CsvDialect {
  Separator separator = Separator::automatic;  // blanks: any number of blanks and tabs
  HeaderLine header = HeaderLine::automatic;   // whether the first line holds the names of the columns
  Decimal decimal = Decimal::automatic;        // what stands before the fraction of a number
  std::string comment = kAutomaticComment;     // the mark with which lines of comment begin; empty: there are none

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& separator& header& decimal& comment;
  }
};

/// In which order an epoch takes the training samples: any after any, of samples in memory, or blocks of the file, of
/// samples that stay on disk.
enum class DataOrder { global, blocks };

/// The section [data].
struct DataOptions {
  DataFormat format = DataFormat::idx;
  ArrayNames names;  // HDF5, NumPy: of all files
  DataFile train;
  DataFile test;                      // empty path: test_fraction of train's samples are held back instead
  double test_fraction = 0;           // in (0, 1) where there is no test file, else 0
  DataFile validation;                // empty path: none, or validation_fraction
  double validation_fraction = 0;     // of the training samples that test_fraction leaves, in (0, 1); 0: none
  CsvDialect dialect;                 // CSV: what is not told by the first lines
  std::vector<std::string> columns;   // CSV: names of the columns of files without a header; empty: column_1, ...
  std::vector<std::string> features;  // columns of tables by name, number or pattern; empty: all
  std::vector<std::string> ignore;    // the same of columns that are no features
  std::vector<std::string> target;    // CSV: names of the target columns; HDF5: fields
  std::string weights;                // CSV: the column of the samples' weights; HDF5: the array; empty: none
  std::string group;                  // CSV: the column whose equal values a split keeps together; HDF5: the array
  std::vector<std::string> classes;   // names of the classes in order; empty: as found in the training data
  ByColumn<Scale> scale;              // of features; not of all: bytes of images to [0, 1], numbers as they are
  ByColumn<Scale> scale_targets;      // of the targets of a regression
  GapOptions gaps;                    // what becomes of missing numbers
  WordOptions words;                  // which columns have words, and what of others

  DataOrder order = DataOrder::global;
  std::uint64_t window = 256;  // of blocks: MiB of samples of all slices, in which they are shuffled

  [[nodiscard]] bool has_validation() const { return !validation.path.empty() || validation_fraction > 0; }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& format& names& train& test& test_fraction& validation& validation_fraction;
    archive& dialect& columns& features& ignore& target& weights& group& classes& scale& scale_targets& gaps& words;
    archive& order& window;
  }
};

/// What a training sample weighs by its class.
struct ClassWeights {
  bool balanced = false;                   // all classes weigh the same together
  std::map<std::string, double> by_class;  // those that are not 1

  [[nodiscard]] bool any() const { return balanced || !by_class.empty(); }
  bool operator==(const ClassWeights&) const = default;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& balanced& by_class;
  }
};

/// The section [augment]: the most that happens to an image in a training step. 0: nothing of the kind.
struct AugmentOptions {
  double flip = 0;           // probability of a mirror image, left and right exchanged
  double flip_vertical = 0;  // probability of top and bottom exchanged
  double shift = 0;          // pixels, along rows and columns
  double rotation = 0;       // degrees
  double scale = 0;          // the part by which it becomes larger or smaller
  double shear = 0;          // degrees by which columns slant
  double elastic = 0;        // pixels by which a pixel is moved before the moves are smoothed
  double elastic_sigma = 4;  // pixels, the deviation of the Gaussian that smooths them
  double erase = 0;          // probability of a rectangle of background
  double erase_size = 0.5;   // the longest side of it, as a part of the image's
  double mixup = 0;          // of samples of any kind: both parameters of the beta distribution of their shares

  /// True where pixels come from other places.
  [[nodiscard]] bool moves() const {
    return flip > 0 || flip_vertical > 0 || shift > 0 || rotation > 0 || scale > 0 || shear > 0 || elastic > 0;
  }
  /// True where images are changed.
  [[nodiscard]] bool changes_images() const { return moves() || erase > 0; }

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& flip& flip_vertical& shift& rotation& scale& shear& elastic& elastic_sigma& erase& erase_size& mixup;
  }
};

}  // namespace lockstep

// The labels of arrays: numbers, texts, an enumeration or one-hot rows.
#pragma once

#include "data/array_file.hpp"
#include "data/data_query.hpp"

namespace lockstep {

/// Of one data set, whose files are added one after the other.
class ArrayLabels {
 public:
  explicit ArrayLabels(KnownClasses known);
  ArrayLabels(const ArrayLabels&) = delete;
  ArrayLabels& operator=(const ArrayLabels&) = delete;
  ~ArrayLabels() = default;

  /// The labels of the samples of a file. Bad input where there is not one per sample, and where the file's classes are
  /// other than those that are known.
  void add(const ArrayFile& file, const ArrayNames& names, std::size_t samples);

  /// As ClassLabels has them.
  [[nodiscard]] std::vector<std::int32_t> take_numbers() { return labels_.take_numbers(); }
  [[nodiscard]] std::vector<std::int32_t> classes(DatasetInfo& info) const { return labels_.classes(known_, info); }

 private:
  void add_one_hot(Array& array, std::size_t classes);
  void add_enumeration(Array& array);

  KnownClasses known_;
  bool named_;                     // the classes have names whatever the file says
  bool first_ = true;              // no file has been added yet
  std::vector<SourceFile> files_;  // of labels
  std::size_t samples_ = 0;        // added
  ClassLabels labels_;
};

}  // namespace lockstep

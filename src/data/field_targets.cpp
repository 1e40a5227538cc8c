#include "data/field_targets.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

/// Fields of all records, a column each.
class TargetFields : public Array {
 public:
  TargetFields(const Array& records, const Strings& names) : Array(records.path(), names.front()), names_(names) {
    for (const std::string& name : names) fields_.push_back(records.field(name));
  }

  [[nodiscard]] Shape shape() const override { return {fields_.front()->shape().front(), fields_.size()}; }
  [[nodiscard]] ArrayKind kind() const override { return ArrayKind::real; }
  [[nodiscard]] bool holds_bytes() const override { return false; }
  [[nodiscard]] bool holds_floats() const override { return false; }
  [[nodiscard]] double relative_step() const override {
    double step = 0;
    for (const auto& field : fields_) step = std::max(step, field->relative_step());
    return step;
  }
  [[nodiscard]] std::optional<Strings> attribute(const std::string& /*name*/) const override { return names_; }
  [[nodiscard]] std::vector<double> numbers() override {
    std::vector<double> rows(shape().front() * fields_.size());
    for (std::size_t column = 0; column < fields_.size(); ++column) {
      const std::vector<double> values = fields_[column]->numbers();
      for (std::size_t row = 0; row < values.size(); ++row) rows[row * fields_.size() + column] = values[row];
    }
    return rows;
  }
  [[nodiscard]] std::vector<std::uint8_t> bytes() override { throw no_others(); }
  [[nodiscard]] std::vector<float> floats() override { throw no_others(); }
  [[nodiscard]] std::vector<std::int64_t> integers() override { throw no_others(); }
  [[nodiscard]] Strings texts() override { throw no_others(); }

 private:
  [[nodiscard]] Error no_others() const { return bad_input("{}: '{}' is a target, which is a number", path(), name()); }

  Strings names_;
  std::vector<std::unique_ptr<Array>> fields_;
};

class RecordFile : public ArrayFile {
 public:
  RecordFile(std::unique_ptr<ArrayFile> file, std::shared_ptr<const Array> records, const DataQuery& query)
      : file_(std::move(file)),
        records_(std::move(records)),
        names_(query.names),
        targets_(query.options.target),
        classify_(query.classify) {}

  [[nodiscard]] const std::string& path() const override { return file_->path(); }
  [[nodiscard]] std::vector<std::string> names() const override { return file_->names(); }
  [[nodiscard]] std::string list_arrays() const override { return file_->list_arrays(); }
  [[nodiscard]] bool has(const std::string& name) const override {
    if (name == names_.labels) return classify_;
    if (name == names_.targets) return !classify_;
    return name != names_.target_names && file_->has(name);
  }
  [[nodiscard]] std::unique_ptr<Array> open(const std::string& name) const override {
    if (name == names_.labels) return records_->field(targets_.front());
    if (name == names_.targets) return std::make_unique<TargetFields>(*records_, targets_);
    return file_->open(name);
  }

 private:
  std::unique_ptr<ArrayFile> file_;
  std::shared_ptr<const Array> records_;
  ArrayNames names_;
  Array::Strings targets_;
  bool classify_;
};

/// Bad input unless there are records with fields of these names.
void check_targets(const Array& records, const DataQuery& query) {
  const Array::Strings& targets = query.options.target;
  if (records.kind() != ArrayKind::record)
    throw bad_input(
        "{}: data.target names fields of records, and '{}' holds none; keep what is to be learnt in an array of its "
        "own, '{}' or '{}', and leave data.target out",
        records.path(), records.name(), query.names.labels, query.names.targets);
  const Array::Strings fields = records.fields();
  for (const std::string& target : targets)
    if (std::ranges::find(fields, target) == fields.end())
      throw bad_input("{}: there is no column '{}' in it; its columns are {}", records.path(), target,
                      list_names(fields));
  if (query.classify && targets.size() > 1)
    throw bad_input("{}: a classification has one target column, not {}: {}", records.path(), targets.size(),
                    list_names(targets));
}

}  // namespace

std::unique_ptr<ArrayFile> with_field_targets(std::unique_ptr<ArrayFile> file, std::shared_ptr<const Array> features,
                                              const DataQuery& query) {
  check_targets(*features, query);
  return std::make_unique<RecordFile>(std::move(file), std::move(features), query);
}

}  // namespace lockstep

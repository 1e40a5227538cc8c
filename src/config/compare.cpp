#include "config/compare.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "config/read.hpp"
#include "config/schema.hpp"
#include "config/write.hpp"
#include "data/sampler.hpp"
#include "optim/schedule.hpp"
#include "tensor/products.hpp"

namespace lockstep {

namespace {

/// A visitor of the schema that collects the keys whose value is part of the arithmetic.
class ArithmeticKeys {
 public:
  void text(const Key& key, const std::string&) { add(key); }
  void texts(const Key& key, const std::vector<std::string>&) { add(key); }
  void flag(const Key& key, bool) { add(key); }
  void file(const Key& key, const DataFile&) { add(key); }
  void names(const Key& key, const ArrayNames&) { add(key); }
  template <class Number>
  void number(const Key& key, Number, const Limits&) {
    add(key);
  }
  void number_or_word(const Key& key, std::uint64_t, const Limits&, const char*, std::uint64_t) { add(key); }
  void class_weights(const Key& key, const ClassWeights&) { add(key); }
  template <class Enum, std::size_t N>
  void choice(const Key& key, const Enum&, const Choice<Enum> (&)[N]) {
    add(key);
  }
  template <class Enum, std::size_t N>
  void by_column(const Key& key, const ByColumn<Enum>&, const Choice<Enum> (&)[N]) {
    add(key);
  }
  template <class Enum>
  void shorthand(const Key&, const char*, const ByColumn<Enum>&, Enum) {}
  void layers(const Key&, const Key&, const Key&, const Key&, const Key& key, const ModelOptions&) { add(key); }

  [[nodiscard]] bool contains(const std::string& key) const { return keys_.contains(key); }

 private:
  void add(const Key& key) {
    if (key.bits == Bits::by_value) keys_.insert(key.name);
  }

  std::set<std::string> keys_;
};

/// True when the steps that the checkpoint has done would have had other learning rates with so many epochs.
bool other_rates(const CheckpointInfo& checkpoint, const Config& before, std::uint64_t epochs) {
  const std::uint64_t steps = steps_in_epoch(checkpoint.data.samples, before.train.global_batch);
  const auto schedule = [&](std::uint64_t count) {
    return Schedule(before.schedule, before.optimizer.learning_rate, steps, count * steps);
  };
  return !same_rates(schedule(before.train.epochs), schedule(epochs), checkpoint.progress.step);
}

std::string text_of(const std::string& value) {
  return value.empty() ? "(nothing)" : value;
}

}  // namespace

std::vector<std::string> changed_arithmetic(const CheckpointInfo& checkpoint, const Config& now, std::uint64_t slices) {
  const Config before = read_resolved_config(checkpoint.config, checkpoint.data.source, {});
  ArithmeticKeys arithmetic;
  visit_keys(arithmetic, now);
  std::map<std::string, std::pair<std::string, std::string>> keys;
  for (const auto& [key, value] : config_values(before)) keys[key].first = value;
  for (const auto& [key, value] : config_values(now)) keys[key].second = value;
  std::vector<std::string> changes;
  for (const auto& [key, values] : keys)
    if (arithmetic.contains(key) && values.first != values.second)
      changes.push_back(fmt::format("{} = {}, and now it is {}", key, text_of(values.first), text_of(values.second)));

  if (now.train.epochs != before.train.epochs && other_rates(checkpoint, before, now.train.epochs))
    changes.push_back(
        fmt::format("train.epochs = {}, and now it is {}, which would have changed the learning rates of the {} steps "
                    "done so far (schedule.name)",
                    before.train.epochs, now.train.epochs, checkpoint.progress.step));
  const std::uint64_t slices_before = checkpoint.slices > 0 ? checkpoint.slices : before.train.slices;
  if (slices_before == 0)
    changes.emplace_back("train.slices = \"world\" on a number of ranks that the file does not tell");
  else if (slices_before != slices)
    changes.push_back(fmt::format("{} slices of a step, and now {}: set train.slices = {}{}", slices_before, slices,
                                  slices_before,
                                  now.train.slices == 0 ? ", or start as many ranks, as it is \"world\"" : ""));
  return changes;
}

std::vector<std::string> changed_programs(const CheckpointInfo& checkpoint, const CheckpointInfo& now) {
  std::vector<std::string> changes;
  const auto compare = [&](const char* what, const std::string& before, const std::string& is, const char* remedy) {
    if (!before.empty() && before != is)
      changes.push_back(fmt::format("{} {}, and now {}: {}", what, before, is, remedy));
  };
  if (arithmetic_of(checkpoint.blas_kernel) != arithmetic_of(now.blas_kernel))
    compare("matrix products by", checkpoint.blas_kernel, now.blas_kernel,
            "set train.kernels, and OPENBLAS_CORETYPE where it is \"openblas\", to what it was");
  if (checkpoint.format == 1)
    changes.emplace_back(
        "checkpoint format 1, from before numbers were scaled in float64: use the version of Lockstep that wrote it");
  compare("lockstep", checkpoint.lockstep_version, now.lockstep_version, "use that version");
  return changes;
}

}  // namespace lockstep

#include "config/effect.hpp"

#include "base/error.hpp"

namespace lockstep {

void check_with_data(const Config& config, Task task, std::uint64_t total_steps) {
  if (!config.data.scale_targets.given.empty() && task == Task::classification)
    throw bad_input(
        "data.scale_targets or data.standardize_targets: has no effect here: it is for regression, and {} has classes; "
        "leave the key out",
        config.data.train.path.text());
  if (config.train.class_weights.any() && task == Task::regression)
    throw bad_input(
        "train.class_weights: has no effect here: {} has numbers to learn, not classes; leave the key out, or give "
        "data.weights",
        config.data.train.path.text());
  if (!is_of_task(config.train.monitor, task)) {
    const bool classes = task == Task::classification;
    throw bad_input("train.monitor: \"{}\" is of {}, and {} has {} to learn; use \"loss\" or \"{}\"",
                    info_of(config.train.monitor).name, classes ? "regressions" : "classifications",
                    config.data.train.path.text(), classes ? "classes" : "numbers", info_of(main_score(task)).name);
  }
  if (info_of(config.train.monitor).needs == Needs::probabilities && !has_probabilities(config.train.loss.name))
    throw bad_input("train.monitor: \"{}\" is of probabilities, which only train.loss = \"cross_entropy\" gives",
                    info_of(config.train.monitor).name);
  const std::uint64_t warmup = config.schedule.warmup_steps;
  if (total_steps > 0 && warmup > total_steps)
    throw bad_input(
        "schedule.warmup_steps: {} are more than the {} steps of the whole training, so that the learning rate would "
        "never reach optimizer.learning_rate; use fewer, or more train.epochs",
        warmup, total_steps);
}

}  // namespace lockstep

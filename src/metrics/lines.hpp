// The lines in which a run says how far it has come: they fit a terminal of 80 columns, the progress bar one of any
// width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace lockstep {

/// The columns of a terminal that does not say how many it has.
inline constexpr std::size_t kColumns = 80;

/// A number in at most nine characters: "0.3412", "1234.56", "-1.23e+07".
std::string short_number(double value);

/// A number for scripts: with six decimals, "0.341200", or where that is long, "1.349390e+38".
std::string full_number(double value);

/// Seconds as "20ms", "2.1s", "58s", "21min", "3.4h".
std::string short_duration(double seconds);

/// An epoch under way.
struct ProgressState {
  std::uint64_t epoch = 0;   // from 1
  std::uint64_t epochs = 0;  // of the run
  std::uint64_t step = 0;    // complete, of this epoch
  std::uint64_t steps = 0;   // of an epoch
  double loss = 0;           // mean over the epoch so far
  std::string score_name;    // empty: there is no score yet
  double score = 0;          // of the last complete epoch
  double samples_per_second = 0;
  double seconds_left = 0;  // of the run
};

/// The progress bar in fewer than `columns`, so that a terminal does not wrap it:
/// "epoch 3/12 [#####...............]  25%  loss 0.3412  accuracy 0.8771  52130/s  0:25 left". Where there is no room,
/// the bar becomes short and then part by part goes, what says the least first.
std::string progress_line(const ProgressState& state, std::size_t columns);

/// The same for a log: "step 1234/5628 of epoch 3/12  loss 0.3412  52130 samples/s  0:25 left".
std::string log_line(const ProgressState& state);

/// A complete epoch.
struct EpochState {
  std::uint64_t epoch = 0;
  std::uint64_t epochs = 0;
  double train_loss = 0;
  std::string loss_name = "test_loss";  // "validation_loss" where there is validation
  double loss = 0;
  std::string score_name = "test_accuracy";
  double score = 0;
  double seconds = 0;  // that it took, with its evaluation
};

/// "epoch 3/12  train_loss 0.3021  test_loss 0.3412  test_accuracy 0.8771  2.1s". Where that does not fit, the time
/// goes, and then the training loss.
std::string epoch_line(const EpochState& state);

/// What came of a run.
struct ResultState {
  std::string score_name = "accuracy";
  std::uint64_t epoch = 0;  // the last
  double train_loss = 0;    // its mean
  std::uint64_t best_epoch = 0;
  std::optional<double> validation_loss;   // of the best epoch; none: there is no validation set
  std::optional<double> validation_score;  // likewise; none: it was that of an earlier start
  double test_loss = 0;
  double test_score = 0;
};

/// Losses and scores as a table, with a line each for training, validation and test.
std::string result_table(const ResultState& state);

}  // namespace lockstep

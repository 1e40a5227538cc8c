#include "train/predict.hpp"

#include <algorithm>

#include "base/in_order.hpp"
#include "base/read_ahead.hpp"
#include "comm/broadcast.hpp"
#include "comm/together.hpp"
#include "data/feature_range.hpp"
#include "data/load.hpp"
#include "predict/row_predictor.hpp"
#include "train/shared_samples.hpp"

namespace lockstep {

namespace {

/// Samples of a block: about a MiB of numbers as a file's reader gives them, and whole chunks, so that blocks change no
/// bits.
std::uint64_t block_rows(const DatasetInfo& data) {
  constexpr std::uint64_t kNumbers = (1U << 20U) / sizeof(double);
  return std::max<std::uint64_t>(kNumbers / data.features() / kPredictedTogether, 1) * kPredictedTogether;
}

/// What a network says of the samples.
Predictions predict_with(const TrainedModel& network, const Dataset& samples, PredictionRoom& room) {
  const Where name_of = [&](std::uint64_t sample) { return samples.name_of(sample); };
  const DataTransform& transform = network.info.transform;
  const RowPredictor predictor(samples.info, transform, network.model, network.parameters.span(),
                               network.config.train.loss.name, name_of);
  std::vector<float> values(samples.info.samples * network.model.outputs());
  const Matrix outputs(values, samples.info.samples, network.model.outputs());
  if (samples.info.bytes)
    predictor.predict(samples.bytes, outputs, room);
  else
    predictor.predict(samples.values, outputs, room);
  return predictions_of(network.info.data, transform.targets, outputs, name_of);
}

/// What is known of a block when it has been predicted.
struct BlockOutcome {
  PredictedBlock block;
  OutsideRange outside;  // counts alone

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& block& outside;
  }
};

/// What a thread works on, and in.
struct PredictingPlace {
  std::optional<Dataset> part;
  BlockOutcome outcome;
  std::vector<PredictionRoom> rooms;  // of each network
};

/// What the first rank of a host does.
class HostPredictor {
 public:
  /// `hosts` are the first ranks of all hosts.
  HostPredictor(const Communicator& hosts, std::span<const TrainedModel> networks, bool outside_column,
                PredictionFile& file)
      : hosts_(hosts), networks_(networks), outside_column_(outside_column), file_(file) {}

  /// Hosts take the blocks in turn, and give them to rank 0 round by round. Collective over hosts.
  void run(const ReadSamples& read, const Helpers& helpers) {
    std::optional<Error> failed;
    try {
      ReadAhead<Dataset> parts(
          [&](const UsePart& give) { samples_ = read(block_rows(networks_.front().info.data), give, helpers); });
      std::vector<PredictingPlace> places(1 + helpers.size());
      run_in_order(helpers, {[&](std::size_t place) { return take_round(parts, places[place].part); },
                             [&](std::size_t place) { predict(places[place]); },
                             [&](std::size_t place) {
                               agree_on_round(true);
                               give_round(places[place].outcome);
                             }});
      agree_on_round(false);
    } catch (const Error& error) {
      failed = error;
    }
    // The other hosts hear of it where they agree on the next round.
    if (failed) together(hosts_, [&] { throw Error(*failed); });
  }

  /// The description of all samples, and the counts on rank 0.
  [[nodiscard]] const DatasetInfo& samples() const { return samples_; }
  [[nodiscard]] const OutsideRange& outside() const { return outside_; }

 private:
  /// A part for each host, of which one is its own; false where there are none.
  bool take_round(ReadAhead<Dataset>& parts, std::optional<Dataset>& own) const {
    own.reset();
    for (int host = 0; host < hosts_.size(); ++host) {
      std::optional<Dataset> part = parts.next();
      if (!part) return host > 0;
      if (host == hosts_.rank()) own = std::move(part);
    }
    return true;
  }

  void predict(PredictingPlace& place) const {
    BlockOutcome& outcome = place.outcome;
    outcome = {};
    if (!place.part) return;
    Dataset& part = *place.part;
    const TrainedModel& first = networks_.front();
    outcome.outside = outside_ranges(part, first.info.transform.ranges);
    PredictedBlock& block = outcome.block;
    block.first = part.rows.front();
    block.samples = part.info.samples;
    block.kept = std::move(part.kept);
    if (outside_column_) block.kept.push_back(column_of(outcome.outside, part.info));
    check_kept(block.kept, first.info.data);
    outcome.outside.of.clear();
    MeanOfPredictions mean;
    for (std::size_t i = 0; i < networks_.size(); ++i) {
      if (i == place.rooms.size()) place.rooms.emplace_back(networks_[i].model, kPredictedTogether);
      mean.add(predict_with(networks_[i], part, place.rooms[i]));
    }
    block.predictions = std::move(mean).mean(first.info.data);
    file_.prepare(block);
  }

  /// Bad input unless all hosts have a round, or none. Throws FailedElsewhere where another host has failed.
  void agree_on_round(bool has_one) const {
    together(hosts_, [] {});
    const int all = hosts_.sum(has_one ? 1 : 0);
    if (all != (has_one ? hosts_.size() : 0))
      throw bad_input("the hosts have inputs of different lengths; give every host the same file");
  }

  void give_round(const BlockOutcome& own) {
    const std::vector<std::string> all = hosts_.gather(hosts_.is_root() ? std::string() : archive_of(own));
    if (!hosts_.is_root()) return;
    write(own);
    for (std::size_t host = 1; host < all.size(); ++host) {
      BlockOutcome other;
      read_archive(all[host], other);
      if (other.block.samples > 0) write(other);
    }
  }

  void write(const BlockOutcome& outcome) {
    file_.append(outcome.block);
    outside_.count(outcome.outside);
  }

  const Communicator& hosts_;
  std::span<const TrainedModel> networks_;
  bool outside_column_;
  PredictionFile& file_;
  DatasetInfo samples_;
  OutsideRange outside_;
};

}  // namespace

DatasetInfo predict_in_blocks(const Communicator& world, std::span<const TrainedModel> networks, bool outside_column,
                              const ReadSamples& read, PredictionFile& file) {
  const Communicator host = world.on_this_host();
  const Helpers helpers = helpers_on(host);
  const Communicator hosts = world.split(host.is_root() ? 0 : 1);
  HostPredictor predictor(hosts, networks, outside_column, file);
  together(world, [&] {
    if (!host.is_root()) return;
    try {
      predictor.run(read, helpers);
    } catch (const FailedElsewhere&) {  // NOLINT(bugprone-empty-catch): the first rank of that host tells
    }
  });
  DatasetInfo samples = predictor.samples();
  check_same_everywhere(world, host, samples);
  if (const std::string note = note_on(predictor.outside(), samples); !note.empty()) samples.notes.push_back(note);
  return samples;
}

}  // namespace lockstep

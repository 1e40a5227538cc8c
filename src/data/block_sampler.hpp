// Samples that stay on disk: a thread reads ahead what the next steps of a rank's slices take.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "data/block_order.hpp"
#include "data/block_survey.hpp"
#include "data/prepared.hpp"
#include "data/row_reader.hpp"
#include "data/sampler.hpp"

namespace lockstep {

/// For the `owned` slices of a batch. There is room for two windows of each slice, one that the steps take from and one
/// that is read meanwhile. Each block that is read is compared with the survey.
class BlockSampler : public Sampler {
 public:
  /// Nothing is read beyond the last of `epochs` epochs.
  BlockSampler(std::unique_ptr<RowReader> reader, std::shared_ptr<const BlockSurvey> survey, BlockOrder order,
               const Range& owned, std::uint64_t epochs, const DataTransform& transform);
  ~BlockSampler() override;
  BlockSampler(const BlockSampler&) = delete;
  BlockSampler& operator=(const BlockSampler&) = delete;

  [[nodiscard]] std::size_t steps_per_epoch() const override { return order_.steps_per_epoch(); }

  /// The rows of the owned slices. Waits until they have been read, and throws what reading them has thrown.
  Batch batch(std::uint64_t epoch, std::size_t step) override;

  /// The samples that are at hand, whose places batch() gives. Its description is that of all samples.
  [[nodiscard]] const PreparedDataset& dataset() const { return dataset_; }

 private:
  /// One of the two windows of a slice.
  struct Room {
    std::size_t first = 0;  // of its places
    std::uint64_t epoch = 0;
    std::size_t number = 0;  // of the window in its stream
    BlockOrder::Window window;
    bool ready = false;
  };
  struct Stream {
    std::size_t slice = 0;
    std::array<Room, 2> rooms;
    std::size_t current = 0;  // the room from which the next samples come
    bool left = false;        // the other room, since the last batch
  };

  void make_room(const Range& owned);
  /// Drops what was read and begins with the window that has a step's first sample.
  void start(std::uint64_t epoch, std::size_t step);
  /// Has a room filled with a window; with that after the last of an epoch when `number` is beyond it.
  void request(Stream& stream, std::size_t room, std::uint64_t epoch, std::size_t number);
  void request_after(Stream& stream, const Room& last, std::size_t room);
  void wait_for(const Room& room);
  /// Takes samples `begin` to `end` of an epoch's stream.
  void take(Stream& stream, std::uint64_t epoch, std::uint64_t begin, std::uint64_t end);
  void work();
  /// Reads a window into its room.
  void fill(std::size_t slice, Room& room);
  /// Reads a piece of it, and puts it in from this place on.
  void read_piece(const BlockPiece& piece, std::size_t place);

  std::unique_ptr<RowReader> reader_;
  std::shared_ptr<const BlockSurvey> survey_;
  BlockOrder order_;
  BlockOrder order_to_read_;  // the same, of the thread
  std::uint64_t epochs_;
  std::vector<Stream> streams_;
  std::optional<std::pair<std::uint64_t, std::size_t>> next_;  // step, where it follows the last batch

  DatasetInfo block_info_;  // of the thread: the description, for a block
  PreparedDataset dataset_;
  std::vector<std::uint8_t> bytes_;
  std::vector<float> values_;
  std::vector<std::int32_t> labels_;
  std::vector<double> targets_;
  std::vector<double> weights_;
  std::vector<std::uint32_t> rows_;

  std::vector<std::uint32_t> numbers_;  // of the last batch
  std::vector<std::uint32_t> places_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<std::size_t, Room*>> requests_;  // slices and rooms, in the order of need
  bool busy_ = false;                                   // a room is being filled
  bool ends_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace lockstep

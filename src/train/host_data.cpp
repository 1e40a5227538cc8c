#include "train/host_data.hpp"

#include <cstring>

#include "comm/broadcast.hpp"
#include "comm/shared_memory.hpp"
#include "comm/together.hpp"

namespace lockstep {

namespace {

/// Moves `values`, which rank 0 of the host has, to memory that the whole host sees.
template <class T>
void share(const Communicator& host, std::span<const T>& values, std::shared_ptr<const void>& storage) {
  std::size_t size = values.size_bytes();
  host.broadcast(size);
  if (size == 0) return;
  const SharedMemory memory(host, size);
  if (host.is_root()) std::memcpy(memory.bytes.data(), values.data(), size);
  host.barrier();
  values = {reinterpret_cast<const T*>(memory.bytes.data()), size / sizeof(T)};
  // Each array keeps its own memory and the memory of those before it.
  storage =
      std::make_shared<std::pair<std::shared_ptr<const void>, std::shared_ptr<const void>>>(memory.owner, storage);
}

/// Bad input when this host's data set is not rank 0's.
void check_same(const DatasetInfo& mine, const DatasetInfo& root) {
  if (!same_data(mine, root))
    throw bad_input(
        "{}: this host has other data than the host of rank 0 ({} samples here, {} there); give every host the same "
        "files",
        mine.source, mine.samples, root.samples);
}

/// What the first rank of each host has, on all its ranks.
void share(const Communicator& world, const Communicator& host, Dataset& dataset) {
  DatasetInfo root = dataset.info;
  broadcast(world, root);
  together(world, [&] {
    if (host.is_root()) check_same(dataset.info, root);
  });
  if (host.size() == 1) return;
  broadcast(host, dataset.info);
  std::shared_ptr<const void> storage;
  share(host, dataset.bytes, storage);
  share(host, dataset.values, storage);
  share(host, dataset.labels, storage);
  share(host, dataset.targets, storage);
  dataset.storage = std::move(storage);
}

}  // namespace

Dataset load_on_every_host(const Communicator& world, const std::function<Dataset()>& load) {
  const Communicator host = world.on_this_host();
  Dataset dataset;
  together(world, [&] {
    if (host.is_root()) dataset = load();
  });
  share(world, host, dataset);
  return dataset;
}

TrainAndTest load_on_every_host(const Communicator& world, const Config& config) {
  const Communicator host = world.on_this_host();
  TrainAndTest data;
  together(world, [&] {
    if (host.is_root())
      data = load_train_and_test(config.data, config.train.loss == Loss::cross_entropy, config.run.split_seed);
  });
  share(world, host, data.train);
  share(world, host, data.test);
  return data;
}

}  // namespace lockstep

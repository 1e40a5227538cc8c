#include "train/shared_samples.hpp"

#include "base/error.hpp"
#include "comm/broadcast.hpp"
#include "comm/shared_memory.hpp"
#include "comm/together.hpp"

namespace lockstep {

namespace {

/// Moves `values`, which rank 0 of the host has, to memory that the whole host sees.
template <class T>
void share(const Communicator& host, std::span<const T>& values, std::shared_ptr<const void>& storage) {
  const SharedMemory memory(host, std::as_bytes(values));
  if (memory.bytes.empty()) return;
  values = {reinterpret_cast<const T*>(memory.bytes.data()), memory.bytes.size() / sizeof(T)};
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

}  // namespace

void check_same_everywhere(const Communicator& world, const Communicator& host, const DatasetInfo& mine) {
  DatasetInfo root = mine;
  broadcast(world, root);
  together(world, [&] {
    if (host.is_root()) check_same(mine, root);
  });
}

void check_room_for_data(const Communicator& world, const Communicator& host, std::size_t bytes) {
  together(world, [&] {
    if (host.is_root() && host.size() > 1) check_shared_room(bytes, "the data");
  });
}

PreparedDataset prepare_on_host(const Communicator& world, const Communicator& host, Dataset read,
                                const DataTransform& transform) {
  PreparedDataset dataset;
  together(world, [&] {
    if (host.is_root()) dataset = prepare(std::move(read), transform);
  });
  if (host.size() == 1) return dataset;
  dataset.transform = transform;
  broadcast(host, dataset.info);
  std::shared_ptr<const void> storage;
  share(host, dataset.bytes, storage);
  share(host, dataset.values, storage);
  share(host, dataset.labels, storage);
  share(host, dataset.targets, storage);
  share(host, dataset.weights, storage);
  share(host, dataset.rows, storage);
  dataset.storage = std::move(storage);
  return dataset;
}

PreparedDataset load_on_every_host(const Communicator& world, const DataTransform& transform,
                                   const std::function<Dataset(const Helpers&)>& load) {
  const Communicator host = world.on_this_host();
  const Helpers helpers = helpers_on(host);
  Dataset read;
  together(world, [&] {
    if (host.is_root()) read = load(helpers);
  });
  check_same_everywhere(world, host, read.info);
  check_room_for_data(world, host, prepared_bytes(read, transform));
  return prepare_on_host(world, host, std::move(read), transform);
}

}  // namespace lockstep

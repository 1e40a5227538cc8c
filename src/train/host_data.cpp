#include "train/host_data.hpp"

#include <cstring>

#include "comm/broadcast.hpp"
#include "comm/shared_memory.hpp"
#include "comm/together.hpp"
#include "data/advice.hpp"
#include "data/weights.hpp"
#include "nn/loss.hpp"
#include "train/objective.hpp"
#include "train/start_from.hpp"

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

/// Bad input when some host has read another data set than rank 0's. Collective.
void check_same_everywhere(const Communicator& world, const Communicator& host, const DatasetInfo& mine) {
  DatasetInfo root = mine;
  broadcast(world, root);
  together(world, [&] {
    if (host.is_root()) check_same(mine, root);
  });
}

/// Throws Error, with the remedy, where a host has no room to share so many bytes of data, before any are. Collective.
void check_room_for_data(const Communicator& world, const Communicator& host, std::size_t bytes) {
  together(world, [&] {
    if (host.is_root() && host.size() > 1) check_shared_room(bytes, "the data");
  });
}

/// Prepares what the first rank of each host has read, on all its ranks. Collective.
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

}  // namespace

PreparedDataset load_on_every_host(const Communicator& world, const DataTransform& transform,
                                   const std::function<Dataset()>& load) {
  const Communicator host = world.on_this_host();
  Dataset read;
  together(world, [&] {
    if (host.is_root()) read = load();
  });
  check_same_everywhere(world, host, read.info);
  check_room_for_data(world, host, prepared_bytes(read, transform));
  return prepare_on_host(world, host, std::move(read), transform);
}

RunData load_on_every_host(const Communicator& world, const Config& config, const ResumePoint& resume) {
  const Communicator host = world.on_this_host();
  DatasetInfo known;  // empty: the data says what its features are
  if (const CheckpointInfo* checkpoint = resume.known_data()) known = checkpoint->data;
  broadcast(world, known);
  bool test_by_class = resume.test_by_class();
  broadcast(world, test_by_class);
  DataParts read;
  together(world, [&] {
    if (host.is_root()) {
      read = load_parts(config.data, takes_labels(config.train.loss.name), config.run.split_seed,
                        known.source.empty() ? nullptr : &known, test_by_class);
      for (const Dataset* data : {&read.train, &read.test}) check_targets(config.train.loss, *data);
      if (read.validation) check_targets(config.train.loss, *read.validation);
      weigh_for_training(read.train, config.train.class_weights);
    } else if (config.data.has_validation()) {
      read.validation.emplace();
    }
  });
  std::vector<Dataset*> parts = {&read.train, &read.test};
  if (read.validation) parts.push_back(&*read.validation);
  for (const Dataset* part : parts) check_same_everywhere(world, host, part->info);

  DataTransform transform;
  together(world, [&] {
    if (!world.is_root()) return;
    if (resume.checkpoint) {
      check_same_data(resume.checkpoint->info(), read.train);
      transform = resume.checkpoint->info().transform;
    } else if (resume.start) {
      transform = transform_of_start(resume.start->info(), read.train, config.data);
    } else {
      transform = fit_transform(read.train, config.data);
    }
    for (std::string& note : notes_on(transform, read.train)) read.train.info.notes.push_back(std::move(note));
    for (std::string& note : advice_on(read.train, config.data, scales_targets(config.train.loss.name)))
      read.train.info.notes.push_back(std::move(note));
  });
  broadcast(world, transform);
  std::size_t bytes = 0;
  for (const Dataset* part : parts) bytes += prepared_bytes(*part, transform);
  check_room_for_data(world, host, bytes);
  RunData data;
  data.train = prepare_on_host(world, host, std::move(read.train), transform);
  data.test = prepare_on_host(world, host, std::move(read.test), transform);
  if (read.validation) data.validation = prepare_on_host(world, host, std::move(*read.validation), transform);
  return data;
}

}  // namespace lockstep

#include "comm/reducer.hpp"

#include <algorithm>

namespace lockstep {

namespace {

Range leaves_of(std::size_t leaves, const Communicator& comm, int rank) {
  return part_of(leaves, static_cast<std::size_t>(comm.size()), static_cast<std::size_t>(rank));
}

}  // namespace

GradientReducer::GradientReducer(const Communicator& comm, std::size_t slices, std::size_t size)
    : comm_(comm), slices_{0, slices}, size_(size), owned_(leaves_of(slices, comm, comm.rank())) {
  invariant(slices >= static_cast<std::size_t>(comm.size()), "every rank owns at least one slice");
  nodes_ = maximal_nodes(slices_, owned_);
  for (std::size_t n = 0; n < nodes_.size(); ++n) buffers_.emplace_back(size);
  for (AlignedBuffer& buffer : buffers_) gradients_.push_back(buffer.span());
  if (comm.size() == 1) return;

  for (int rank = 0; rank < comm.size(); ++rank) {
    piece_sizes_.push_back(piece(rank).size());
    for (const Range& node : maximal_nodes(slices_, leaves_of(slices, comm, rank))) {
      all_nodes_.push_back(node);
      node_owner_.push_back(rank);
      received_.emplace_back(rank == comm.rank() ? 0 : piece(comm.rank()).size());
    }
  }
  result_ = AlignedBuffer(size);
}

Range GradientReducer::piece(int rank) const {
  return leaves_of(size_, comm_, rank);
}

std::span<float> GradientReducer::sum() {
  if (comm_.size() == 1) return gradients_[0];

  const Range mine = piece(comm_.rank());
  std::vector<MPI_Request> requests;
  std::vector<std::span<float>> parts;
  for (std::size_t n = 0, own = 0; n < all_nodes_.size(); ++n) {
    if (node_owner_[n] == comm_.rank()) {
      parts.push_back(gradients_[own++].subspan(mine.begin, mine.size()));
      continue;
    }
    parts.push_back(received_[n].span());
    check_mpi(MPI_Irecv(parts[n].data(), mpi_count(parts[n].size()), MPI_FLOAT, node_owner_[n], static_cast<int>(n),
                        comm_.handle(), &requests.emplace_back()),
              "MPI_Irecv");
  }
  for (std::size_t n = 0, own = 0; n < all_nodes_.size(); ++n) {
    if (node_owner_[n] != comm_.rank()) continue;
    const std::span<float> gradient = gradients_[own++];
    for (int rank = 0; rank < comm_.size(); ++rank) {
      if (rank == comm_.rank()) continue;
      const std::span<float> part = gradient.subspan(piece(rank).begin, piece(rank).size());
      check_mpi(MPI_Isend(part.data(), mpi_count(part.size()), MPI_FLOAT, rank, static_cast<int>(n), comm_.handle(),
                          &requests.emplace_back()),
                "MPI_Isend");
    }
  }
  check_mpi(MPI_Waitall(mpi_count(requests.size()), requests.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");

  tree_sum_parts<float>(slices_, all_nodes_, parts);
  comm_.allgather(parts[0], piece_sizes_, result_.span());
  return result_.span();
}

std::vector<double> sum_over_leaves(const Communicator& comm, std::size_t leaves, std::size_t width,
                                    std::span<const double> mine) {
  std::vector<std::size_t> counts;
  for (int rank = 0; rank < comm.size(); ++rank) counts.push_back(leaves_of(leaves, comm, rank).size() * width);
  std::vector<double> all(leaves * width);
  comm.allgather(mine, counts, all);

  std::vector<Range> nodes;
  std::vector<std::span<double>> rows;
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
    nodes.push_back({leaf, leaf + 1});
    rows.push_back(std::span(all).subspan(leaf * width, width));
  }
  tree_sum_parts<double>({0, leaves}, nodes, rows);
  return {rows[0].begin(), rows[0].end()};
}

}  // namespace lockstep

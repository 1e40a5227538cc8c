#include "comm/shared_memory.hpp"

#include <exception>

#include "tensor/aligned_buffer.hpp"

namespace lockstep {

SharedMemory::SharedMemory(const Communicator& host, std::size_t size) {
  if (host.size() == 1) {
    const auto own = std::make_shared<AlignedBuffer>((size + sizeof(float) - 1) / sizeof(float));
    bytes = std::as_writable_bytes(own->span()).first(size);
    owner = own;
    return;
  }
  void* base = nullptr;
  MPI_Win window = MPI_WIN_NULL;
  const auto mine = static_cast<MPI_Aint>(host.is_root() ? size : 0);
  check_mpi(MPI_Win_allocate_shared(mine, 1, MPI_INFO_NULL, host.handle(), &base, &window),
            "MPI_Win_allocate_shared (is /dev/shm too small for data and gradients?)");
  owner = std::shared_ptr<const void>(base, [window](const void*) mutable {
    // Freeing is collective: a rank that fails must not wait in it for the others.
    if (std::uncaught_exceptions() == 0) MPI_Win_free(&window);
  });
  MPI_Aint root_size = 0;
  int unit = 0;
  check_mpi(MPI_Win_shared_query(window, 0, &root_size, &unit, &base), "MPI_Win_shared_query");
  bytes = {static_cast<std::byte*>(base), static_cast<std::size_t>(root_size)};
}

}  // namespace lockstep

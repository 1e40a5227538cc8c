#include "comm/communicator.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <limits>
#include <numeric>
#include <thread>

#include "base/bus_error.hpp"

namespace lockstep {

void check_mpi(int code, const char* what) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  throw failure("{} failed: {}", what, text.data());
}

int mpi_count(std::size_t count) {
  if (count > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw bad_input("a message of {} elements is more than MPI takes; use a smaller model or more ranks", count);
  return static_cast<int>(count);
}

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string mpi_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  check_mpi(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
  const std::string_view whole(text.data());
  return std::string(whole.substr(0, whole.find_first_of(",\n")));
}

MpiSession::MpiSession(int& argc, char**& argv, bool on_one_host) {
  // Within a host messages go through shared memory, by the component ob1. Without its name Open MPI first asks all
  // others for their networks, which took half of its start.
  if (on_one_host) setenv("OMPI_MCA_pml", "ob1", 0);
  // Over TCP, Open MPI asks the other side before each part of a large message, which it does not hear while it
  // computes. Plain sends only (1) took three quarters of the time on links of 1 Gbit/s.
  setenv("OMPI_MCA_btl_tcp_flags", "1", 0);
  explain_bus_errors("lockstep");
  int provided = MPI_THREAD_SINGLE;
  // Threads in the place of other ranks send in turn.
  check_mpi(MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &provided), "MPI_Init_thread");
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  explain_bus_errors(fmt::format("rank {} ({})", rank, host_name()));
}

MpiSession::~MpiSession() {
  MPI_Finalize();
}

namespace {

/// Waits without sleep for as long as other ranks are as a rule late, and then with it.
void wait_patiently(MPI_Request& request) {
  constexpr std::chrono::milliseconds kWithoutSleep{2};
  constexpr std::chrono::microseconds kSleep{200};
  const auto begin = std::chrono::steady_clock::now();
  for (int done = 0;;) {
    check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return;
    if (std::chrono::steady_clock::now() - begin > kWithoutSleep) std::this_thread::sleep_for(kSleep);
  }
}

}  // namespace

Communicator::Communicator(std::shared_ptr<const MPI_Comm> handle) : handle_(std::move(handle)) {
  check_mpi(MPI_Comm_rank(*handle_, &rank_), "MPI_Comm_rank");
  check_mpi(MPI_Comm_size(*handle_, &size_), "MPI_Comm_size");
}

Communicator Communicator::world() {
  return Communicator(std::make_shared<const MPI_Comm>(MPI_COMM_WORLD));
}

Communicator Communicator::on_this_host() const {
  if (size_ == 1) return *this;
  MPI_Comm host = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split_type(handle(), MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &host), "MPI_Comm_split_type");
  return owning(host);
}

Communicator Communicator::split(int part, int key) const {
  if (size_ == 1) return *this;
  MPI_Comm comm = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split(handle(), part, key, &comm), "MPI_Comm_split");
  return owning(comm);
}

Communicator Communicator::owning(MPI_Comm comm) {
  return Communicator(std::shared_ptr<const MPI_Comm>(new MPI_Comm(comm), [](const MPI_Comm* owned) {
    // Freeing is collective: a rank that fails must not wait in it for the others.
    if (std::uncaught_exceptions() == 0) MPI_Comm_free(const_cast<MPI_Comm*>(owned));  // NOLINT(*-const-cast)
    delete owned;
  }));
}

void Communicator::barrier() const {
  if (size_ == 1) return;
  check_mpi(MPI_Barrier(handle()), "MPI_Barrier");
}

void Communicator::broadcast(std::size_t& value) const {
  if (size_ == 1) return;
  check_mpi(MPI_Bcast(&value, 1, MPI_UNSIGNED_LONG, 0, handle()), "MPI_Bcast");
}

void Communicator::broadcast(std::string& text) const {
  if (size_ == 1) return;
  std::size_t size = text.size();
  broadcast(size);
  text.resize(size);
  check_mpi(MPI_Bcast(text.data(), mpi_count(size), MPI_CHAR, 0, handle()), "MPI_Bcast");
}

void Communicator::broadcast(std::span<float> values) const {
  if (size_ == 1) return;
  check_mpi(MPI_Bcast(values.data(), mpi_count(values.size()), MPI_FLOAT, 0, handle()), "MPI_Bcast");
}

namespace {

/// Where each rank's elements begin, as MPI's "v" collectives want it.
struct Layout {
  explicit Layout(std::span<const std::size_t> sizes) {
    int offset = 0;
    for (const std::size_t size : sizes) {
      counts.push_back(mpi_count(size));
      offsets.push_back(offset);
      offset = mpi_count(static_cast<std::size_t>(offset) + size);
    }
  }
  std::vector<int> counts;
  std::vector<int> offsets;
};

template <class T>
void allgather_as(MPI_Datatype type, std::span<const T> mine, std::span<const std::size_t> sizes, std::span<T> all,
                  const Communicator& comm) {
  if (comm.size() == 1) {
    std::ranges::copy(mine, all.begin());
    return;
  }
  const Layout layout(sizes);
  check_mpi(MPI_Allgatherv(mine.data(), mpi_count(mine.size()), type, all.data(), layout.counts.data(),
                           layout.offsets.data(), type, comm.handle()),
            "MPI_Allgatherv");
}

/// What each rank has, on rank 0.
std::vector<std::size_t> gather_sizes(std::size_t mine, const Communicator& comm) {
  if (comm.size() == 1) return {mine};
  std::vector<std::size_t> sizes(comm.is_root() ? static_cast<std::size_t>(comm.size()) : 0);
  check_mpi(MPI_Gather(&mine, 1, MPI_UNSIGNED_LONG, sizes.data(), 1, MPI_UNSIGNED_LONG, 0, comm.handle()),
            "MPI_Gather");
  return sizes;
}

template <class T>
std::vector<T> gather_as(MPI_Datatype type, std::span<const T> mine, const Communicator& comm) {
  if (comm.size() == 1) return {mine.begin(), mine.end()};
  const std::vector<std::size_t> sizes = gather_sizes(mine.size(), comm);
  const Layout layout(sizes);
  std::vector<T> all(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}));
  check_mpi(MPI_Gatherv(mine.data(), mpi_count(mine.size()), type, all.data(), layout.counts.data(),
                        layout.offsets.data(), type, 0, comm.handle()),
            "MPI_Gatherv");
  return all;
}

}  // namespace

void Communicator::allgather(std::span<const float> mine, std::span<const std::size_t> counts,
                             std::span<float> all) const {
  allgather_as(MPI_FLOAT, mine, counts, all, *this);
}

void Communicator::allgather(std::span<const double> mine, std::span<const std::size_t> counts,
                             std::span<double> all) const {
  allgather_as(MPI_DOUBLE, mine, counts, all, *this);
}

std::vector<float> Communicator::gather(std::span<const float> mine) const {
  return gather_as(MPI_FLOAT, mine, *this);
}

std::vector<double> Communicator::gather(std::span<const double> mine) const {
  return gather_as(MPI_DOUBLE, mine, *this);
}

std::vector<std::string> Communicator::gather(const std::string& text) const {
  const std::vector<std::size_t> sizes = gather_sizes(text.size(), *this);
  const std::vector<char> all = gather_as(MPI_CHAR, std::span<const char>(text), *this);
  std::vector<std::string> texts;
  auto begin = all.begin();
  for (const std::size_t size : sizes) {
    const auto end = begin + static_cast<std::ptrdiff_t>(size);
    texts.emplace_back(begin, end);
    begin = end;
  }
  return texts;
}

std::vector<int> Communicator::allgather(int value) const {
  if (size_ == 1) return {value};
  std::vector<int> values(static_cast<std::size_t>(size_));
  check_mpi(MPI_Allgather(&value, 1, MPI_INT, values.data(), 1, MPI_INT, handle()), "MPI_Allgather");
  return values;
}

int Communicator::minimum(int value) const {
  if (size_ == 1) return value;
  MPI_Request request = MPI_REQUEST_NULL;
  check_mpi(MPI_Iallreduce(MPI_IN_PLACE, &value, 1, MPI_INT, MPI_MIN, handle(), &request), "MPI_Iallreduce");
  wait_patiently(request);
  return value;  // NOLINT(clang-analyzer-optin.mpi.MPI-Checker): MPI_Test has seen it complete
}

int Communicator::sum(int value) const {
  if (size_ == 1) return value;
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT, MPI_SUM, handle()), "MPI_Allreduce");
  return value;
}

void Communicator::sum(std::span<std::uint64_t> counts) const {
  if (size_ == 1) return;
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, counts.data(), mpi_count(counts.size()), MPI_UINT64_T, MPI_SUM, handle()),
            "MPI_Allreduce");
}

void Communicator::abort(ExitStatus status) const {
  if (handle_) MPI_Abort(handle(), static_cast<int>(status));
  std::_Exit(static_cast<int>(status));  // MPI_Abort does not return
}

}  // namespace lockstep

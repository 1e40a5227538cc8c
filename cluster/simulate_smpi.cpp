// What stands between the model of a step and its surroundings under SMPI: it counts messages and memory, folds
// buffers, and charges the time of sums and of looks for messages. The linker's --wrap puts each function __wrap_NAME
// in the place of NAME.
#include <mpi.h>
#include <simgrid/s4u/Actor.hpp>

#include <algorithm>
#include <new>

#include "base/partition.hpp"
#include "comm/shared_memory.hpp"
#include "simulate.hpp"

#define ADD_FLOATS _ZN8lockstep3addESt4spanIKfLm18446744073709551615EES2_S0_IfLm18446744073709551615EE
#define REAL_OF(name) __real_##name
#define REAL(name) REAL_OF(name)
#define WRAP_OF(name) __wrap_##name
#define WRAP(name) WRAP_OF(name)

namespace lockstep {
namespace {

Rates the_rates;
Counts the_counts;

constexpr std::size_t kPage = 4096;          // smaller buffers are neither counted nor folded
constexpr std::size_t kShared = 64U << 20U;  // the most that a buffer may have: a block of smpi/shared-malloc-blocksize
constexpr double kLookOfWait = 1.0 / 256;    // of a wait so far: shorter looks are simulated as one
double waited = 0;                           // seconds, since this rank computed or found messages
void* shared = nullptr;                      // of all folded buffers

bool is_folded(std::size_t size) {
  return shared != nullptr && size >= kPage && size <= kShared;
}

}  // namespace

void begin_counts(const Rates& rates, bool fold) {
  the_rates = rates;
  the_counts = {};
  if (fold) shared = SMPI_SHARED_MALLOC(kShared);
}

Counts counts() {
  return the_counts;
}

void charge(double seconds) {
  waited = 0;
  simgrid::s4u::this_actor::sleep_for(seconds);  // each rank has its core
}

/// What a look for messages takes that finds none.
void charge_look() {
  const double seconds = std::max(the_rates.look, kLookOfWait * waited);
  simgrid::s4u::this_actor::sleep_for(seconds);
  waited += seconds;
}

/// In place of src/comm/shared_memory.cpp. All ranks are threads of one process. What is not folded is the first page,
/// where the reducer counts; the memory stays until the process ends.
SharedMemory::SharedMemory(const Communicator& host, std::size_t size, const Range& /*mine*/) {
  void* base = nullptr;
  if (host.is_root()) {
    the_counts.memory += size;
    const std::size_t folded[] = {kPage, size};
    base = shared != nullptr && size > kPage ? SMPI_PARTIAL_SHARED_MALLOC(size, folded, 1) : operator new(size);
  }
  check_mpi(MPI_Bcast(&base, sizeof(base), MPI_BYTE, 0, host.handle()), "MPI_Bcast");
  bytes = {static_cast<std::byte*>(base), size};
}

}  // namespace lockstep

using lockstep::is_folded;
using lockstep::the_counts;

extern "C" {

int __real_MPI_Send_init(const void*, int, MPI_Datatype, int, int, MPI_Comm, MPI_Request*);
int __wrap_MPI_Send_init(const void* data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm,
                         MPI_Request* request) {
  int size = 0;
  MPI_Type_size(type, &size);
  ++the_counts.messages;
  the_counts.bytes += static_cast<std::size_t>(size) * static_cast<std::size_t>(count);
  return __real_MPI_Send_init(data, count, type, to, tag, comm, request);
}

int __real_MPI_Testall(int, MPI_Request[], int*, MPI_Status[]);
int __wrap_MPI_Testall(int count, MPI_Request requests[], int* done, MPI_Status statuses[]) {
  const int code = __real_MPI_Testall(count, requests, done, statuses);
  if (*done == 0)
    lockstep::charge_look();
  else
    lockstep::waited = 0;
  return code;
}

void* __real__ZnamSt11align_val_t(std::size_t, std::align_val_t);
void* __wrap__ZnamSt11align_val_t(std::size_t size, std::align_val_t alignment) {
  if (size >= lockstep::kPage) the_counts.memory += size;
  return is_folded(size) ? lockstep::shared : __real__ZnamSt11align_val_t(size, alignment);
}

void __real__ZdaPvSt11align_val_t(void*, std::align_val_t);
void __wrap__ZdaPvSt11align_val_t(void* pointer, std::align_val_t alignment) {
  if (pointer != lockstep::shared || pointer == nullptr) __real__ZdaPvSt11align_val_t(pointer, alignment);
}

void REAL(ADD_FLOATS)(std::span<const float>, std::span<const float>, std::span<float>);
void WRAP(ADD_FLOATS)(std::span<const float> a, std::span<const float> b, std::span<float> sum) {
  lockstep::charge(12 * static_cast<double>(sum.size()) / lockstep::the_rates.memory);
  if (lockstep::shared == nullptr) REAL(ADD_FLOATS)(a, b, sum);
}

}  // extern "C"

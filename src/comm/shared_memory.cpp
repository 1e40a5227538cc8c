#include "comm/shared_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "base/memory.hpp"
#include "comm/together.hpp"

namespace lockstep {

namespace {

constexpr double kMegabyte = 1e6;

Error no_room(std::size_t bytes, const std::string& what, const std::filesystem::path& folder) {
  std::error_code ignored;
  const std::filesystem::space_info space = std::filesystem::space(folder, ignored);
  return failure(
      "{}: {:.1f} MB are wanted there for {}, and {:.1f} of its {:.1f} MB are free; give it more room (docker run "
      "--shm-size=2g, mount -o remount,size=2g {}), end what fills it, or start fewer ranks per host",
      folder.string(), static_cast<double>(bytes) / kMegabyte, what, static_cast<double>(space.available) / kMegabyte,
      static_cast<double>(space.capacity) / kMegabyte, folder.string());
}

/// A shared memory object that is closed with this.
class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(const std::string& name, int flags) : number_(::shm_open(name.c_str(), flags | O_RDWR, 0600)) {
    if (number_ < 0)
      throw failure("{}{}: cannot open memory to share: {}", kSharedMemoryFolder.string(), name, std::strerror(errno));
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  operator int() const { return number_; }  // NOLINT(google-explicit-constructor): what the C library takes

 private:
  int number_ = -1;
};

/// The name of a shared memory object, which is gone when this is: nothing is left of a job that is killed.
class ShortLivedName {
 public:
  ShortLivedName()
      : text_(fmt::format("/lockstep-{}-{:08x}{:08x}", ::getpid(), std::random_device()(), std::random_device()())) {}
  ~ShortLivedName() { ::shm_unlink(text_.c_str()); }
  ShortLivedName(const ShortLivedName&) = delete;
  ShortLivedName& operator=(const ShortLivedName&) = delete;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// A new object on rank 0 that every rank of the host has open, without its pages.
Descriptor share_object(const Communicator& host, std::size_t size) {
  Descriptor object;
  std::optional<ShortLivedName> name;
  together(host, [&] {
    if (!host.is_root()) return;
    object = Descriptor(name.emplace().text(), O_CREAT | O_EXCL);
    if (::ftruncate(object, static_cast<off_t>(size)) != 0)
      throw failure("{}: cannot make room for {} bytes: {}", kSharedMemoryFolder.string(), size, std::strerror(errno));
  });
  std::string text = name ? name->text() : "";
  host.broadcast(text);
  together(host, [&] {
    if (!host.is_root()) object = Descriptor(text, 0);
  });
  return object;
}

}  // namespace

void check_shared_room(std::size_t bytes, const std::string& what, const std::filesystem::path& folder) {
  std::error_code unknown;
  const std::filesystem::space_info space = std::filesystem::space(folder, unknown);
  // One without a size has none to run out of.
  if (!unknown && space.capacity > 0 && space.available < bytes) throw no_room(bytes, what, folder);
}

void reserve_pages(int descriptor, const Range& range, const std::filesystem::path& folder) {
  if (range.size() == 0) return;
  int cause = EINTR;
  while (cause == EINTR)  // a request to stop, which can wait
    cause = ::posix_fallocate(descriptor, static_cast<off_t>(range.begin), static_cast<off_t>(range.size()));
  if (cause == ENOSPC || cause == ENOMEM) throw no_room(range.size(), "memory that ranks share", folder);
  if (cause != 0) throw failure("{}: cannot reserve {} bytes: {}", folder.string(), range.size(), std::strerror(cause));
}

SharedMemory::SharedMemory(const Communicator& host, std::size_t size, const Range& mine) {
  host.broadcast(size);
  if (size == 0) return;
  if (host.size() == 1) {
    map(size, -1);
    return;
  }
  const Descriptor object = share_object(host, size);
  together(host, [&] { reserve_pages(object, mine, kSharedMemoryFolder); });
  together(host, [&] {
    if (host.is_root()) reserve_pages(object, {0, size}, kSharedMemoryFolder);
  });
  map(size, object);
}

SharedMemory::SharedMemory(const Communicator& host, std::span<const std::byte> content) {
  std::size_t size = content.size();
  host.broadcast(size);
  if (size == 0) return;
  const Descriptor object = share_object(host, size);
  map(size, object);
  together(host, [&] {
    if (!host.is_root()) return;
    for (std::size_t begin = 0; begin < size; begin += kMovedPiece) {
      const Range piece{begin, std::min(begin + kMovedPiece, size)};
      reserve_pages(object, piece, kSharedMemoryFolder);
      const std::span<const std::byte> from = content.subspan(begin, piece.size());
      std::ranges::copy(from, bytes.begin() + static_cast<std::ptrdiff_t>(begin));
      give_back(from);
    }
  });
}

void SharedMemory::map(std::size_t size, int descriptor) {
  void* base = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED,
                      descriptor, 0);
  if (base == MAP_FAILED) throw failure("cannot map {} bytes of memory: {}", size, std::strerror(errno));
  owner = std::shared_ptr<const void>(base, [base, size](const void*) { ::munmap(base, size); });
  bytes = {static_cast<std::byte*>(base), size};
}

}  // namespace lockstep

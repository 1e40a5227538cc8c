// Memory for numbers: aligned for vector instructions, zero at first, of fixed size.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace lockstep {

/// Bytes to which buffers, and rows of parameters in them, are aligned: a cache line.
inline constexpr std::size_t kAlignment = 64;

/// The number of floats, no fewer than `floats`, after which the next cache line begins.
inline std::size_t aligned(std::size_t floats) {
  constexpr std::size_t kLine = kAlignment / sizeof(float);
  return (floats + kLine - 1) / kLine * kLine;
}

/// `size` numbers, zero at first, aligned to kAlignment bytes.
template <class T>
class BasicAlignedBuffer {
 public:
  BasicAlignedBuffer() = default;
  explicit BasicAlignedBuffer(std::size_t size) : data_(new (std::align_val_t{kAlignment}) T[size]()), size_(size) {}

  [[nodiscard]] std::span<T> span() { return {data_.get(), size_}; }
  [[nodiscard]] std::span<const T> span() const { return {data_.get(), size_}; }

 private:
  struct Delete {
    void operator()(T* pointer) const { ::operator delete[](pointer, std::align_val_t{kAlignment}); }
  };
  std::unique_ptr<T[], Delete> data_;
  std::size_t size_ = 0;
};

using AlignedBuffer = BasicAlignedBuffer<float>;

/// The floats of `bytes` from the first cache line on that begins in them.
inline std::span<float> aligned_floats(std::span<std::byte> bytes) {
  void* begin = bytes.data();
  std::size_t size = bytes.size();
  std::align(kAlignment, 0, begin, size);
  return {static_cast<float*>(begin), size / sizeof(float)};
}

}  // namespace lockstep

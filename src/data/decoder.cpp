#include "data/decoder.hpp"

namespace lockstep {

const Compression* compression_of(std::span<const std::byte> beginning) {
  constexpr std::size_t kShortest = 4;  // no compressed file has fewer bytes
  const std::string_view bytes(reinterpret_cast<const char*>(beginning.data()), beginning.size());
  if (bytes.size() < kShortest) return nullptr;
  for (const Compression* compression : {&kGzip, &kZstd, &kXz})
    if (compression->begins(bytes)) return compression;
  return nullptr;
}

}  // namespace lockstep

// zstd, by its own library.
#include <zstd.h>

#include "base/error.hpp"
#include "data/decoder.hpp"

namespace lockstep {

namespace {

class ZstdDecoder : public Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream(), ZSTD_freeDStream) {
    if (stream_ == nullptr) throw failure("cannot start zstd: out of memory");
  }

  Step decode(std::span<const std::byte> in, std::span<std::byte> out) override {
    ZSTD_inBuffer from = {in.data(), in.size(), 0};
    ZSTD_outBuffer to = {out.data(), out.size(), 0};
    const std::size_t status = ZSTD_decompressStream(stream_.get(), &to, &from);
    if (ZSTD_isError(status) != 0) throw Damage{ZSTD_getErrorName(status)};
    return {from.pos, to.pos, status == 0};
  }

  void restart() override { ZSTD_DCtx_reset(stream_.get(), ZSTD_reset_session_only); }

 private:
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
};

/// A frame of data, or one that is passed over, as pzstd writes them.
bool begins_as_zstd(std::string_view bytes) {
  const bool is_skipped = (static_cast<unsigned char>(bytes.front()) & 0xF0U) == 0x50;
  return begin_alike(bytes, "\x28\xB5\x2F\xFD") || (is_skipped && begin_alike(bytes.substr(1), "\x2A\x4D\x18"));
}

}  // namespace

const Compression kZstd = {"zstd", begins_as_zstd,
                           []() -> std::unique_ptr<Decoder> { return std::make_unique<ZstdDecoder>(); }};

}  // namespace lockstep

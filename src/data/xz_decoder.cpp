// xz, by liblzma.
#include <lzma.h>

#include "base/error.hpp"
#include "data/decoder.hpp"

namespace lockstep {

namespace {

class XzDecoder : public Decoder {
 public:
  XzDecoder() { start(); }
  ~XzDecoder() override { lzma_end(&stream_); }
  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;

  Step decode(std::span<const std::byte> in, std::span<std::byte> out) override {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret status = lzma_code(&stream_, LZMA_RUN);
    if (status != LZMA_OK && status != LZMA_STREAM_END && status != LZMA_BUF_ERROR) throw Damage{reason(status)};
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, status == LZMA_STREAM_END};
  }

  void restart() override { start(); }

 private:
  void start() {
    constexpr std::uint64_t kMostMemory = std::uint64_t{1} << 30U;
    if (lzma_stream_decoder(&stream_, kMostMemory, 0) != LZMA_OK) throw failure("cannot start liblzma: out of memory");
  }

  static const char* reason(lzma_ret status) {
    if (status == LZMA_MEM_ERROR || status == LZMA_MEMLIMIT_ERROR) return "they need too much memory";
    return status == LZMA_FORMAT_ERROR ? "they do not begin as xz does" : "a checksum or a length is wrong";
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

const Compression kXz = {"xz",
                         [](std::string_view bytes) {
                           return begin_alike(bytes, {"\xFD"
                                                      "7zXZ\0",
                                                      6});
                         },
                         []() -> std::unique_ptr<Decoder> { return std::make_unique<XzDecoder>(); }};

}  // namespace lockstep

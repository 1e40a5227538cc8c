// gzip, by zlib. Its own gzread would take whatever follows a member and is none for rubbish, and drop it: the rest of
// the data where the damage is in a header.
#include <zlib.h>

#include <algorithm>

#include "base/error.hpp"
#include "data/decoder.hpp"

namespace lockstep {

namespace {

class GzipDecoder : public Decoder {
 public:
  GzipDecoder() {
    constexpr int kAsGzip = 16;
    if (inflateInit2(&stream_, kAsGzip + MAX_WBITS) != Z_OK) throw failure("cannot start zlib: out of memory");
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  Step decode(std::span<const std::byte> in, std::span<std::byte> out) override {
    constexpr std::size_t kMost = 1U << 30;  // zlib counts in unsigned
    in = in.first(std::min(in.size(), kMost));
    out = out.first(std::min(out.size(), kMost));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      throw Damage{stream_.msg == nullptr ? "no reason given" : stream_.msg};
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, status == Z_STREAM_END};
  }

  void restart() override { inflateReset(&stream_); }

 private:
  z_stream stream_{};
};

}  // namespace

const Compression kGzip = {"gzip", [](std::string_view bytes) { return begin_alike(bytes, "\x1F\x8B"); },
                           []() -> std::unique_ptr<Decoder> { return std::make_unique<GzipDecoder>(); }};

}  // namespace lockstep

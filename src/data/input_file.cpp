// Bytes of a file, inflated by zlib where it begins as gzip does. zlib's own gzread would take whatever follows a
// member and is none for rubbish, and drop it: the rest of the data where the damage is in a header.
#include "data/input_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kBlock = std::size_t{1} << 18U;

bool begins_as_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

}  // namespace

struct InputFile::Inflater {
  Inflater() {
    constexpr int kGzip = 16;
    if (inflateInit2(&stream, kGzip + MAX_WBITS) != Z_OK) throw failure("cannot start zlib: out of memory");
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
};

InputFile::InputFile(const std::string& path) : path_(path), file_(nullptr, std::fclose), block_(kBlock) {
  check_data_file(path);
  file_.reset(std::fopen(path.c_str(), "rb"));
  if (file_ == nullptr) throw failure("{}: cannot open: {}", path, std::strerror(errno));
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // block_ is the buffer
  size_ = std::filesystem::file_size(path);
  refill();
  if (!begins_as_gzip(unused_)) return;
  gzip_ = std::make_shared<Inflater>();
  in_member_ = true;
}

bool InputFile::refill() {
  if (!unused_.empty()) return true;
  const std::size_t got = std::fread(block_.data(), 1, block_.size(), file_.get());
  if (got < block_.size() && std::ferror(file_.get()) != 0)
    throw failure("{}: cannot read: {}", path_, std::strerror(errno));
  taken_ += got;
  unused_ = std::span(block_).first(got);
  return got > 0;
}

double InputFile::done() const {
  return size_ == 0 ? 1 : static_cast<double>(taken_ - unused_.size()) / static_cast<double>(size_);
}

std::size_t InputFile::read(std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t got = gzip_ ? inflate_some(out.subspan(done)) : read_plain(out.subspan(done));
    if (got == 0) break;
    done += got;
  }
  return done;
}

std::size_t InputFile::read_plain(std::span<std::byte> out) {
  if (!refill()) return 0;
  const std::size_t count = std::min(out.size(), unused_.size());
  std::copy_n(unused_.begin(), count, out.begin());
  unused_ = unused_.subspan(count);
  return count;
}

/// After a member: another one, or zeros up to the end of the file, with which tapes and some programs fill it up.
void InputFile::begin_member() {
  if (!refill()) return;
  // zlib tells by its own check whether what begins as a member is one.
  if (unused_.front() == std::byte{0x1f}) {
    inflateReset(&gzip_->stream);
    in_member_ = true;
    return;
  }
  while (refill()) {
    if (std::any_of(unused_.begin(), unused_.end(), [](std::byte byte) { return byte != std::byte{}; }))
      throw bad_input("{}: something else follows the gzip data, or a part of them is damaged; copy the file again",
                      path_);
    unused_ = {};
  }
}

/// At least one byte, but at the end of the file.
std::size_t InputFile::inflate_some(std::span<std::byte> out) {
  constexpr std::size_t kMost = 1U << 30;  // zlib counts in unsigned
  z_stream& stream = gzip_->stream;
  for (;;) {
    if (!in_member_) begin_member();
    if (!in_member_) return 0;
    if (!refill()) throw bad_input("{}: the gzip data end too early; copy the file again", path_);
    stream.next_in = reinterpret_cast<Bytef*>(unused_.data());
    stream.avail_in = static_cast<uInt>(unused_.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    const auto room = static_cast<uInt>(std::min(out.size(), kMost));
    stream.avail_out = room;
    const int status = inflate(&stream, Z_NO_FLUSH);
    unused_ = unused_.last(stream.avail_in);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      throw bad_input("{}: the gzip data are damaged ({}); copy the file again", path_,
                      stream.msg == nullptr ? "no reason given" : stream.msg);
    if (status == Z_STREAM_END) in_member_ = false;
    if (stream.avail_out < room) return room - stream.avail_out;
  }
}

}  // namespace lockstep

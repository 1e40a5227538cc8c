#include "data/input_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kBlock = std::size_t{1} << 18U;

void close(std::FILE* file) {
  if (file != stdin) std::fclose(file);
}

}  // namespace

InputFile::InputFile(const std::string& path) : path_(path), file_(nullptr, close), block_(kBlock) {
  if (path == kStandardInput) {
    file_.reset(stdin);
  } else {
    check_data_file(path);
    file_.reset(std::fopen(path.c_str(), "rb"));
    if (file_ == nullptr) throw failure("{}: cannot open: {}", path, std::strerror(errno));
    size_ = std::filesystem::file_size(path);
  }
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // block_ is the buffer
  refill();
  compression_ = compression_of(unused_);
  if (compression_ == nullptr) return;
  decoder_ = compression_->decoder();
  in_member_ = true;
}

std::size_t InputFile::read_file(std::span<std::byte> out) {
  const std::size_t got = std::fread(out.data(), 1, out.size(), file_.get());
  if (got < out.size() && std::ferror(file_.get()) != 0)
    throw failure("{}: cannot read: {}", path_, std::strerror(errno));
  taken_ += got;
  return got;
}

bool InputFile::refill() {
  if (unused_.empty()) unused_ = std::span(block_).first(read_file(block_));
  return !unused_.empty();
}

void InputFile::seek(std::uint64_t place) {
  if (::fseeko(file_.get(), static_cast<off_t>(place), SEEK_SET) != 0)
    throw failure("{}: cannot read: {}", path_, std::strerror(errno));
  taken_ = place;
  unused_ = {};
  reads_ahead_ = false;
}

double InputFile::done() const {
  return size_ == 0 ? 1 : static_cast<double>(place()) / static_cast<double>(size_);
}

std::size_t InputFile::read(std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t got = decoder_ ? decode_some(out.subspan(done)) : read_plain(out.subspan(done));
    if (got == 0) break;
    done += got;
  }
  return done;
}

std::size_t InputFile::read_plain(std::span<std::byte> out) {
  if (unused_.empty() && (!reads_ahead_ || out.size() >= block_.size())) return read_file(out);
  if (!refill()) return 0;
  const std::size_t count = std::min(out.size(), unused_.size());
  std::copy_n(unused_.begin(), count, out.begin());
  unused_ = unused_.subspan(count);
  return count;
}

/// After a member: another one, or zeros up to the end of the file, with which tapes and some programs fill it up.
void InputFile::begin_member() {
  if (!refill()) return;
  // The decoder tells by its own checks whether what begins as a member is one.
  if (compression_->begins({reinterpret_cast<const char*>(unused_.data()), unused_.size()})) {
    decoder_->restart();
    in_member_ = true;
    return;
  }
  while (refill()) {
    if (std::any_of(unused_.begin(), unused_.end(), [](std::byte byte) { return byte != std::byte{}; }))
      throw bad_input("{}: something else follows the {} data, or a part of them is damaged; copy the file again",
                      path_, compression_->name);
    unused_ = {};
  }
}

/// At least one byte, but at the end of the file.
std::size_t InputFile::decode_some(std::span<std::byte> out) {
  for (;;) {
    if (!in_member_) begin_member();
    if (!in_member_) return 0;
    const bool has_more = refill();
    Decoder::Step step;
    try {
      step = decoder_->decode(unused_, out);
    } catch (const Damage& damage) {
      throw bad_input("{}: the {} data are damaged ({}); copy the file again", path_, compression_->name,
                      damage.reason);
    }
    unused_ = unused_.subspan(step.used);
    if (!has_more && step.written == 0 && !step.ended)
      throw bad_input("{}: the {} data end too early; copy the file again", path_, compression_->name);
    if (step.ended) in_member_ = false;
    if (step.written > 0) return step.written;
  }
}

}  // namespace lockstep

// Reads zip archives, by the directory at their end: PKWARE's APPNOTE.TXT 6.3, with the sizes of zip64.
#include "data/zip_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string_view>

#include "base/error.hpp"
#include "data/checks.hpp"

namespace lockstep {

namespace {

constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint16_t kEncrypted = 1;
constexpr std::string_view kMemberMark = "PK\x03\x04";
constexpr std::string_view kDirectoryMark = "PK\x01\x02";
constexpr std::string_view kEndMark = "PK\x05\x06";
constexpr std::string_view kEnd64Mark = "PK\x06\x06";
constexpr std::string_view kLocator64Mark = "PK\x06\x07";
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocatorSize = 20;
constexpr std::size_t kEntrySize = 46;
constexpr std::size_t kMemberSize = 30;
constexpr std::uint64_t kIn64 = 0xFFFFFFFF;  // the value stands in a field of zip64

Error damaged(const std::string& path, const char* what) {
  return bad_input("{}: the zip archive is damaged: {}; copy the file again", path, what);
}

/// A number in little-endian order. The bytes must be there.
std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = size; i-- > 0;) number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

/// Parts of a file.
class ZipReader {
 public:
  explicit ZipReader(const std::string& path) : path_(path) {
    check_data_file(path);
    file_.open(path, std::ios::binary | std::ios::ate);
    if (!file_) throw failure("{}: cannot open", path);
    size_ = static_cast<std::uint64_t>(file_.tellg());
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// Bad input where the file does not have so many bytes there.
  [[nodiscard]] std::string read(std::uint64_t at, std::uint64_t count) {
    if (at > size_ || count > size_ - at) throw damaged(path_, "it ends too early");
    std::string bytes(count, '\0');
    file_.seekg(static_cast<std::streamoff>(at));
    file_.read(bytes.data(), static_cast<std::streamsize>(count));
    if (!file_) throw failure("{}: cannot read", path_);
    return bytes;
  }

 private:
  std::string path_;
  std::ifstream file_;
  std::uint64_t size_ = 0;
};

/// Takes from the field of zip64 what an entry has no room for.
void read_zip64(std::string_view extra, ZipMember& member, const std::string& path) {
  constexpr std::uint64_t kZip64 = 1;
  while (extra.size() >= 4) {
    const std::size_t size = number_at(extra, 2, 2);
    if (size > extra.size() - 4) throw damaged(path, "an entry of its directory is too long");
    std::string_view field = extra.substr(4, size);
    if (number_at(extra, 0, 2) == kZip64)
      for (std::uint64_t* value : {&member.unpacked, &member.packed, &member.header}) {
        if (*value != kIn64) continue;
        if (field.size() < 8) throw damaged(path, "an entry of its directory lacks a size");
        *value = number_at(field, 0, 8);
        field.remove_prefix(8);
      }
    extra.remove_prefix(4 + size);
  }
}

/// Where the directory begins, and how many members it has.
std::pair<std::uint64_t, std::uint64_t> find_directory(ZipReader& file, const std::string& path) {
  constexpr std::uint64_t kLongestComment = 0xFFFF;
  const std::uint64_t most = std::min(file.size(), kEndSize + kLongestComment);
  const std::string tail = file.read(file.size() - most, most);
  const std::size_t end = tail.rfind(kEndMark);
  if (end == std::string::npos || tail.size() - end < kEndSize) throw damaged(path, "it has no directory at its end");
  std::uint64_t members = number_at(tail, end + 10, 2);
  std::uint64_t at = number_at(tail, end + 16, 4);
  if (at == kIn64 || members == 0xFFFF) {
    const std::uint64_t end_at = file.size() - most + end;
    if (end_at < kLocatorSize) throw damaged(path, "it has no directory at its end");
    const std::string locator = file.read(end_at - kLocatorSize, kLocatorSize);
    if (!locator.starts_with(kLocator64Mark)) throw damaged(path, "it has no directory at its end");
    const std::string end64 = file.read(number_at(locator, 8, 8), kEnd64Size);
    if (!end64.starts_with(kEnd64Mark)) throw damaged(path, "it has no directory at its end");
    members = number_at(end64, 32, 8);
    at = number_at(end64, 48, 8);
  }
  return {at, members};
}

/// The content of a member, unpacked as it is read.
class MemberSource {
 public:
  MemberSource(const std::string& path, const ZipMember& member) : path_(path), member_(member), file_(path) {
    if ((member.flags & kEncrypted) != 0)
      throw bad_input("{}: '{}' is encrypted; write it without a password", path, member.name);
    if (member.method != kStored && member.method != kDeflated)
      throw bad_input("{}: '{}' is packed by method {}; write it with numpy.savez or numpy.savez_compressed", path,
                      member.name, member.method);
    const std::string header = file_.read(member.header, kMemberSize);
    if (!header.starts_with(kMemberMark)) throw damaged(path, "a member is not where its directory says");
    at_ = member.header + kMemberSize + number_at(header, 26, 2) + number_at(header, 28, 2);
    if (member.method == kDeflated && inflateInit2(&stream_, -MAX_WBITS) != Z_OK)
      throw failure("cannot start zlib: out of memory");
    deflated_ = member.method == kDeflated;
  }
  ~MemberSource() {
    if (deflated_) inflateEnd(&stream_);
  }
  MemberSource(const MemberSource&) = delete;
  MemberSource& operator=(const MemberSource&) = delete;

  std::size_t read(std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size()) {
      const std::size_t got = deflated_ ? inflate_some(out.subspan(done)) : copy_some(out.subspan(done));
      if (got == 0) break;
      crc_ = crc32_z(crc_, reinterpret_cast<const Bytef*>(out.data() + done), got);
      done += got;
      given_ += got;
    }
    if (done < out.size() && (given_ != member_.unpacked || crc_ != member_.crc))
      throw bad_input("{}: '{}' is damaged: its checksum does not fit; copy the file again", path_, member_.name);
    return done;
  }

 private:
  /// Gets more of the packed bytes where all have been used. False at their end.
  bool refill() {
    constexpr std::uint64_t kBlock = 1U << 18U;
    if (!unused_.empty()) return true;
    const std::uint64_t count = std::min(kBlock, member_.packed - taken_);
    block_ = file_.read(at_ + taken_, count);
    taken_ += count;
    unused_ = block_;
    return count > 0;
  }

  std::size_t copy_some(std::span<std::byte> out) {
    if (!refill()) return 0;
    const std::size_t count = std::min(out.size(), unused_.size());
    std::ranges::copy(std::as_bytes(std::span(unused_.substr(0, count))), out.begin());
    unused_.remove_prefix(count);
    return count;
  }

  std::size_t inflate_some(std::span<std::byte> out) {
    constexpr std::size_t kMost = 1U << 30U;  // zlib counts in unsigned
    out = out.first(std::min(out.size(), kMost));
    while (!ended_) {
      const bool has_more = refill();
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(unused_.data()));
      stream_.avail_in = static_cast<uInt>(unused_.size());
      stream_.next_out = reinterpret_cast<Bytef*>(out.data());
      stream_.avail_out = static_cast<uInt>(out.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        throw bad_input("{}: '{}' is damaged ({}); copy the file again", path_, member_.name,
                        stream_.msg == nullptr ? "no reason given" : stream_.msg);
      unused_.remove_prefix(unused_.size() - stream_.avail_in);
      ended_ = status == Z_STREAM_END;
      const std::size_t written = out.size() - stream_.avail_out;
      if (written > 0) return written;
      if (!has_more) break;
    }
    return 0;
  }

  std::string path_;
  ZipMember member_;
  ZipReader file_;
  std::uint64_t at_ = 0;     // of the packed bytes in the file
  std::uint64_t taken_ = 0;  // of them
  std::string block_;
  std::string_view unused_;  // of block_
  z_stream stream_{};
  bool deflated_ = false;
  bool ended_ = false;
  unsigned long crc_ = 0;
  std::uint64_t given_ = 0;
};

}  // namespace

bool is_zip(const std::string& path) {
  ZipReader file(path);
  return file.size() >= kEndSize && file.read(0, kMemberMark.size()) == kMemberMark;
}

std::vector<ZipMember> list_zip(const std::string& path) {
  ZipReader file(path);
  auto [at, count] = find_directory(file, path);
  std::vector<ZipMember> members;
  for (; count > 0; --count) {
    const std::string entry = file.read(at, kEntrySize);
    if (!entry.starts_with(kDirectoryMark)) throw damaged(path, "its directory has something else in it");
    const std::uint64_t name = number_at(entry, 28, 2);
    const std::uint64_t extra = number_at(entry, 30, 2);
    const std::string texts = file.read(at + kEntrySize, name + extra);
    ZipMember& member = members.emplace_back();
    member.name = texts.substr(0, name);
    member.flags = static_cast<std::uint16_t>(number_at(entry, 8, 2));
    member.method = static_cast<std::uint16_t>(number_at(entry, 10, 2));
    member.crc = static_cast<std::uint32_t>(number_at(entry, 16, 4));
    member.packed = number_at(entry, 20, 4);
    member.unpacked = number_at(entry, 24, 4);
    member.header = number_at(entry, 42, 4);
    read_zip64(std::string_view(texts).substr(name), member, path);
    at += kEntrySize + name + extra + number_at(entry, 32, 2);
  }
  return members;
}

std::function<std::size_t(std::span<std::byte>)> open_zip_member(const std::string& path, const ZipMember& member) {
  const auto source = std::make_shared<MemberSource>(path, member);
  return [source](std::span<std::byte> out) { return source->read(out); };
}

}  // namespace lockstep

// The records of a CSV file: libcsv is fed line by line, because it does not say on which line a record began.
#include "data/csv_records.hpp"

#include <span>

#include "base/error.hpp"
#include "data/csv_text.hpp"

namespace lockstep {

namespace {

constexpr std::size_t kLongest = 1U << 24;     // bytes of a record
constexpr std::size_t kFieldBlock = 1U << 16;  // bytes by which the parser's memory for a field grows

}  // namespace

CsvRecords::CsvRecords(const std::string& path) : path_(path), file_(path), block_(1U << 20) {
  if (csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw failure("{}: cannot start the CSV parser", path);
  csv_set_blk_size(&parser_, kFieldBlock);
}

std::string CsvRecords::where() const {
  return fmt::format("{}:{}", path_, first_line_);
}

void CsvRecords::read_block() {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  done_ = file_.done();
  unread_ = {block_.data(), file_.read(std::as_writable_bytes(std::span(block_)))};
  // One pass without branches; what is not ASCII is looked at line by line.
  unsigned char high = 0;
  bool nul = false;
  for (const char c : unread_) {
    high = static_cast<unsigned char>(high | static_cast<unsigned char>(c));
    nul |= c == '\0';
  }
  ascii_ = high < 0x80 && !nul && !utf8_.within_character();
  if (line_ > 0) return;
  if (unread_.starts_with(byte_order_mark)) unread_.remove_prefix(byte_order_mark.size());
  check_beginning(path_, unread_);
}

void CsvRecords::check_text(std::string_view piece) {
  const std::size_t wrong = utf8_.wrong_byte(piece);
  if (wrong == std::string_view::npos) return;
  // ASCII is wrong only after a character that is not complete.
  const bool cut = wrong > 0 && piece[wrong] > 0;
  const auto byte = static_cast<unsigned>(static_cast<unsigned char>(piece[cut ? wrong - 1 : wrong]));
  if (byte == 0)
    throw bad_input(
        "{}:{}: not a text in UTF-8: a NUL byte; is this a CSV "
        "table? Save it again as CSV in that encoding",
        path_, line_);
  throw bad_input(
      "{}:{}: not a text in UTF-8: byte 0x{:02X} is out of place; "
      "save it as CSV in that encoding (from Latin-1: iconv "
      "-f latin1 -t utf-8)",
      path_, line_, byte);
}

/// The rest of the present line, as far as it has been read into block_. Empty at the end of the file.
std::string_view CsvRecords::next_piece() {
  if (unread_.empty()) {
    read_block();
    if (unread_.empty()) {
      if (utf8_.within_character()) check_text("\n");
      return {};
    }
  }
  const std::size_t end = unread_.find('\n');
  const std::string_view piece = unread_.substr(0, end == std::string_view::npos ? end : end + 1);
  unread_.remove_prefix(piece.size());
  if (line_ended_) ++line_;
  line_ended_ = end != std::string_view::npos;
  if (!ascii_) check_text(piece);
  return piece;
}

/// An empty piece is the end of the file.
void CsvRecords::parse(std::string_view piece) {
  // Nothing may be thrown through the C library.
  const auto on_field = [](void* text, std::size_t size, void* self) noexcept {
    auto& records = *static_cast<CsvRecords*>(self);
    records.text_.append(static_cast<const char*>(text), size);
    records.ends_.push_back(records.text_.size());
  };
  const auto on_record = [](int, void* self) noexcept { ++static_cast<CsvRecords*>(self)->records_; };

  if (piece.empty()) {
    if (csv_fini(&parser_, on_field, on_record, this) != 0)
      throw bad_input("{}: a quotation mark opens a field here and is never closed", where());
  } else if (csv_parse(&parser_, piece.data(), piece.size(), on_field, on_record, this) != piece.size()) {
    if (csv_error(&parser_) != CSV_EPARSE) throw failure("{}:{}: {}", path_, line_, csv_strerror(csv_error(&parser_)));
    throw bad_input(
        "{}:{}: a quotation mark within a field; put the whole "
        "field in quotes and double those in it",
        path_, line_);
  }
  if (records_ > 1)
    throw bad_input("{}:{}: a carriage return within the line; end lines with a line feed", path_, line_);
}

bool CsvRecords::next() {
  text_.clear();
  ends_.clear();
  records_ = 0;
  first_line_ = 0;
  for (std::size_t size = 0; records_ == 0;) {
    const std::string_view piece = next_piece();
    size += piece.size();
    if (size > kLongest) throw bad_input("{}: a line of more than {} bytes, so this is no table", where(), kLongest);
    if (first_line_ == 0 && piece.find_first_not_of(" \t\r\n") != std::string_view::npos) first_line_ = line_;
    parse(piece);
    if (piece.empty()) break;
  }
  return records_ == 1;
}

}  // namespace lockstep

#include "data/csv_records.hpp"

#include "base/error.hpp"

namespace lockstep {

CsvRecords::CsvRecords(const std::string& path, const CsvDialect& given, const std::vector<std::string>& names)
    : path_(path), text_(path, given, names), first_(text_.dialect()), lines_(text_.skipped_lines()) {
  while (text_.next(first_.block)) {
    first_.cut();
    if (first_.size() > 0) return;
    check(first_);
    lines_ += first_.lines();
  }
}

CsvRow CsvRecords::first() const {
  if (first_.size() == 0) throw bad_input("{}: empty, where a table is expected", path_);
  CsvRow row = first_[0];
  row.line += lines_ + 1;
  return row;
}

void CsvRecords::check(const CsvPiece& piece) const {
  if (const auto& fault = piece.fault()) throw bad_input("{}:{}: {}", path_, lines_ + fault->line + 1, fault->what);
}

void CsvRecords::use_rows(const CsvPiece& piece, std::size_t begin, const Use& use) {
  done_ = piece.block.before;
  for (std::size_t i = begin; i < piece.size(); ++i) {
    CsvRow row = piece[i];
    row.line += lines_ + 1;
    use(row);
  }
  check(piece);
  lines_ += piece.lines();
}

void CsvRecords::for_each(const Helpers& helpers, const Use& use) {
  use_rows(first_, dialect().header == HeaderLine::yes ? 1 : 0, use);
  if (text_.ended()) return;
  std::vector<CsvPiece> pieces(1 + helpers.size(), CsvPiece(dialect()));
  run_in_order(helpers, {[&](std::size_t place) { return text_.next(pieces[place].block); },
                         [&](std::size_t place) { pieces[place].cut(); },
                         [&](std::size_t place) { use_rows(pieces[place], 0, use); }});
}

}  // namespace lockstep

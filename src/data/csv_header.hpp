// Where the columns of a CSV file have their names from.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/field.hpp"
#include "data/options.hpp"

namespace lockstep {

using CsvRecord = std::vector<std::string>;

/// The texts of a record's fields.
CsvRecord texts_of(std::span<const Field> fields);

/// True where the first record is a header: a word stands above numbers, or it has the `names` that are looked for, and
/// not where it has numbers, or words that occur again below.
bool has_header(const std::vector<CsvRecord>& records, Decimal decimal, const std::vector<std::string>& names);

/// True for a table as R's write.table() writes it: the first record is one field shorter than all others, which begin
/// with the names of rows, and has no numbers. Row names differ from each other. With commas between columns numbers
/// are row names only where they count at least three rows: else they may be halves of numbers with decimal commas.
/// Lines that all end with a separator have none.
bool has_row_names(const std::vector<CsvRecord>& records, Separator separator);

/// The names in the last of the lines of comment, after "#", above a table of so many columns without a header, as
/// NumPy's savetxt(header=...) writes them. Empty where that line does not hold as many different words.
std::vector<std::string> names_in_comment(std::string_view text, const CsvDialect& dialect, std::size_t columns);

}  // namespace lockstep

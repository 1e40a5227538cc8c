// How a CSV file is written, told by its first lines.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/options.hpp"

namespace lockstep {

/// True for a field that begins as lines of comment do: with #, // or %.
bool begins_with_comment_mark(std::string_view field);

/// How a file is written, with nothing automatic any more.
struct ToldDialect : CsvDialect {
  std::vector<std::string> names;  // of columns, that stand in a comment above a table without a header
  bool row_names = false;          // the lines below the header begin with a field for which it has no name
};

/// `given`, with what it leaves open as the beginning of a file tells it: `text`, without a byte order mark, which is
/// the `whole` file or a part of it.
///
/// Whether there is a header, with the `names` that are looked for, is told as has_header() does it. Commas are decimal
/// where they cannot separate groups of three digits.
ToldDialect tell_dialect(std::string_view text, bool whole, const CsvDialect& given,
                         const std::vector<std::string>& names);

/// The line "sep=;" that a spreadsheet writes before a table.
struct SeparatorNote {
  Separator separator;
  std::size_t bytes;  // with the line's end
};

/// Nothing where the text does not begin with such a line.
std::optional<SeparatorNote> separator_note(std::string_view text);

/// What is not as in a plain CSV file, for people: "semicolons, decimal commas, no header". Empty where it is plain.
std::string describe(const ToldDialect& dialect);

/// "commas".
const char* name_of(Separator separator);

}  // namespace lockstep

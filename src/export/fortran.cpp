#include "export/fortran.hpp"

#include <fmt/format.h>

#include "export/c_code.hpp"

namespace lockstep {

namespace {

constexpr std::string_view kModule = R"({beginning} ({origin}). The functions are those of the file of C, which
! describes them; it is compiled and linked with this.
module {name}
  use, intrinsic :: iso_c_binding, only: c_char, c_double, c_float, c_int
  implicit none
  private
  public :: {name}_features, {name}_outputs, {name}_predict, {name}_self_test{more_names}

  integer, parameter :: {name}_features = {features}
  integer, parameter :: {name}_outputs = {outputs}

  interface
    integer(c_int) function {name}_predict(features, outputs) bind(c, name='{name}_predict')
      import :: c_double, c_float, c_int
      real(c_double), intent(in) :: features({features})
      real({type}), intent(out) :: outputs({outputs})
    end function

    integer(c_int) function {name}_self_test() bind(c, name='{name}_self_test')
      import :: c_int
    end function
{more}  end interface
end module {name}
)";

constexpr std::string_view kClass = R"(
    integer(c_int) function {0}_class(outputs) bind(c, name='{0}_class')  ! counted from 0
      import :: c_float, c_int
      real(c_float), intent(in) :: outputs({1})
    end function
)";

constexpr std::string_view kWord = R"(
    real(c_double) function {0}_word(column, word) bind(c, name='{0}_word')  ! of a word that ends with c_null_char
      import :: c_char, c_double, c_int
      integer(c_int), value :: column
      character(kind=c_char), intent(in) :: word(*)
    end function
)";

/// A comment with a line for each name.
std::string list(std::string_view title, const std::vector<std::string>& names, std::size_t first) {
  std::string text = fmt::format("!\n! {}:\n", title);
  for (const std::string& name : names) text += fmt::format("!   {} {}\n", first++, c_string(name));
  return text;
}

}  // namespace

std::string FortranExport::text_of(const ExportedModel& exported) {
  const DatasetInfo& data = exported.data;
  const bool classifies = data.task == Task::classification;
  std::string more_names;
  std::string more;
  if (classifies) {
    more_names += fmt::format(", {}_class", exported.name);
    more += fmt::format(fmt::runtime(kClass), exported.name, data.outputs());
  }
  if (!data.feature_words.empty()) {
    more_names += fmt::format(", {}_word", exported.name);
    more += fmt::format(fmt::runtime(kWord), exported.name);
  }
  return fmt::format(fmt::runtime(kModule), fmt::arg("beginning", kBeginning), fmt::arg("origin", exported.origin),
                     fmt::arg("name", exported.name), fmt::arg("features", data.features()),
                     fmt::arg("outputs", data.outputs()), fmt::arg("type", classifies ? "c_float" : "c_double"),
                     fmt::arg("more_names", more_names), fmt::arg("more", more)) +
         list("Features", column_names(data), 1) +
         (classifies ? list("Classes", data.output_names, 0) : list("Targets", data.output_names, 1));
}

}  // namespace lockstep

// What the values of an array in a file are.
#pragma once

namespace lockstep {

enum class ArrayKind {
  integer,
  real,
  boolean,      // read as 0 and 1
  enumeration,  // integers with names
  text,
  record,  // of several fields
  other,
};

}  // namespace lockstep

// The kinds of scale that there are: a file each in this folder, and a line here.
//
// An entry has
//   kName                     its name in a configuration
//   kFitsTo                   what of a column it takes to fit it
//   fit(column)               its ColumnScale but for the kind, fitted to a TrainColumn that is not constant
//   curve(raw, scale)         the function before shift and scale, a fixed sequence of IEEE operations
//   raw(curved, scale)        the way back
#pragma once

#include "base/table.hpp"
#include "data/scales/log.hpp"
#include "data/scales/minmax.hpp"
#include "data/scales/none.hpp"
#include "data/scales/quantile.hpp"
#include "data/scales/standard.hpp"

namespace lockstep {

using Scales = Table<Scale,          //
                     NoScale,        //
                     StandardScale,  //
                     MinMaxScale,    //
                     QuantileScale,  //
                     LogScale>;

/// What stands for an entry: kScale<StandardScale>.
template <class Entry>
inline constexpr Scale kScale = Scales::kValueOf<Entry>;

static_assert(kScale<NoScale> == Scale{}, "columns of which nothing is said are taken as they are");

}  // namespace lockstep

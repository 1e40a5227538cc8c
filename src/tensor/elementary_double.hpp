// Elementary functions of float64 for the scales of columns, one number at a time: fixed sequences of IEEE operations,
// as those of tensor/elementary.hpp.
#pragma once

namespace lockstep::elementary {

/// log(1 + x) of a finite x > -1, without losing the digits of a small x.
double log1p(double x);

/// e to the x, infinite where it is no float64.
double exp(double x);

/// exp(x) - 1, without losing the digits of a small x.
double expm1(double x);

/// The part of a standard normal distribution that lies below x, with an absolute error below 1e-15.
/// G. Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11(4), 2004.
double normal_cdf(double x);

/// The x below which lies a part p of a standard normal distribution, for p from 1e-10 to 1 - 1e-10, to 16 digits.
/// M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37(3), 1988.
double normal_quantile(double p);

}  // namespace lockstep::elementary

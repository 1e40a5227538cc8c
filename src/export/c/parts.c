/* What exported C files are made of: those functions that a network needs are copied into its file, from here and with
 * their comments. tests/unit/c_parts_test.cpp compares them, bit by bit, with those of the program. A part begins after
 * an empty line and defines what its line "static ..." names; it uses only parts before it. */

static uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* condition ? a : b, without a branch, so that loops are vectorized. */
static float select_float(int condition, float a, float b) {
  const uint32_t mask = condition ? 0xffffffffU : 0U;
  return float_of((bits_of(a) & mask) | (bits_of(b) & ~mask));
}

/* exp(x) = (a power of two) * (1 + rest): its bits, and the rest. */
static uint32_t exp_parts(float x, float *rest) {
  const float rounder = 0x1.8p23F + 127.0F;
  const float shifted = x * 0x1.715476p+0F + rounder;
  const float n = shifted - rounder;
  const float r = (x - n * (355.0F / 512.0F)) - n * -2.12194440e-4F;
  float p = 0.00139395113F;
  p = p * r + 0.00836882275F;
  p = p * r + 0.0416664146F;
  p = p * r + 0.166665196F;
  p = p * r + 0.5F;
  *rest = r + r * r * p;
  return bits_of(shifted) << 23;
}

static float float_exp(float x) {
  float rest;
  const uint32_t scale = exp_parts(x, &rest);
  const float result = float_of(bits_of(1.0F + rest) + (scale - 0x3f800000U));
  const float or_zero = select_float(x < -87.33654F, 0.0F, result);
  return select_float(x <= 88.72283F, or_zero, x + INFINITY);
}

static float float_sigmoid(float x) {
  float rest;
  const float scale = float_of(exp_parts(-x, &rest));
  const float sum = 1.0F + scale;
  const float lost = 1.0F - (sum - scale);
  const float result = 1.0F / (sum + (scale * rest + lost));
  const float or_one = select_float(x >= 20.0F, 1.0F, result);
  return select_float(x < -87.33654F, 0.0F, or_one);
}

static float float_tanh(float x) {
  const uint32_t size_bits = bits_of(x) & 0x7fffffffU;
  const float size = float_of(size_bits);
  const float z = size * size;
  float p = -0.0511151366F;
  p = p * z + 0.133218095F;
  p = p * z - 0.333332002F;
  const float small = size + size * z * p;
  const float y = float_of(size_bits < 0x41200000U ? size_bits : 0x41200000U);
  const float rounder = 0x1.8p23F + 127.0F;
  const float shifted = (y - 0.0294F) * (2.0F * 0x1.715476p+0F) + rounder;
  const float scale = float_of(bits_of(shifted) << 23);
  const float r = y - (shifted - rounder) * (0.5F * 0x1.62e43p-1F);
  const float w = r * r;
  const float q = w * (w * -0.0220919885F + 0.333331466F);
  const float below = r - q;
  const float numerator = (scale - 1.0F) + (scale * (r + q) + below);
  const float half = 1.0F - below;
  const float large = numerator / (numerator + (half + half));
  const float result = select_float(size >= 0.265625F, large, small);
  return float_of(bits_of(result) | (bits_of(x) & 0x80000000U));
}

static float float_log1p(float x) {
  const int is_large = x >= 0x1p64F;
  const float scaled = select_float(is_large, x * 0x1p-64F, x);
  const float one = select_float(is_large, 0.0F, 1.0F);
  const uint32_t above = bits_of(one + scaled) - 0x3f3504f3U;
  const int32_t exponent = (int32_t)above >> 23;
  const float factor = float_of((uint32_t)(127 - exponent) << 23);
  const float f = (one * factor - 1.0F) + scaled * factor;
  const float n = (float)exponent + select_float(is_large, 64.0F, 0.0F);
  const float z = f * f;
  float p = 0.0691561103F;
  p = p * f - 0.117893696F;
  p = p * f + 0.118726194F;
  p = p * f - 0.12384402F;
  p = p * f + 0.142187163F;
  p = p * f - 0.166692495F;
  p = p * f + 0.200022236F;
  p = p * f - 0.249999866F;
  p = p * f + 0.333333105F;
  const float rest = (f * z * p + n * -2.12194440e-4F) - 0.5F * z;
  const float result = (f + rest) + n * (355.0F / 512.0F);
  const float or_infinite = select_float(x < INFINITY, result, x);
  const float of_no_positive = select_float(x == -1.0F, -INFINITY, NAN);
  return select_float(x > -1.0F, or_infinite, of_no_positive);
}

static float float_expm1(float x) {
  const float y = select_float(x < -40.0F, -40.0F, x);
  const float size = float_of(bits_of(y) & 0x7fffffffU);
  const float rounder = 0x1.8p23F + 127.0F;
  const float shifted = select_float(size < 0.5F, 0.0F, y * 0x1.715476p+0F) + rounder;
  const float n = shifted - rounder;
  const float r = (y - n * (355.0F / 512.0F)) - n * -2.12194440e-4F;
  float p = 0.000200864321F;
  p = p * r + 0.00140110299F;
  p = p * r + 0.00833285227F;
  p = p * r + 0.0416649543F;
  p = p * r + 0.166666687F;
  p = p * r + 0.50000006F;
  const float rest = r + r * r * p;
  const float half = float_of((bits_of(shifted) << 23) - (1U << 23));
  const float result = 2.0F * ((half - 0.5F) + half * rest);
  return select_float(x <= 88.72283F, result, x + INFINITY);
}

static float float_erf(float x) {
  const uint32_t size_bits = bits_of(x) & 0x7fffffffU;
  const float size = float_of(size_bits);
  const float z = x * x;
  float p = -0.000601028907F;
  p = p * z + 0.00499734096F;
  p = p * z - 0.0267697331F;
  p = p * z + 0.112819113F;
  p = p * z - 0.376125038F;
  p = p * z + 0.128379151F;
  const float small = size + size * p;
  const float y = float_of(size_bits < 0x40800000U ? size_bits : 0x40800000U);
  float q = -1.12749276e-05F;
  q = q * y + 0.00032323692F;
  q = q * y - 0.00364420773F;
  q = q * y + 0.0237657391F;
  q = q * y - 0.106241122F;
  q = q * y - 0.635148764F;
  q = q * y - 1.12864912F;
  const float large = 1.0F - float_exp(y * q);
  const float result = select_float(size >= 0.921875F, large, small);
  return float_of(bits_of(result) | (bits_of(x) & 0x80000000U));
}

static float relu(float x) { return x < 0.0F ? 0.0F : x; }

static float leaky_relu(float x, float slope) { return x < 0.0F ? slope * x : x; }

static float elu(float x, float alpha) { return select_float(x > 0.0F, x, alpha * float_expm1(x)); }

static float selu(float x, float scale, float scaled_alpha) {
  return select_float(x > 0.0F, scale * x, scaled_alpha * float_expm1(x));
}

static float gelu(float x) { return x * (0.5F * (1.0F + float_erf(x * (0.5F * 0x1.6a09e6p+0F)))); }

static float silu(float x) { return x * float_sigmoid(x); }

static float softplus(float x) {
  return select_float(x > 0.0F, x, 0.0F) + float_log1p(float_exp(float_of(bits_of(x) | 0x80000000U)));
}

/* sums = x weight, of shapes (inputs) and (inputs, outputs): chains of fused multiply-adds, the first input first. */
static void multiply(const float *restrict weight, int inputs, int outputs, const float *restrict x,
                     float *restrict sums) {
  const float *w = weight;
  int i = 0;
  for (int j = 0; j < outputs; ++j) sums[j] = 0.0F;
  for (; i + 4 <= inputs; i += 4, w += 4 * (size_t)outputs)
    for (int j = 0; j < outputs; ++j) {
      const float *column = w + j;
      float sum = fmaf(x[i], column[0], sums[j]);
      sum = fmaf(x[i + 1], column[outputs], sum);
      sum = fmaf(x[i + 2], column[2 * (size_t)outputs], sum);
      sums[j] = fmaf(x[i + 3], column[3 * (size_t)outputs], sum);
    }
  for (; i < inputs; ++i, w += outputs)
    for (int j = 0; j < outputs; ++j) sums[j] = fmaf(x[i], w[j], sums[j]);
}

/* Batch normalization, by running statistics. */
static void normalize_units(const float *mean, const float *inverse_deviation, const float *scale, int units,
                            float *x) {
  for (int i = 0; i < units; ++i) x[i] = scale[i] * ((x[i] - mean[i]) * inverse_deviation[i]);
}

/* What normalizes a layer: a sum in 16 interleaved parts. */
static double interleaved_sum(const float *x, int units, double center, int power) {
  double sums[16] = {0};
  double sum = 0;
  for (int i = 0; i < units; ++i) {
    const double centered = (double)x[i] - center;
    sums[i % 16] += power == 2 ? centered * centered : centered;
  }
  for (int i = 0; i < 16; ++i) sum += sums[i];
  return sum;
}

/* Layer normalization. */
static void normalize_layer(double epsilon, const float *scale, int units, float *x) {
  const double mean = interleaved_sum(x, units, 0, 1) / units;
  const double variance = interleaved_sum(x, units, mean, 2) / units;
  const float inverse = (float)(1 / sqrt(variance + epsilon));
  for (int i = 0; i < units; ++i) x[i] = scale[i] * ((x[i] - (float)mean) * inverse);
}

static void softmax(int units, float *x) {
  float top = x[0];
  float sum = 0.0F;
  for (int i = 1; i < units; ++i) top = x[i] > top ? x[i] : top;
  for (int i = 0; i < units; ++i) x[i] = float_exp(x[i] - top);
  for (int i = 0; i < units; ++i) sum += x[i];
  for (int i = 0; i < units; ++i) x[i] /= sum;
}

static double double_log(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  const uint64_t above = bits - 0x3fe6a09e667f3bcdU;
  const double n = (double)((int64_t)above >> 52);
  bits = (above & 0x000fffffffffffffU) + 0x3fe6a09e667f3bcdU;
  double m;
  memcpy(&m, &bits, sizeof m);
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double p = 1.479819860511658591e-01;
  p = p * z + 1.531383769920937332e-01;
  p = p * z + 1.818357216161805012e-01;
  p = p * z + 2.222219843214978396e-01;
  p = p * z + 2.857142874366239149e-01;
  p = p * z + 3.999999999940941908e-01;
  p = p * z + 6.666666666666735130e-01;
  const double half_square = 0.5 * f * f;
  return n * 0x1.62e42feep-1 - ((half_square - (s * (half_square + z * p) + n * 1.90821492927058770002e-10)) - f);
}

static double polynomial(const double *c, int count, double x) {
  double result = c[count - 1];
  for (int i = count - 1; i > 0; --i) result = result * x + c[i - 1];
  return result;
}

static double expm1_near_0(double x) {
  double c[12];
  double factorial = 1;
  for (int i = 0; i < 12; ++i) c[i] = 1 / (factorial *= (double)(i + 2));
  return x + x * x * polynomial(c, 12, x);
}

static double double_exp(double x) {
  if (!(x <= 710)) return x + (double)INFINITY;
  if (x < -746) return 0;
  const double n = floor(x * 0x1.71547652b82fep+0 + 0.5);
  const double r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
  return ldexp(1 + expm1_near_0(r), (int)n);
}

static double log_curve(double raw) {
  const double size = fabs(raw);
  const double sum = 1 + size;
  return copysign(double_log(sum) + (size - (sum - 1)) / sum, raw);
}

static double log_curve_back(double curved) {
  const double size = fabs(curved);
  return copysign(size < 0.35 ? expm1_near_0(size) : double_exp(size) - 1, curved);
}

static double normal_cdf(double x) {
  const double square = x * x;
  double term = x;
  double sum = x;
  double before = 0;
  if (fabs(x) > 8.3) return x < 0 ? 0 : 1;
  for (double odd = 3; fabs(sum - before) > 0; odd += 2) {
    before = sum;
    term *= square / odd;
    sum += term;
  }
  return 0.5 + sum * (0x1.20dd750429b6dp-1 / 0x1.6a09e667f3bcdp+0 * double_exp(-0.5 * square));
}

static double normal_quantile(double p) {
  static const double a[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                             1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                             3.3430575583588128105e4, 2.5090809287301226727e3};
  static const double b[] = {1.0,
                             4.2313330701600911252e1,
                             6.8718700749205790830e2,
                             5.3941960214247511077e3,
                             2.1213794301586595867e4,
                             3.9307895800092710610e4,
                             2.8729085735721942674e4,
                             5.2264952788528545610e3};
  static const double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                             3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                             2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static const double d[] = {1.0,
                             2.05319162663775882187e0,
                             1.67638483018380384940e0,
                             6.89767334985100004550e-1,
                             1.48103976427480074590e-1,
                             1.51986665636164571966e-2,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
  const double q = p - 0.5;
  if (fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, 8, r) / polynomial(b, 8, r);
  }
  const double r = sqrt(-double_log(q < 0 ? p : 1 - p)) - 1.6;
  const double size = polynomial(c, 8, r) / polynomial(d, 8, r);
  return q < 0 ? -size : size;
}

static const double least_part = 1e-7 - 0x1p-52;

/* The place of a number among ascending quantiles, and from there to a normal distribution. */
static double quantile_curve(double raw, const double *quantiles, int count) {
  int before = 0;
  int up_to = 0;
  double place;
  double part;
  if (isnan(raw)) return raw;
  if (raw <= quantiles[0]) return normal_quantile(least_part);
  if (raw >= quantiles[count - 1]) return normal_quantile(1 - least_part);
  while (quantiles[before] < raw) ++before;
  for (up_to = before; quantiles[up_to] <= raw; ++up_to) continue;
  place = before == up_to ? (double)(before - 1) +
                                (raw - quantiles[before - 1]) / (quantiles[before] - quantiles[before - 1])
                          : 0.5 * ((double)before + (double)(up_to - 1));
  part = place / (double)(count - 1);
  part = part < least_part ? least_part : part;
  return normal_quantile(part > 1 - least_part ? 1 - least_part : part);
}

static double quantile_curve_back(double curved, const double *quantiles, int count) {
  const double part = normal_cdf(curved);
  if (isnan(part)) return part;
  if (part <= least_part) return quantiles[0];
  if (part >= 1 - least_part) return quantiles[count - 1];
  const double place = part * (double)(count - 1);
  const int whole = (int)place;
  const int below = whole < count - 1 ? whole : count - 1;
  const int above = below + 1 < count - 1 ? below + 1 : count - 1;
  const double t = place - (double)below;
  return quantiles[below] == quantiles[above] ? quantiles[below] : quantiles[below] * (1 - t) + quantiles[above] * t;
}

/* What stands for a feature where it is missing. */
static double filled(double value, double fill) { return isnan(value) ? fill : value; }

/* 1 for the word of that number, else 0. False for a number that is none, where those are not `allowed`. */
static int one_hot(double word, int words, int gaps_allowed, int others_allowed, float *x) {
  int found = isnan(word) ? gaps_allowed : others_allowed;
  for (int i = 0; i < words; ++i) {
    x[i] = word == i ? 1.0F : 0.0F;
    found = found || word == i;
  }
  return found;
}

/* From a network's scale; a constant target has the scale 0. */
static double unscaled(float x, double shift, double scale) { return scale == 0 ? shift : (double)x / scale + shift; }

static double number_of_word(const char *const *words, int count, const char *word) {
  for (int i = 0; i < count; ++i)
    if (strcmp(words[i], word) == 0) return i;
  return -1;
}

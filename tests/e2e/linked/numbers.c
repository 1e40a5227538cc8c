/* numbers MODEL COUNT: reads COUNT float32 from standard input, takes them for the features of samples, and writes the
 * outputs to standard output, float32. What fails is told on standard error. */
#include <lockstep/predictor.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char** arguments) {
  char error[500] = "";
  LockstepPredictor* predictor = lockstep_predictor_load(arguments[1], error, sizeof error);
  if (!predictor || count < 3) {
    fputs(error, stderr);
    return 2;
  }
  const size_t numbers = (size_t)atoi(arguments[2]);
  const size_t samples = numbers / lockstep_predictor_features(predictor);
  const size_t results = samples * lockstep_predictor_outputs(predictor);
  float* features = malloc(numbers * sizeof *features);
  float* outputs = malloc((results + 1) * sizeof *outputs);
  int status = 2;
  if (!features || !outputs || fread(features, sizeof *features, numbers, stdin) != numbers) abort();
  if (!lockstep_predictor_predict_float(predictor, samples, features, outputs, error, sizeof error)) {
    fwrite(outputs, sizeof *outputs, results, stdout);
    fprintf(stderr, "%s %s %d", lockstep_predictor_digest(predictor), lockstep_predictor_output_name(predictor, 0),
            lockstep_predictor_classifies(predictor));
    status = lockstep_predictor_feature_name(predictor, lockstep_predictor_features(predictor)) != NULL;
  } else {
    double number = 0;
    fputs(error, stderr);
    if (lockstep_predictor_word(predictor, 0, "x", &number, error, 10)) fprintf(stderr, " | %s", error);
  }
  free(features);
  free(outputs);
  lockstep_predictor_free(predictor);
  return status;
}

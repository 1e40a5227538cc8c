/* Predictions of a trained network in other programs: the library's interface in C. Nothing here ends the program.
 *
 * Functions that can fail write why to `error`, a text of at most `error_size` bytes with its end; where it is NULL
 * they do not. What it says, and all else, is said in predictor.hpp. */
#ifndef LOCKSTEP_PREDICTOR_H
#define LOCKSTEP_PREDICTOR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* A trained network. Many threads may use one at once. */
typedef struct LockstepPredictor LockstepPredictor;

/* Loads a checkpoint, or the best one of a run's folder. NULL where it fails. */
LockstepPredictor* lockstep_predictor_load(const char* checkpoint_or_run_folder, char* error, size_t error_size);

/* Ends its use; NULL is fine. */
void lockstep_predictor_free(LockstepPredictor* predictor);

/* Numbers in a sample, and outputs for it: classes, or targets of a regression. */
size_t lockstep_predictor_features(const LockstepPredictor* predictor);
size_t lockstep_predictor_outputs(const LockstepPredictor* predictor);

/* Names by their numbers, NULL for a number too large. They live as long as the predictor. */
const char* lockstep_predictor_feature_name(const LockstepPredictor* predictor, size_t feature);
const char* lockstep_predictor_output_name(const LockstepPredictor* predictor, size_t output);

/* 1 where outputs are of classes, of which the one with the largest output is the answer, else 0. */
int lockstep_predictor_classifies(const LockstepPredictor* predictor);

/* Of all parameters, as the run's last line has it. Lives as long as the predictor. */
const char* lockstep_predictor_digest(const LockstepPredictor* predictor);

/* Puts the number that stands for a word of a column into `number`; NaN for a missing value. 0, or -1 where it fails.
 */
int lockstep_predictor_word(const LockstepPredictor* predictor, size_t feature, const char* text, double* number,
                            char* error, size_t error_size);

/* Predicts from `samples` rows of features to as many rows of outputs. 0, or -1 where it fails; outputs are then as
 * they were. */
int lockstep_predictor_predict(const LockstepPredictor* predictor, size_t samples, const double* features,
                               double* outputs, char* error, size_t error_size);
int lockstep_predictor_predict_float(const LockstepPredictor* predictor, size_t samples, const float* features,
                                     float* outputs, char* error, size_t error_size);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif

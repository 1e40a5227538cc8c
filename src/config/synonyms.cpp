#include "config/synonyms.hpp"

namespace lockstep {

namespace {

constexpr std::string_view kNoStopping =
    "there is no early stopping yet; a run has train.epochs epochs, and checkpoints/best.h5 is the best one's";
constexpr std::string_view kNoValidation =
    "there is no validation set yet; the test set, from data.test or data.test_fraction, is measured after each epoch";
constexpr std::string_view kNoNormalization = "there are no normalization layers yet; data.standardize scales features";

constexpr KeySynonyms kKeys[] = {
    {"lr learning_rate_init eta0 eta base_lr init_lr initial_lr max_lr rate step_length", "optimizer.learning_rate",
     ""},
    {"batch_size batch minibatch mini_batch minibatch_size mini_batch_size bs train_batch_size global_batch_size "
     "per_device_train_batch_size",
     "train.global_batch", "which counts the samples of a step over all ranks"},
    {"n_epochs num_epochs nb_epoch nb_epochs max_epochs total_epochs max_iter n_iter iterations num_iterations "
     "n_estimators passes",
     "train.epochs", ""},
    {"max_steps num_steps total_steps num_train_steps steps train_steps steps_per_epoch", "train.epochs",
     "which counts passes over the training data; run.stop_after_steps stops one start of the program"},
    {"hidden_layer_sizes hidden_layers hidden_units hidden_sizes hidden_size hidden_dim hidden_dims n_hidden units "
     "layer_sizes neurons width num_layers n_layers depth architecture",
     "model.hidden", "a list with the units of each hidden layer, such as [512, 256]"},
    {"activation_function hidden_activation nonlinearity act act_fn activations", "model.activation", ""},
    {"final_activation out_activation last_activation output_function", "model.output_activation", ""},
    {"negative_slope leaky_alpha leaky_relu_slope leakiness", "model.leaky_slope", ""},
    {"dropout_rate drop_rate dropout_p dropout_prob p_dropout drop hidden_dropout", "model.dropout", ""},
    {"initializer initialization weight_init init_method kernel_initializer initial_weights weight_initialization",
     "model.init", ""},
    {"loss_function loss_fn criterion objective cost cost_function error_function", "train.loss", ""},
    {"smoothing label_smooth smooth_labels", "train.label_smoothing", ""},
    {"delta huber_threshold", "train.huber_delta", "with train.loss = \"huber\""},
    {"tau", "train.quantile", "with train.loss = \"quantile\""},
    {"optimizer optim solver optimiser algorithm", "optimizer.name", ""},
    {"l2 alpha l2_penalty l2_reg l2_regularization l2_lambda lambda penalty reg regularization regularizer "
     "kernel_regularizer wd weight_regularization ridge",
     "optimizer.weight_decay", ""},
    {"nesterovs_momentum use_nesterov nesterov_momentum", "optimizer.nesterov", ""},
    {"random_state random_seed rng_seed manual_seed global_seed rng", "run.seed", ""},
    {"split_random_state data_seed split_random_seed", "run.split_seed", ""},
    {"test_size test_split test_ratio test_percent holdout hold_out holdout_fraction split train_size train_fraction",
     "data.test_fraction", "the part of data.train that is held back as the test set"},
    {"schedule scheduler lr_scheduler lr_schedule learning_rate_schedule decay_type lr_policy", "schedule.name", ""},
    {"step_size lr_step_size decay_steps milestones lr_decay_epochs lr_step", "schedule.every_epochs",
     "with schedule.name = \"step\""},
    {"lr_gamma lr_decay decay_rate decay factor lr_factor lr_decay_rate", "schedule.gamma",
     "with schedule.name = \"step\""},
    {"eta_min min_lr lr_min end_lr final_lr end_learning_rate min_learning_rate", "schedule.final_fraction",
     "with schedule.name = \"cosine\": a part of optimizer.learning_rate, not a rate"},
    {"warmup warm_up warmup_epochs warmup_iters num_warmup_steps warmup_ratio lr_warmup", "schedule.warmup_steps",
     "which counts steps"},
    {"normalize normalise standardise standard_scaler scaler scaling rescale standardization "
     "standardize_features normalize_features",
     "data.standardize", ""},
    {"normalize_targets normalise_targets scale_targets standardize_target standardise_targets target_scaling "
     "normalize_y scale_y",
     "data.standardize_targets", ""},
    {"label labels label_column target_column target_columns targets y y_column output outputs response class_column "
     "class dependent_variable target_name",
     "data.target", "with CSV, the column to learn"},
    {"class_names classnames label_names categories target_names class_labels", "data.classes", ""},
    {"train_file train_path train_data train_csv training training_data training_file train_set trainset input "
     "inputs file path filename dataset data_path data_file source csv x",
     "data.train", ""},
    {"test_file test_path test_data test_csv test_set testset eval eval_data eval_file testing", "data.test", ""},
    {"file_format filetype file_type data_format data_type type", "data.format", ""},
    {"log_interval log_every log_every_n_steps print_every print_freq logging_steps log_freq log_steps",
     "metrics.every_steps", ""},
    {"save_every save_freq save_interval save_period checkpoint_every checkpoint_interval checkpoint_freq period "
     "every",
     "checkpoint.every_epochs", "or checkpoint.every_steps"},
    {"save_steps checkpoint_steps", "checkpoint.every_steps", ""},
    {"save_total_limit max_to_keep keep_last save_top_k keep_checkpoints num_checkpoints", "checkpoint.keep", ""},
    {"experiment experiment_name run_name job_name project title run_id", "run.name", ""},
    {"max_time walltime wall_time timeout max_seconds time_budget", "run.time_limit", "in seconds"},
    {"shards num_slices micro_batches", "train.slices", ""},
    {"backend blas gemm", "train.kernels", ""},

    {"early_stopping early_stop earlystopping patience n_iter_no_change tol tolerance min_delta monitor "
     "restore_best_weights",
     "", kNoStopping},
    {"validation_fraction validation_split val_split val_size valid_fraction validation_size validation_data "
     "validation_set validation val valid val_data val_file validation_file validation_freq dev",
     "", kNoValidation},
    {"shuffle shuffle_buffer_size sampler", "", "samples are always shuffled, anew in each epoch, as run.seed says"},
    {"beta_1 betas beta adam_beta1 b1", "optimizer.beta1", "and optimizer.beta2"},
    {"beta_2 adam_beta2 b2", "optimizer.beta2", ""},
    {"eps adam_epsilon", "optimizer.epsilon", ""},
    {"smoothing_constant", "optimizer.rho", "with optimizer.name = \"rmsprop\""},
    {"trust_coeff trust_ratio lars_coefficient", "optimizer.trust_coefficient", "with optimizer.name = \"lars\""},
    {"adam adamw nadam rmsprop adagrad lamb lars sgd", "optimizer.name", "whose value it is"},
    {"amsgrad centered dampening maximize", "", "there is no such variant of an optimizer"},
    {"l1 l1_reg l1_ratio l1_regularization lasso elasticnet", "optimizer.l1_penalty", ""},
    {"clip clipnorm global_clipnorm gradient_clipping gradient_clip gradient_clip_val grad_clip clip_grad "
     "clip_grad_norm max_grad_norm max_norm",
     "train.clip_norm", "or train.clip_value for each of the gradient's elements"},
    {"clipvalue clip_grad_value", "train.clip_value", ""},
    {"t_max cosine_steps", "", "\"cosine\" falls until the end of training, after train.epochs epochs"},
    {"power_t last_epoch cycle_momentum", "",
     "there is nothing of this kind; `lockstep keys schedule` lists what there is"},
    {"pct_start", "schedule.peak", "with schedule.name = \"one_cycle\""},
    {"t_0", "schedule.every_epochs", "with schedule.name = \"cosine_restarts\""},
    {"t_mult", "schedule.period_factor", "with schedule.name = \"cosine_restarts\""},
    {"batch_norm batchnorm batch_normalization use_batch_norm layer_norm layernorm layer_normalization normalization "
     "norm",
     "", kNoNormalization},
    {"num_classes n_classes classes_count out_features output_dim n_outputs num_outputs output_size output_units", "",
     "the outputs are counted in the data; data.classes names classes, data.target columns"},
    {"input_size input_dim in_features input_shape n_features n_inputs num_features", "",
     "the inputs are counted in the data"},
    {"features feature_columns columns input_columns usecols x_columns", "",
     "all columns but data.target are features; leave others out of the file"},
    {"ignore ignore_columns drop_columns exclude skip_columns index_col", "",
     "columns cannot be left out yet: all but data.target are features"},
    {"delimiter sep separator quotechar encoding header decimal", "", "how a CSV file is written cannot be set"},
    {"missing na_values fillna fill_na impute imputer missing_values", "",
     "missing values cannot be filled in yet: fill them in, or drop the rows, beforehand"},
    {"class_weight class_weights weights sample_weight sample_weights pos_weight", "",
     "there are no weights of samples or classes yet"},
    {"precision dtype amp fp16 bf16 mixed_precision half", "", "training is in float32"},
    {"device gpu gpus cuda accelerator devices", "", "training is on processors"},
    {"num_workers n_jobs workers threads num_threads n_threads world_size ranks num_ranks nodes num_nodes processes "
     "num_processes",
     "", "the number of ranks is that of the launcher: mpirun -n, srun -n"},
    {"verbose verbosity log_level progress progress_bar quiet debug", "", "what is printed cannot be set"},
    {"save_best_only save_best best", "", "checkpoints/best.h5 is always kept"},
    {"checkpoint_dir output_dir out_dir log_dir logdir run_dir save_dir save_path output_path dir folder", "",
     "the folder is runs/ and run.name, or that of the option --run-dir"},
    {"resume resume_from resume_from_checkpoint warm_start restore load pretrained", "",
     "a run goes on from its newest checkpoint; see the option --resume"},
    {"gradient_accumulation_steps accumulate_grad_batches accumulation_steps accumulation", "",
     "train.global_batch is the whole batch of a step"},
    {"metric scoring score", "", "loss and accuracy, or R2, are always measured"},
    {"use_bias bias fit_intercept intercept", "", "layers always have biases"},
    {"drop_last last_batch", "", "each sample is used once per epoch; the last, smaller batch is a step too"},
    {"deterministic benchmark reproducible", "", "every run is reproducible"},
    {"ema averaging ema_decay", "train.average", "with train.average_decay"},
    {"swa validation_steps callbacks", "", "there is nothing of this kind"},
};

constexpr ValueSynonyms kValues[] = {
    {"train.loss",
     "nll nll_loss nllloss categorical_crossentropy sparse_categorical_crossentropy crossentropyloss log_loss logloss "
     "softmax softmax_cross_entropy ce xent multiclass cross_entropy_loss classification",
     "write \"cross_entropy\""},
    {"train.loss",
     "bce bceloss bcewithlogitsloss binary_crossentropy bce_with_logits binary logistic sigmoid multilabel multi_label",
     "write \"binary_cross_entropy\", for columns of 0 and 1; a column of two classes wants \"cross_entropy\""},
    {"train.loss",
     "l2 mean_squared_error mseloss squared_error squared_loss squared least_squares rmse ls sse regression quadratic",
     "write \"mse\""},
    {"train.loss", "l1 l1loss l1_loss mean_absolute_error absolute_error absolute", "write \"mae\""},
    {"train.loss", "smooth_l1 huber_loss smoothl1loss logcosh log_cosh", "write \"huber\", with train.huber_delta"},
    {"train.loss", "poisson_nll poissonnllloss poisson_nll_loss count counts", "write \"poisson\""},
    {"train.loss", "pinball pinball_loss quantile_loss quantile_regression", "write \"quantile\", with train.quantile"},
    {"train.loss", "gamma tweedie", "there is none of this kind; \"poisson\" is the loss for counts"},
    {"train.loss", "hinge squared_hinge focal kl kldiv kl_divergence multi_margin",
     "there is none of this kind; \"cross_entropy\" is the loss for classes"},
    {"model.activation", "linear none null id", "write \"identity\""},
    {"model.activation", "logistic sigm expit", "write \"sigmoid\""},
    {"model.activation", "rectifier rect relu6", "write \"relu\""},
    {"model.activation", "lrelu prelu leaky rrelu", "write \"leaky_relu\""},
    {"model.activation", "swish sil hardswish hard_swish", "write \"silu\""},
    {"model.activation", "gelu_new gelu_tanh gelu_erf quick_gelu gaussian", "write \"gelu\", the exact one"},
    {"model.activation", "celu exponential_linear", "write \"elu\""},
    {"model.activation", "self_normalizing", "write \"selu\""},
    {"model.activation", "soft_plus smooth_relu soft_relu", "write \"softplus\""},
    {"model.activation", "hyperbolic tansig", "write \"tanh\""},
    {"model.activation", "mish glu exponential softsign hardtanh hard_sigmoid maxout",
     "there is none of this kind; \"relu\", \"silu\" and \"tanh\" are for most purposes as good"},
    {"model.activation", "softmax log_softmax",
     "train.loss = \"cross_entropy\" applies softmax to the outputs by itself"},
    {"model.init", "xavier xavier_uniform glorot_uniform", "write \"glorot\""},
    {"model.init", "glorot_normal xavier_normal", "write \"glorot\", with model.init_distribution = \"normal\""},
    {"model.init", "kaiming kaiming_uniform he_uniform", "write \"he\""},
    {"model.init", "kaiming_normal he_normal", "write \"he\", with model.init_distribution = \"normal\""},
    {"model.init", "lecun_uniform", "write \"lecun\""},
    {"model.init", "lecun_normal", "write \"lecun\", with model.init_distribution = \"normal\""},
    {"model.init", "torch default uniform", "write \"pytorch\", the bound of its layers"},
    {"model.init", "normal random gaussian", "write how far they reach, and model.init_distribution = \"normal\""},
    {"model.init", "zero constant", "write \"zeros\""},
    {"model.init", "ones orthogonal truncated_normal", "there is none of this kind"},
    {"model.init_distribution", "gaussian gauss randn truncated_normal", "write \"normal\""},
    {"optimizer.name", "adamax adadelta lbfgs lion radam adafactor rprop muon",
     "there is none of this kind; \"adamw\" is the nearest to most of them"},
    {"optimizer.name", "momentum nesterov nag gd gradient_descent stochastic_gradient_descent",
     "write \"sgd\", with optimizer.momentum or optimizer.nesterov"},
    {"schedule.name", "none off fixed const", "write \"constant\""},
    {"schedule.name", "exponentiallr exponential_decay", "write \"exponential\""},
    {"schedule.name", "steplr multistep multisteplr step_decay staircase invscaling decay",
     "\"step\" multiplies the rate by schedule.gamma after each schedule.every_epochs epochs"},
    {"schedule.name", "cosineannealing cosineannealinglr cosine_decay cosine_annealing cos",
     "write \"cosine\", with schedule.warmup_steps for a warm-up"},
    {"schedule.name", "cosineannealingwarmrestarts sgdr cosine_decay_restarts warm_restarts",
     "write \"cosine_restarts\""},
    {"schedule.name", "onecycle onecyclelr", "write \"one_cycle\""},
    {"schedule.name", "poly polynomiallr polynomial_decay", "write \"polynomial\", with schedule.power"},
    {"schedule.name", "linearlr linear_decay", "write \"linear\", with schedule.final_fraction"},
    {"schedule.name", "plateau reducelronplateau adaptive cyclic cycliclr warmup inverse_sqrt noam",
     "there is none of this kind yet; schedule.warmup_steps rises linearly, \"cosine\" falls smoothly"},
    {"data.format", "h5 hdf hdf_5 h5py he5", "write \"hdf5\""},
    {"data.format", "mnist ubyte idx_ubyte idx3 gz", "write \"idx\""},
    {"data.format", "txt text table tsv semicolon dat", "write \"csv\"; columns are separated by commas"},
    {"data.format",
     "parquet feather arrow json jsonl npz npy numpy xlsx xls excel pickle mat sqlite arff libsvm tfrecord",
     "files of this kind cannot be read; pandas and h5py write CSV and HDF5"},
    {"train.kernels", "mkl onednn blas open_blas reference", "write \"openblas\", or leave the key out"},
    {"train.kernels", "xsmm", "write \"libxsmm\""},
};

}  // namespace

std::span<const KeySynonyms> key_synonyms() {
  return kKeys;
}

std::span<const ValueSynonyms> value_synonyms() {
  return kValues;
}

}  // namespace lockstep

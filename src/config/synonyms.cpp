#include "config/synonyms.hpp"

namespace lockstep {

namespace {

constexpr std::string_view kNoAdam = "it belongs to Adam and its like, which are not there yet; the optimizer is SGD";
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
    {"dropout_rate drop_rate dropout_p dropout_prob p_dropout drop hidden_dropout", "model.dropout", ""},
    {"initializer initialization weight_init init_method kernel_initializer initial_weights weight_initialization",
     "model.init", ""},
    {"loss_function loss_fn criterion objective cost cost_function error_function", "train.loss", ""},
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
    {"normalize normalise standardise standard_scaler scaler scale scaling rescale standardization "
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

    {"early_stopping early_stop earlystopping n_iter_no_change early_stopping_rounds early_stopping_patience",
     "train.patience", "epochs without a gain, which want data.validation_fraction or data.validation"},
    {"tol tolerance min_delta min_improvement early_stopping_threshold", "train.min_gain", "with train.patience"},
    {"metric_for_best_model monitor_metric metric scoring score", "train.monitor", "of the validation set"},
    {"validation_split val_split val_fraction val_size valid_fraction validation_size", "data.validation_fraction",
     "the part of data.train that chooses the best epoch"},
    {"validation_data validation_set val valid val_data val_file validation_file dev", "data.validation", ""},
    {"validation_freq", "", "the validation set is measured after each epoch"},
    {"shuffle shuffle_buffer_size sampler", "", "samples are always shuffled, anew in each epoch, as run.seed says"},
    {"beta1 beta2 beta_1 beta_2 betas beta epsilon eps amsgrad rho adam adamw rmsprop", "", kNoAdam},
    {"dampening maximize", "", "the optimizer is plain SGD; there are momentum, nesterov and weight_decay"},
    {"l1 l1_penalty l1_reg l1_ratio l1_regularization lasso elasticnet", "",
     "there is no L1 penalty; optimizer.weight_decay is that of L2"},
    {"clip clip_norm clipnorm clip_value clipvalue global_clipnorm gradient_clipping gradient_clip "
     "gradient_clip_val grad_clip clip_grad clip_grad_norm max_grad_norm max_norm",
     "", "there is no clipping of gradients yet; a lower optimizer.learning_rate or schedule.warmup_steps may help"},
    {"t_max t_0 t_mult cosine_steps", "", "\"cosine\" falls until the end of training, after train.epochs epochs"},
    {"power_t power last_epoch cycle_momentum pct_start", "",
     "the schedules are \"constant\", \"step\" and \"cosine\", with schedule.warmup_steps"},
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
    {"label_smoothing smoothing", "", "there is no label smoothing yet"},
    {"precision dtype amp fp16 bf16 mixed_precision half", "", "training is in float32"},
    {"device gpu gpus cuda accelerator devices", "", "training is on processors"},
    {"num_workers n_jobs workers threads num_threads n_threads world_size ranks num_ranks nodes num_nodes processes "
     "num_processes",
     "", "the number of ranks is that of the launcher: mpirun -n, srun -n"},
    {"verbose verbosity log_level progress progress_bar quiet debug", "", "what is printed cannot be set"},
    {"save_best_only save_best best restore_best_weights", "",
     "checkpoints/best.h5 is always kept: that of the epoch that the validation set chose"},
    {"checkpoint_dir output_dir out_dir log_dir logdir run_dir save_dir save_path output_path dir folder", "",
     "the folder is runs/ and run.name, or that of the option --run-dir"},
    {"resume resume_from resume_from_checkpoint warm_start restore load pretrained", "",
     "a run goes on from its newest checkpoint; see the option --resume"},
    {"gradient_accumulation_steps accumulate_grad_batches accumulation_steps accumulation", "",
     "train.global_batch is the whole batch of a step"},
    {"use_bias bias fit_intercept intercept", "", "layers always have biases"},
    {"drop_last last_batch", "", "each sample is used once per epoch; the last, smaller batch is a step too"},
    {"deterministic benchmark reproducible", "", "every run is reproducible"},
    {"ema swa averaging average validation_steps callbacks", "", "there is nothing of this kind"},
};

constexpr ValueSynonyms kValues[] = {
    {"train.loss",
     "nll nll_loss nllloss categorical_crossentropy sparse_categorical_crossentropy crossentropyloss log_loss logloss "
     "softmax softmax_cross_entropy ce xent multiclass cross_entropy_loss classification",
     "write \"cross_entropy\""},
    {"train.loss",
     "bce bceloss bcewithlogitsloss binary_crossentropy binary_cross_entropy bce_with_logits binary logistic sigmoid",
     "there is none for one output; \"cross_entropy\" with two classes does the same"},
    {"train.loss",
     "l2 mean_squared_error mseloss squared_error squared_loss squared least_squares rmse ls sse regression quadratic",
     "write \"mse\""},
    {"train.loss", "l1 mae l1loss l1_loss mean_absolute_error absolute_error",
     "there is no absolute error yet; \"mse\" is the loss for numbers"},
    {"train.loss",
     "huber smooth_l1 huber_loss smoothl1loss poisson poisson_nll gamma quantile pinball logcosh log_cosh tweedie",
     "there is none of this kind yet; \"mse\" is the loss for numbers"},
    {"train.loss", "hinge squared_hinge focal kl kldiv kl_divergence multi_margin",
     "there is none of this kind; \"cross_entropy\" is the loss for classes"},
    {"model.activation", "linear none null id", "write \"identity\""},
    {"model.activation", "logistic sigm expit", "write \"sigmoid\""},
    {"model.activation", "rectifier rect relu6", "write \"relu\""},
    {"model.activation", "lrelu prelu leaky", "write \"leaky_relu\""},
    {"model.activation", "hyperbolic tansig", "write \"tanh\""},
    {"model.activation", "swish silu gelu elu selu celu mish softplus hardswish hard_swish glu exponential",
     "there is none of this kind yet; \"relu\" and \"leaky_relu\" are the nearest"},
    {"model.activation", "softmax log_softmax",
     "train.loss = \"cross_entropy\" applies softmax to the outputs by itself"},
    {"model.init", "xavier xavier_uniform glorot_uniform glorot_normal xavier_normal", "write \"glorot\""},
    {"model.init", "kaiming kaiming_uniform kaiming_normal he_uniform he_normal", "write \"he\""},
    {"model.init", "lecun_uniform lecun_normal", "write \"lecun\""},
    {"model.init", "torch default uniform", "write \"pytorch\", the bound of its layers"},
    {"model.init", "normal zeros ones orthogonal random truncated_normal", "there is none of this kind"},
    {"optimizer.name",
     "adam adamw nadam adamax rmsprop adagrad adadelta lbfgs lamb lars lion radam adafactor rprop muon",
     "there is no other yet; \"sgd\" with optimizer.momentum = 0.9 and a schedule does as well on most tables"},
    {"optimizer.name", "momentum nesterov nag gd gradient_descent stochastic_gradient_descent",
     "write \"sgd\", with optimizer.momentum or optimizer.nesterov"},
    {"schedule.name", "none off fixed const", "write \"constant\""},
    {"schedule.name", "steplr multistep multisteplr exponential exponentiallr step_decay staircase invscaling decay",
     "\"step\" multiplies the rate by schedule.gamma after each schedule.every_epochs epochs"},
    {"schedule.name",
     "cosineannealing cosineannealinglr cosine_decay cosine_annealing cos onecycle onecyclelr one_cycle",
     "write \"cosine\", with schedule.warmup_steps for a warm-up"},
    {"schedule.name",
     "linear polynomial poly plateau reducelronplateau adaptive cyclic cycliclr warmup inverse_sqrt noam",
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

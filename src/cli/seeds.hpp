// Runs that differ in nothing but their seed: RUN/seed-1, RUN/seed-2 and so on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "train/evaluation_report.hpp"
#include "train/run.hpp"
#include "train/trained_model.hpp"

namespace lockstep {

/// The seeds in "1,2,3". Bad input where one is no whole number or is there twice.
std::vector<std::uint64_t> parse_seeds(const std::string& list);

/// The run's folder of a seed in `folder`.
std::filesystem::path folder_of_seed(const std::filesystem::path& folder, std::uint64_t seed);

/// Bad input where `folder` is that of a single run.
void check_folder_of_seeds(const std::filesystem::path& folder);

/// The runs that `path` stands for: those of seeds in it, by seed, or `path` itself where it is a file or a run's
/// folder.
std::vector<std::string> runs_of(const std::filesystem::path& path);

/// Bad input unless both networks say the same things of the same samples.
void check_alike(const TrainedModel& first, const TrainedModel& other);

/// Prints a line for each run, then mean and sample standard deviation. `results` has one for each place in `seeds`.
void print_seeds(const std::vector<std::uint64_t>& seeds, const std::map<std::size_t, RunResult>& results);

/// Prints the scores of each of several networks, in tables that fit a terminal, then mean and sample standard
/// deviation and, where there is one, the score of the averaged predictions.
void print_networks(const std::vector<NetworkScores>& networks, const NamedScores& averaged);

}  // namespace lockstep

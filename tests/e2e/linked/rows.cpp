// rows MODEL: reads samples from standard input, a line each, its fields apart by tabs, predicts all of them in each of
// four threads, which also load the model themselves, and writes the outputs to standard output, raw. What the model is
// goes to standard error.
#include <lockstep/predictor.hpp>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <thread>

namespace {

std::vector<double> read_features(const lockstep::Predictor& predictor) {
  std::vector<double> features;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream fields(line);
    std::string field;
    for (std::size_t c = 0; std::getline(fields, field, '\t'); ++c) {
      const bool of_words = !predictor.words(c).empty();
      features.push_back(of_words ? predictor.word(c, field) : field.empty() ? NAN : std::stod(field));
    }
  }
  return features;
}

}  // namespace

int main(int, char** arguments) try {
  const lockstep::Predictor predictor(arguments[1]);
  std::cerr << predictor.digest() << (predictor.classifies() ? " classes" : " targets");
  for (const std::string& name : predictor.output_names()) std::cerr << ' ' << name;
  std::cerr << " from";
  for (const std::string& name : predictor.feature_names()) std::cerr << ' ' << name;
  const std::vector<double> features = read_features(predictor);
  const std::size_t samples = features.size() / predictor.features();
  std::vector<double> expected(samples * predictor.outputs());
  predictor.predict(features, expected);
  std::vector<std::vector<double>> outputs(4, std::vector<double>(expected.size()));
  std::vector<std::thread> threads;
  for (std::vector<double>& of_thread : outputs)
    threads.emplace_back([&] {
      for (int time = 0; time < 20; ++time) predictor.predict(features, of_thread);
      lockstep::Predictor(arguments[1]).predict(features, of_thread);
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<double>& of_thread : outputs)
    if (of_thread != expected) std::abort();
  std::cout.write(reinterpret_cast<const char*>(expected.data()), std::ssize(expected) * 8);
} catch (const lockstep::PredictorError& error) {
  std::cerr << error.what();
  return 2;
}

// Any bytes as an ONNX model.
#include "fuzz.hpp"
#include "onnx/network.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  const std::string path = write_input({data, size});
  may_refuse([&] {
    for (const OnnxLayer& layer : read_onnx_network(path).layers)
      if (layer.weight.size() != layer.inputs * layer.outputs || layer.bias.size() != layer.outputs) std::abort();
  });
  return 0;
}

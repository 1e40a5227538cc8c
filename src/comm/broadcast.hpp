// Structures from rank 0 to all others, carried by Boost.Serialization.
#pragma once

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <sstream>
#include <string>

#include "comm/communicator.hpp"

namespace lockstep {

/// Rank 0's `value`, on every rank. Collective. T has a `serialize` member as Boost.Serialization wants it.
template <class T>
void broadcast(const Communicator& comm, T& value) {
  std::string bytes;
  if (comm.is_root()) {
    std::ostringstream stream;
    boost::archive::binary_oarchive(stream) << value;
    bytes = stream.str();
  }
  comm.broadcast(bytes);
  if (!comm.is_root()) {
    std::istringstream stream(bytes);
    boost::archive::binary_iarchive(stream) >> value;
  }
}

}  // namespace lockstep

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

/// A structure as bytes, and the way back. T has a `serialize` member as Boost.Serialization wants it.
template <class T>
std::string archive_of(const T& value) {
  std::ostringstream stream;
  boost::archive::binary_oarchive(stream) << value;
  return stream.str();
}
template <class T>
void read_archive(const std::string& bytes, T& value) {
  std::istringstream stream(bytes);
  boost::archive::binary_iarchive(stream) >> value;
}

/// Rank 0's `value`, on every rank. Collective.
template <class T>
void broadcast(const Communicator& comm, T& value) {
  std::string bytes;
  if (comm.is_root()) bytes = archive_of(value);
  comm.broadcast(bytes);
  if (!comm.is_root()) read_archive(bytes, value);
}

}  // namespace lockstep

// A switch between network interfaces in user space, for links with delay and loss: the part of tc (netem) that not
// every kernel has. switch DELAY_US LOSS INTERFACE... sends each Ethernet frame on after a delay, or loses it at
// random.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Address = std::array<char, ETH_ALEN>;

struct Frame {
  Clock::time_point due;
  std::size_t port;
  std::vector<char> bytes;
};

void check(bool good, const char* what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

/// A socket for all frames that reach an interface. Frames carry a virtio header, by which the kernel says what it has
/// left to do: checksums, and the cutting of large frames.
int open_port(const char* interface) {
  const int port = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
  check(port >= 0, "socket(AF_PACKET)");
  const int yes = 1;
  check(setsockopt(port, SOL_PACKET, PACKET_VNET_HDR, &yes, sizeof yes) == 0, "PACKET_VNET_HDR");
  check(setsockopt(port, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) == 0, "PACKET_IGNORE_OUTGOING");
  const int room = 1 << 24;
  check(setsockopt(port, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) == 0 ||
            setsockopt(port, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0,
        "SO_RCVBUF");
  packet_mreq all{};
  all.mr_ifindex = static_cast<int>(if_nametoindex(interface));
  all.mr_type = PACKET_MR_PROMISC;
  check(all.mr_ifindex > 0, interface);
  check(setsockopt(port, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) == 0, "PACKET_MR_PROMISC");
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = all.mr_ifindex;
  check(bind(port, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, interface);
  return port;
}

class Switch {
 public:
  Switch(std::chrono::microseconds delay, double loss, const std::vector<const char*>& interfaces)
      : delay_(delay), lost_(loss) {
    for (const char* interface : interfaces) ports_.push_back({open_port(interface), POLLIN, 0});
  }

  [[noreturn]] void run() {
    while (true) {
      timespec wait{1, 0};
      if (!frames_.empty()) {
        const auto left = std::max(Clock::duration{0}, frames_.front().due - Clock::now());
        wait = {0, std::chrono::duration_cast<std::chrono::nanoseconds>(left).count() % 1'000'000'000};
      }
      check(ppoll(ports_.data(), ports_.size(), &wait, nullptr) >= 0 || errno == EINTR, "ppoll");
      for (std::size_t port = 0; port < ports_.size(); ++port)
        if (ports_[port].revents != 0) receive(port);
      for (; !frames_.empty() && frames_.front().due <= Clock::now(); frames_.pop()) {
        const Frame& frame = frames_.front();
        // A frame that a port does not take, since its link is down or busy, is lost, as it is in any switch.
        [[maybe_unused]] const ssize_t sent = write(ports_[frame.port].fd, frame.bytes.data(), frame.bytes.size());
      }
    }
  }

 private:
  void receive(std::size_t from) {
    constexpr std::size_t kHeader = 10;  // struct virtio_net_hdr, whose header is not C++
    static std::array<char, 1 << 17> buffer;
    for (ssize_t size; (size = read(ports_[from].fd, buffer.data(), buffer.size())) > 0;) {
      const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
      if (bytes.size() < kHeader + sizeof(ether_header)) continue;
      Address to{};
      Address source{};
      bytes.copy(to.data(), to.size(), kHeader);
      bytes.copy(source.data(), source.size(), kHeader + to.size());
      port_of_[source] = from;
      const auto known = port_of_.find(to);
      for (std::size_t port = 0; port < ports_.size(); ++port)
        if (port != from && (known == port_of_.end() || known->second == port) && !lost_(random_))
          frames_.push({Clock::now() + delay_, port, {bytes.begin(), bytes.end()}});
    }
  }

  Clock::duration delay_;
  std::bernoulli_distribution lost_;
  std::mt19937 random_{1};
  std::vector<pollfd> ports_;
  std::map<Address, std::size_t> port_of_;
  std::queue<Frame> frames_;  // by time: all have the same delay
};

template <class T>
T number(const char* text) {
  T value{};
  const char* const end = text + std::strlen(text);
  if (std::from_chars(text, end, value).ptr != end || !(value >= T{}))
    throw std::system_error(std::make_error_code(std::errc::invalid_argument), text);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: switch DELAY_US LOSS INTERFACE...\n", stderr);
    return 2;
  }
  try {
    Switch hub(std::chrono::microseconds(number<std::int64_t>(argv[1])), number<double>(argv[2]),
               {argv + 3, argv + argc});
    std::puts("ready");
    std::fflush(stdout);
    hub.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "switch: %s\n", error.what());
    return 1;
  }
}

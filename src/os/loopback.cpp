#include "os/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace llf::os {

Reach reach_of(const std::string& address) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    return ntohl(v4.s_addr) >> 24U == IN_LOOPBACKNET ? Reach::this_machine : Reach::others;
  }
  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1) return Reach::none;
  const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == IN_LOOPBACKNET;
  return IN6_IS_ADDR_LOOPBACK(&v6) || mapped ? Reach::this_machine : Reach::others;
}

}  // namespace llf::os

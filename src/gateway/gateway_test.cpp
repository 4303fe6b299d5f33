#include "gateway/gateway.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace llf::gateway {
namespace {

TEST(Gateway, the_control_api_is_the_owners_and_nothing_else_is) {
  for (const auto& route : Gateway::routes()) {
    const bool control = route.path.starts_with("/llf/");
    EXPECT_EQ(route.access == Access::owner, control) << route.method << ' ' << route.path;
  }
}

TEST(Gateway, no_route_hides_another) {
  const auto routes = Gateway::routes();
  std::set<std::string> seen;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    auto path = std::string(routes[i].path);
    if (path.ends_with('/')) path += "x";
    EXPECT_EQ(find_route(routes[i].method, path, routes), i) << path;
    EXPECT_TRUE(seen.insert(std::string(routes[i].method) + ' ' + path).second) << path;
  }
}

}  // namespace
}  // namespace llf::gateway

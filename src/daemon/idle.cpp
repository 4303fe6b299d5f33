#include "daemon/idle.hpp"

namespace llf::daemon {

Duration time_until_idle_exit(const Idleness& idleness) {
  if (idleness.active > 0) return idleness.limit;
  return idleness.limit - (idleness.now - idleness.last_active);
}

}  // namespace llf::daemon

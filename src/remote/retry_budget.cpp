#include "remote/retry_budget.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace llf::remote {

void RetryBudget::note_request() {
  left_ = std::min(left_ + limits::kRetryShare, limits::kRetryReserve);
}

bool RetryBudget::take() {
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

}  // namespace llf::remote

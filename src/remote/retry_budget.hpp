#pragma once

namespace llf::remote {

/// Keeps what is tried again a small part of what is asked, so that servers in trouble do not get
/// more requests for it: limits::kRetryShare of the requests, and a few more at first. Pure.
class RetryBudget {
 public:
  /// A request came.
  void note_request();

  /// Whether one may be tried again now; that then counts.
  [[nodiscard]] bool take();

 private:
  double left_ = 1;
};

}  // namespace llf::remote

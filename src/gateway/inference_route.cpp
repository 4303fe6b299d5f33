#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "gateway/inference_answer.hpp"
#include "gateway/inference_order.hpp"

#include <utility>

namespace llf::gateway {

Task<void> Gateway::infer(Api api, net::Request& request, net::Responder& responder) {
  co_await options_.models.refresh();
  auto order = make_order(options_, api, request);
  if (!order && order.error().error.kind == ErrorKind::not_found && options_.elsewhere.is_due()) {
    co_await options_.elsewhere.refresh();
    order = make_order(options_, api, request);
  }
  if (!order) {
    co_await send(responder, error_response(order.error()));
    co_return;
  }
  Waiting waiting(options_.scheduler, order->target.worker);
  co_await answer({.options = options_,
                   .order = *order,
                   .waiting = waiting,
                   .responder = responder,
                   .stopping = stopping_,
                   .metrics = metrics_});
}

}  // namespace llf::gateway

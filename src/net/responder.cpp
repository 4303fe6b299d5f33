#include "net/exchange.hpp"
#include "net/http_server.hpp"

#include <utility>

namespace llf::net {

Task<Expected<void>> Responder::send(Response response) {
  return exchange_.send(std::move(response));
}

Task<Expected<void>> Responder::begin(int status, Headers headers) {
  return exchange_.begin(status, std::move(headers));
}

Task<Expected<void>> Responder::write(std::string_view part) {
  return exchange_.write(part);
}

Task<Expected<void>> Responder::end() {
  return exchange_.end();
}

void Responder::abort() {
  exchange_.abort();
}

bool Responder::started() const {
  return exchange_.started();
}

bool Responder::finished() const {
  return exchange_.finished();
}

Task<Expected<void>> Responder::closed() {
  return exchange_.closed();
}

}  // namespace llf::net

#include "gateway/request_body.hpp"

namespace llf::gateway {

Expected<json::Object> object_of(std::string_view body) {
  const auto value = json::parse(body);
  if (!value) return failure(value.error().with_context("the body is not valid JSON"));
  return json::as_object(*value, "the body");
}

}  // namespace llf::gateway

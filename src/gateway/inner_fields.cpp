#include "gateway/inner_fields.hpp"

#include "base/limits.hpp"
#include "gateway/members.hpp"
#include "gateway/word_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace llf::gateway {
namespace {

using Kind = json::Token::Kind;

constexpr std::array<std::string_view, 3> kFormat{"type", "json_schema", "schema"};
constexpr std::array<std::string_view, 4> kSchema{"name", "description", "schema", "strict"};

// Of what stands in {"response_format":{…}} and in {"response_format":{"json_schema":{…}}}.
constexpr std::size_t kInner = 2;
constexpr std::size_t kThird = 3;

bool is_end(Kind kind) {
  return kind == Kind::object_end || kind == Kind::array_end;
}

}  // namespace

void InnerFields::refuse(std::string message) {
  if (wrong_) return;
  wrong_ = ApiError({.kind = ErrorKind::invalid, .message = std::move(message)}, field_);
}

void InnerFields::take(const json::Token& token) {
  if (token.kind == Kind::key && token.depth == 1) {
    field_ = token.text;
    inner_.clear();
    is_schema_ = has_schema_ = false;
    return;
  }
  if (token.depth == 1 && token.kind == Kind::object_end && field_ == "response_format" &&
      is_schema_ && !has_schema_) {
    refuse("'response_format' of the type json_schema needs json_schema.schema, an object");
  }
  if (token.depth < kInner) return;
  if (field_ == "logit_bias") {
    take_bias(token);
  } else if (field_ == "response_format") {
    take_format(token);
  } else if (field_ == "stream_options") {
    take_inner(token);
  }
}

void InnerFields::take_inner(const json::Token& token) {
  if (token.depth != kInner || is_end(token.kind)) return;
  if (token.kind == Kind::key) {
    inner_ = token.text;
    if (inner_ != "include_usage") note_unknown(fmt::format("{}.{}", field_, inner_));
    return;
  }
  if (inner_ != "include_usage") return;
  include_usage_ = token.kind == Kind::true_value;
  if (!include_usage_ && token.kind != Kind::false_value && token.kind != Kind::null_value) {
    refuse("'stream_options.include_usage' must be true or false");
  }
}

/// Of an object, by token numbers or, which is llama-server's own, by texts; a list is another of
/// its forms.
void InnerFields::take_bias(const json::Token& token) {
  if (token.depth != kInner) return;
  if (token.kind == Kind::key) {
    inner_ = token.text;
  } else if (!inner_.empty() && token.kind != Kind::number && token.kind != Kind::false_value) {
    refuse("the values of 'logit_bias' must be numbers, or false for what is never to be said");
  }
}

void InnerFields::take_format(const json::Token& token) {
  if (is_end(token.kind)) return;
  if (token.depth == kInner && token.kind == Kind::key) {
    inner_ = token.text;
    third_.clear();
    if (!is_one_of(kFormat, inner_)) note_unknown("response_format." + inner_);
  } else if (token.depth == kInner && inner_ == "type") {
    is_schema_ = token.kind == Kind::string && token.text == "json_schema";
  } else if (token.depth == kThird && inner_ == "json_schema") {
    if (token.kind == Kind::key) {
      third_ = token.text;
      if (!is_one_of(kSchema, third_)) note_unknown("response_format.json_schema." + third_);
    } else if (third_ == "schema") {
      has_schema_ = token.kind == Kind::object;
    }
  }
}

void InnerFields::note_unknown(std::string name) {
  add_once(unknown_, std::move(name), limits::kUnknownFields);
}

}  // namespace llf::gateway

#include "requests.hpp"

#include <algorithm>

namespace llf::fake_worker {
namespace {

json::Object object_of(std::string_view body) {
  const auto value = json::parse(body);
  return value ? json::as_object(*value, "the body").value_or(json::Object{}) : json::Object{};
}

json::Array list_of(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) {
    return {};
  }
  return value->is_array() ? value->get_array() : json::Array{*value};
}

/// Whether the last message is a begun answer.
bool is_begun(const json::Array& messages) {
  const auto last = messages.empty()
                        ? json::Object{}
                        : json::as_object(messages.back(), "message").value_or(json::Object{});
  return json::get_string_or(last, "role", "") == "assistant";
}

std::string text_of(const json::Value& content) {
  if (content.is_string()) {
    return std::string(content.get_string());
  }
  std::string text;
  if (content.is_array()) {
    for (const auto& part : content.get_array()) {
      const auto object = json::as_object(part, "part");
      text += object ? json::get_string_or(*object, "text", "").value_or("") : "";
    }
  }
  return text;
}

/// Fields that requests for chats and for completions have in common.
ChatRequest read_common(const json::Object& object) {
  ChatRequest request;
  request.stream = json::get_flag(object, "stream").value_or(false);
  if (const auto limit = json::get_int_or(object, "max_tokens", -1); limit && *limit >= 0) {
    request.max_tokens = static_cast<long>(*limit);
  }
  if (const auto* options = object.if_contains("stream_options"); options != nullptr) {
    const auto fields = json::as_object(*options, "stream_options");
    request.include_usage = fields && json::get_flag(*fields, "include_usage").value_or(false);
  }
  return request;
}

}  // namespace

std::string tokens_body(std::string_view body) {
  const auto value = json::parse(body);
  const auto object = value ? json::as_object(*value, "the body") : failure(value.error());
  const auto text = object ? json::get_string_or(*object, "content", "").value_or("") : "";
  json::Array tokens;
  for (const char c : " " + text) {
    if (c == ' ' || c == '\n') {
      tokens.push_back(tokens.size());
    }
  }
  return json::write(json::Object{{"tokens", std::move(tokens)}});
}

std::string embeddings_body(std::string_view body, const std::string& model) {
  json::Array data;
  for (const auto& text : list_of(object_of(body), "input")) {
    const std::string_view said = text.is_string() ? std::string_view(text.get_string()) : "";
    const json::Array vector{static_cast<double>(said.size()),
                             static_cast<double>(std::ranges::count(said, ' ') + 1)};
    data.push_back(
        json::Object{{"embedding", vector}, {"index", data.size()}, {"object", "embedding"}});
  }
  const auto count = data.size();
  return json::write(
      json::Object{{"model", model},
                   {"object", "list"},
                   {"data", std::move(data)},
                   {"usage", json::Object{{"prompt_tokens", count}, {"total_tokens", count}}}});
}

std::string rerank_body(std::string_view body, const std::string& model) {
  json::Array results;
  for (const auto& text : list_of(object_of(body), "documents")) {
    const auto size = text.is_string() ? text.get_string().size() : 0;
    results.push_back(
        json::Object{{"index", results.size()}, {"relevance_score", -static_cast<double>(size)}});
  }
  return json::write(
      json::Object{{"model", model},
                   {"object", "list"},
                   {"usage", json::Object{{"prompt_tokens", 1}, {"total_tokens", 1}}},
                   {"results", std::move(results)}});
}

Expected<ChatRequest> read_text(std::string_view body) {
  const auto object = object_of(body);
  auto request = read_common(object);
  request.kind = ChatRequest::Kind::text;
  request.last_message = json::get_string_or(object, "prompt", "").value_or("");
  request.prompt_words = std::ranges::count(request.last_message, ' ') + 1;
  const auto mark = request.last_message.rfind('?');
  if (mark != std::string::npos) {
    request.begun = request.last_message.substr(mark + 1);
  }
  return request;
}

Expected<json::Object> read_body(std::string_view body, const Script& script) {
  const auto value = json::parse(body);
  if (!value) {
    return failure(value.error());
  }
  auto object = json::as_object(*value, "the body");
  if (!object || !object->contains("messages") || !object->at("messages").is_array()) {
    return failure(ErrorKind::invalid, "'messages' is required");
  }
  if (script.thinks && is_begun(object->at("messages").get_array())) {
    return failure(ErrorKind::invalid,
                   "Assistant response prefill is incompatible with enable_thinking.");
  }
  return object;
}

std::string rendered(const json::Array& messages) {
  std::string text;
  for (const auto& message : messages) {
    const auto fields = json::as_object(message, "message");
    if (fields && fields->contains("content")) {
      text += "<" + json::get_string_or(*fields, "role", "").value_or("") + ">" +
              text_of(fields->at("content")) + "</>\n";
    }
  }
  return is_begun(messages) ? text.substr(0, text.rfind("</>")) : text + "<assistant>";
}

Expected<ChatRequest> read_chat(std::string_view body, const Script& script) {
  const auto object = read_body(body, script);
  if (!object) {
    return failure(object.error());
  }
  auto request = read_common(*object);
  for (const auto& message : object->at("messages").get_array()) {
    const auto fields = json::as_object(message, "message");
    if (fields && fields->contains("content")) {
      request.last_message = text_of(fields->at("content"));
      request.prompt_words += std::ranges::count(request.last_message, ' ') + 1;
    }
  }
  request.has_tools = !list_of(*object, "tools").empty();
  if (is_begun(object->at("messages").get_array())) {
    request.begun = request.last_message;
  }
  return request;
}

std::string text_body(std::string_view body) {
  const auto count = list_of(object_of(body), "tokens").size();
  return json::write(json::Object{{"content", std::string(count, 't')}});
}

}  // namespace llf::fake_worker

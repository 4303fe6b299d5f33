#include "client/answers.hpp"

#include <fmt/format.h>

namespace llf::client {
namespace {

/// Reads the fields of one object; the first that is wrong is remembered.
class Fields {
 public:
  /// `value` outlives it.
  Fields(const json::Value& value, std::string_view what)
      : object_(value.is_object() ? value.get_object() : kNone) {
    if (!value.is_object()) error_ = json::as_object(value, what).error();
  }

  std::string text(std::string_view key) { return take(json::get_string_or(object_, key, "")); }
  std::int64_t number(std::string_view key) { return take(json::get_int_or(object_, key, 0)); }
  bool flag(std::string_view key) { return take(json::get_flag(object_, key)); }

  std::string required_text(std::string_view key) { return take(json::get_string(object_, key)); }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> all;
    if (!has(key) || !at(key).is_array()) return all;
    for (const auto& one : at(key).get_array()) {
      if (one.is_string()) all.emplace_back(one.get_string());
    }
    return all;
  }
  json::Value value(std::string_view key) { return has(key) ? at(key) : json::Value(nullptr); }

  std::optional<std::string> optional_text(std::string_view key) {
    return has(key) ? std::optional(text(key)) : std::nullopt;
  }
  std::optional<std::int64_t> optional_number(std::string_view key) {
    return has(key) ? std::optional(number(key)) : std::nullopt;
  }
  std::optional<double> optional_fraction(std::string_view key) {
    const auto* value = object_.if_contains(key);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
  }

  [[nodiscard]] bool has(std::string_view key) const {
    const auto* value = object_.if_contains(key);
    return value != nullptr && !value->is_null();
  }
  [[nodiscard]] const json::Value& at(std::string_view key) const { return object_.at(key); }

  /// The error, if there was one, as the daemon's: it is not the user's input that is wrong.
  template <class T>
  Expected<T> finish(T value) {
    if (!error_) return value;
    return failure(ErrorKind::upstream,
                   "an answer of llfd cannot be understood: " + error_->message);
  }

 private:
  template <class T>
  T take(Expected<T> value) {
    if (value) return std::move(*value);
    if (!error_) error_ = value.error();
    return T{};
  }

  static inline const json::Object kNone;
  const json::Object& object_;
  std::optional<Error> error_;
};

SettingsReport::Change read_change(Fields& fields) {
  return {.name = fields.required_text("name"),
          .from = fields.value("from"),
          .to = fields.value("to"),
          .effect = fields.text("effect")};
}

ModelInfo read_model(Fields& fields) {
  return {.id = fields.required_text("id"),
          .size_bytes = fields.number("size_bytes"),
          .source = fields.text("source"),
          .is_default = fields.flag("default"),
          .loaded = fields.flag("loaded")};
}

WorkerInfo read_worker(Fields& fields) {
  return {.model = fields.required_text("model"),
          .state = fields.required_text("state"),
          .pid = fields.optional_number("pid"),
          .rss_bytes = fields.number("rss_bytes"),
          .gpu_bytes = fields.number("gpu_bytes"),
          .size_bytes = fields.number("size_bytes"),
          .context = fields.number("context"),
          .slots = fields.number("slots"),
          .active = fields.number("active"),
          .queued = fields.number("queued"),
          .waiting = fields.number("waiting"),
          .progress = fields.optional_fraction("progress"),
          .uptime_s = fields.number("uptime_s"),
          .idle_s = fields.number("idle_s"),
          .restarts = fields.number("restarts"),
          .error = fields.optional_text("error")};
}

SchedulerNote read_note(Fields& fields) {
  return {.model = fields.required_text("model"),
          .what = fields.text("what"),
          .ago_s = fields.number("ago_s"),
          .why = fields.text("why")};
}

/// The list `key` of `value`, each item read by `read`.
template <class T>
Expected<std::vector<T>> read_list(const json::Value& value, std::string_view key,
                                   T (*read)(Fields&)) {
  std::vector<T> out;
  const auto* object = value.if_object();
  const auto* list = object == nullptr ? nullptr : object->if_contains(key);
  if (list == nullptr || !list->is_array()) {
    return failure(ErrorKind::upstream,
                   fmt::format("an answer of llfd cannot be understood: it has no '{}'", key));
  }
  for (const auto& item : list->get_array()) {
    Fields fields(item, key);
    auto one = fields.finish(read(fields));
    if (!one) return failure(one.error());
    out.push_back(std::move(*one));
  }
  return out;
}

ErrorKind kind_of_status(int status) {
  switch (status) {
    case 401:
      return ErrorKind::unauthorized;
    case 403:
      return ErrorKind::forbidden;
    case 404:
      return ErrorKind::not_found;
    case 409:
      return ErrorKind::conflict;
    case 413:
      return ErrorKind::too_large;
    case 502:
      return ErrorKind::upstream;
    case 503:
      return ErrorKind::unavailable;
    case 504:
      return ErrorKind::timeout;
    default:
      return status < 500 ? ErrorKind::upstream : ErrorKind::internal;
  }
}

/// The kind that a `code` names; `internal` for a word of its own ("model_not_found").
ErrorKind kind_of_code(std::string_view code) {
  const auto kind = error_kind_from_name(code);
  return kind == ErrorKind::invalid ? ErrorKind::upstream : kind;
}

}  // namespace

Expected<DaemonStatus> read_status(const json::Value& value) {
  Fields fields(value, "the status");
  DaemonStatus status{.version = fields.required_text("version"),
                      .protocol = fields.number("protocol"),
                      .pid = fields.number("pid"),
                      .uptime_s = fields.number("uptime_s"),
                      .home = fields.text("home"),
                      .socket = fields.text("socket"),
                      .log_file = fields.text("log_file"),
                      .log_lines_dropped = fields.number("log_lines_dropped"),
                      .on_demand = fields.flag("on_demand"),
                      .listen = {},
                      .engine = {},
                      .settings_error = {},
                      .settings_generation = 0,
                      .settings_restart = {},
                      .options = {},
                      .workers = fields.number("workers"),
                      .requests_active = fields.number("requests_active")};
  if (fields.has("listen")) {
    Fields listen(fields.at("listen"), "'listen'");
    auto read = listen.finish(DaemonStatus::Listen{.address = listen.text("address"),
                                                   .port = listen.number("port"),
                                                   .tls = listen.flag("tls"),
                                                   .error = listen.optional_text("error")});
    if (!read) return failure(read.error());
    status.listen = std::move(*read);
  }
  if (fields.has("options")) status.options = fields.texts("options");
  if (fields.has("engine")) {
    Fields engine(fields.at("engine"), "'engine'");
    auto read = engine.finish(DaemonStatus::Engine{.path = engine.text("path"),
                                                   .version = engine.text("version"),
                                                   .origin = engine.text("origin")});
    if (!read) return failure(read.error());
    status.engine = std::move(*read);
  }
  if (fields.has("settings")) {
    Fields settings(fields.at("settings"), "'settings'");
    status.settings_error = settings.optional_text("error");
    status.settings_generation = settings.number("generation");
    status.settings_restart = settings.texts("restart");
  }
  return fields.finish(std::move(status));
}

Expected<SettingsReport> read_settings_report(const json::Value& value) {
  auto changes = read_list(value, "changes", read_change);
  if (!changes) return failure(changes.error());
  Fields fields(value, "the report");
  return fields.finish(SettingsReport{.changes = *std::move(changes),
                                      .workers = fields.texts("workers"),
                                      .ending = fields.texts("ending"),
                                      .restart = fields.texts("restart"),
                                      .error = fields.optional_text("error")});
}

Expected<std::vector<ModelInfo>> read_models(const json::Value& value) {
  return read_list(value, "models", read_model);
}

Expected<KnownNames> read_known_names(const json::Value& value, std::string word, Word use) {
  const auto models = read_models(value);
  if (!models) return failure(models.error());
  Fields fields(value, "the list of models");
  KnownNames known{.names = {},
                   .absence = fields.optional_text("absence").value_or(""),
                   .unheard_of = fields.texts("meant").empty() && !fields.has("download")};
  for (const auto& model : *models) known.names.push_back(model.id);
  if (fields.flag(use == Word::is_model ? "begun" : "named"))
    known.names.push_back(std::move(word));
  return fields.finish(std::move(known));
}

Expected<std::vector<WorkerInfo>> read_workers(const json::Value& value) {
  return read_list(value, "workers", read_worker);
}

Expected<std::vector<SchedulerNote>> read_notes(const json::Value& value, std::string_view list) {
  // An older daemon tells none.
  const auto* object = value.if_object();
  if (object == nullptr || !object->contains(list)) return std::vector<SchedulerNote>();
  return read_list(value, list, read_note);
}

Expected<std::vector<std::string>> read_lines(const json::Value& value) {
  Fields fields(value, "the log");
  if (!fields.has("lines") || !fields.at("lines").is_array()) {
    return failure(ErrorKind::upstream, "an answer of llfd cannot be understood: no 'lines'");
  }
  return fields.texts("lines");
}

Error read_error(int status, std::string_view body) {
  if (const auto value = json::parse(body)) {
    const auto* object = value->if_object();
    const auto* error = object == nullptr ? nullptr : object->if_contains("error");
    if (error != nullptr) {
      auto read = read_error_object(*error);
      if (read.kind == ErrorKind::internal) read.kind = kind_of_status(status);
      return read;
    }
  }
  return {.kind = kind_of_status(status), .message = fmt::format("llfd answered {}", status)};
}

Error read_error_object(const json::Value& error) {
  Error out{.kind = ErrorKind::internal, .message = "llfd reported an error without a message"};
  if (error.is_string()) out.message = std::string(error.get_string());
  const auto* object = error.if_object();
  if (object == nullptr) return out;
  if (auto message = json::get_string(*object, "message")) out.message = std::move(*message);
  if (const auto code = json::get_string(*object, "code")) {
    out.kind = kind_of_code(*code);
  }
  return out;
}

Expected<void> check_protocol(const DaemonStatus& status) {
  if (status.protocol == kProtocol) return {};
  return failure(ErrorKind::conflict,
                 fmt::format("the running llfd {} (protocol {}) and this llf {} (protocol {}) do "
                             "not fit together: run 'llf server restart'",
                             status.version, status.protocol, LLF_VERSION, kProtocol));
}

}  // namespace llf::client

#include "hub/http.hpp"

#include "base/ascii.hpp"
#include "base/assert.hpp"
#include "base/limits.hpp"
#include "base/number.hpp"
#include "base/trim.hpp"
#include "hub/curl.hpp"
#include "os/paths.hpp"
#include "tls/trust.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <ranges>
#include <utility>

namespace llf::hub {
namespace {

/// One running request. Its address is known to libcurl, so it does not move.
struct Call {
  HttpRequest request;
  CURL* handle = nullptr;
  curl_slist* fields = nullptr;
  HttpHead head;
  std::size_t head_bytes = 0;
  bool head_told = false;
  bool stopped = false;
  bool paused = false;
  bool too_large = false;
  std::array<char, CURL_ERROR_SIZE> detail{};  ///< libcurl's words for what failed

  /// Whether the reader wants more.
  bool tell_head() {
    if (head_told) return !stopped;
    head_told = true;
    stopped = request.on_head && request.on_head(head) == Verdict::stop;
    return !stopped;
  }
};

std::size_t read_field(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& call = *static_cast<Call*>(user);
  const std::string_view line(bytes, size * count);
  call.head_bytes += line.size();
  if (call.head_bytes > limits::kHubHead.bytes()) {
    call.too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {  // of an interim answer, or the real one
    call.head = HttpHead{};
    const auto space = line.find(' ');
    if (space != std::string_view::npos) {
      call.head.status = parse_number<int>(trimmed(line.substr(space + 1, 3))).value_or(0);
    }
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    call.head.fields.emplace_back(ascii_lower(trimmed(line.substr(0, colon))),
                                  trimmed(line.substr(colon + 1)));
  }
  return size * count;
}

std::size_t read_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& call = *static_cast<Call*>(user);
  if (!call.tell_head()) return 0;
  const std::span<const char> body(bytes, size * count);
  const auto verdict = call.request.on_body ? call.request.on_body(body) : Verdict::go_on;
  call.stopped = verdict == Verdict::stop;
  call.paused = verdict == Verdict::later;
  if (call.paused) return CURL_WRITEFUNC_PAUSE;
  return call.stopped ? 0 : body.size();
}

/// What is wrong with a server's certificate, in OpenSSL's words.
Error untrusted(std::string_view shown, std::string_view detail) {
  constexpr std::string_view kPrefix = "SSL certificate problem: ";
  if (detail.starts_with(kPrefix)) detail.remove_prefix(kPrefix.size());
  const bool unknown = detail.contains("issuer") || detail.contains("self");
  return {.kind = ErrorKind::upstream,
          .message = fmt::format("{}: its certificate is refused: {}{}{}", shown, detail,
                                 unknown ? ". " : "", unknown ? tls::kOwnAuthority : "")};
}

Error error_of(const Curl& curl, const Call& call, CURLcode code) {
  if (call.too_large) {
    return {.kind = ErrorKind::upstream,
            .message = fmt::format("{} sent a head of more than {}", call.request.url.shown(),
                                   to_string(limits::kHubHead))};
  }
  const auto shown = call.request.url.shown();
  if (code == CURLE_PEER_FAILED_VERIFICATION) return untrusted(shown, call.detail.data());
  if (code == CURLE_SSL_CACERT_BADFILE) {
    return {.kind = ErrorKind::invalid,
            .message = fmt::format("{}: the certificates to check it by cannot be read: {}", shown,
                                   call.detail.data())};
  }
  const bool silence = code == CURLE_OPERATION_TIMEDOUT;
  return {.kind = silence ? ErrorKind::timeout : ErrorKind::unavailable,
          .message = fmt::format("{}: {}", shown, curl.easy_strerror(code))};
}

}  // namespace

std::optional<std::string> HttpHead::field(std::string_view name) const {
  for (const auto& [key, value] : std::views::reverse(fields)) {
    if (key == name) return value;
  }
  return std::nullopt;
}

bool is_lasting(const Error& error) {
  return error.kind == ErrorKind::upstream || error.kind == ErrorKind::invalid;
}

struct Connections::Impl {
  Impl(const Curl& functions, tls::Trust authorities)
      : curl(functions), trust(std::move(authorities)), multi(functions.multi_init()) {
    LLF_ASSERT(multi != nullptr);
    curl.multi_setopt(multi, CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING});
    curl.multi_setopt(multi, CURLMOPT_MAXCONNECTS, long{limits::kMostConnections});
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    while (!calls.empty()) end(calls.begin()->first);
    curl.multi_cleanup(multi);
  }

  void end(std::size_t id) {
    const auto at = calls.find(id);
    if (at == calls.end()) return;
    curl.multi_remove_handle(multi, at->second->handle);
    curl.easy_cleanup(at->second->handle);
    curl.slist_free_all(at->second->fields);
    calls.erase(at);
  }

  void set_up(Call& call) const {
    const auto set = [&](CURLoption option, auto value) {
      LLF_ASSERT(curl.easy_setopt(call.handle, option, value) == CURLE_OK);
    };
    const auto seconds = [](auto duration) {
      return static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
    };
    set(CURLOPT_URL, call.request.url.str().c_str());
    set(CURLOPT_HTTPHEADER, call.fields);
    set(CURLOPT_HEADERFUNCTION, &read_field);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&call));
    set(CURLOPT_WRITEFUNCTION, &read_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&call));
    set(CURLOPT_PRIVATE, static_cast<void*>(&call));
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    // In place of the system's: what is not named is none.
    const bool own = !trust.file.empty() || !trust.folder.empty();
    if (own) set(CURLOPT_CAINFO, trust.file.empty() ? nullptr : trust.file.c_str());
    if (own) {
      // A libcurl whose TLS knows no folders trusts nobody more then.
      static_cast<void>(curl.easy_setopt(call.handle, CURLOPT_CAPATH,
                                         trust.folder.empty() ? nullptr : trust.folder.c_str()));
    }
    set(CURLOPT_ERRORBUFFER, call.detail.data());
    set(CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
    set(CURLOPT_CONNECTTIMEOUT, seconds(limits::kHubConnect));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, seconds(limits::kHubSilence));
    set(CURLOPT_TIMEOUT, seconds(call.request.whole));
    set(CURLOPT_BUFFERSIZE, long{512} << 10U);
    set(CURLOPT_USERAGENT, "llf/" LLF_VERSION);
  }

  const Curl& curl;
  tls::Trust trust;
  CURLM* multi;
  std::map<std::size_t, std::unique_ptr<Call>> calls;
  std::size_t next = 1;
};

Connections::Connections(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connections::Connections(Connections&&) noexcept = default;
Connections& Connections::operator=(Connections&&) noexcept = default;
Connections::~Connections() = default;

Expected<Connections> Connections::create() {
  const auto& curl = load_curl();
  if (!curl) return failure(curl.error());
  auto trust = tls::find_trust(os::env);
  if (!trust) return failure(trust.error());
  return Connections(std::make_unique<Impl>(*curl, *std::move(trust)));
}

std::size_t Connections::start(HttpRequest request) {
  auto call = std::make_unique<Call>(Call{.request = std::move(request)});
  call->handle = impl_->curl.easy_init();
  LLF_ASSERT(call->handle != nullptr);
  // Bytes as they are: a range of a compressed file is none of the file (F57).
  call->fields = impl_->curl.slist_append(nullptr, "Accept-Encoding: identity");
  for (const auto& field : call->request.fields) {
    call->fields = impl_->curl.slist_append(call->fields, field.c_str());
  }
  impl_->set_up(*call);
  const auto id = impl_->next++;
  impl_->curl.multi_add_handle(impl_->multi, call->handle);
  impl_->calls.emplace(id, std::move(call));
  return id;
}

void Connections::drop(std::size_t id) {
  impl_->end(id);
}

std::size_t Connections::running() const {
  return impl_->calls.size();
}

std::vector<HttpResult> Connections::wait(std::chrono::milliseconds time) {
  for (const auto& [id, call] : impl_->calls) {
    if (std::exchange(call->paused, false)) impl_->curl.easy_pause(call->handle, CURLPAUSE_CONT);
  }
  int running = 0;
  impl_->curl.multi_perform(impl_->multi, &running);
  std::vector<HttpResult> results;
  const auto collect = [&] {
    int left = 0;
    while (const auto* message = impl_->curl.multi_info_read(impl_->multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto at = std::ranges::find_if(impl_->calls, [&](const auto& entry) {
        return entry.second->handle == message->easy_handle;
      });
      LLF_ASSERT(at != impl_->calls.end());
      auto& call = *at->second;
      const auto code = message->data.result;
      HttpResult result{.id = at->first, .end = HttpEnd::whole, .error = {}};
      if (code == CURLE_OK && !call.tell_head()) result.end = HttpEnd::stopped;
      if (code != CURLE_OK) {
        result.end = call.stopped ? HttpEnd::stopped : HttpEnd::failed;
        result.error = error_of(impl_->curl, call, code);
      }
      results.push_back(std::move(result));
    }
  };
  collect();
  if (results.empty()) {
    impl_->curl.multi_poll(impl_->multi, nullptr, 0, static_cast<int>(time.count()), nullptr);
    impl_->curl.multi_perform(impl_->multi, &running);
    collect();
  }
  for (const auto& result : results) impl_->end(result.id);
  return results;
}

void Connections::wake() {
  impl_->curl.multi_wakeup(impl_->multi);
}

Expected<HttpAnswer> http_get(Connections& connections, HttpGet get, const std::stop_token& stop) {
  HttpAnswer answer;
  bool too_large = false;
  const auto shown = get.url.shown();
  const auto limit = get.limit;
  const auto enough = get.enough;
  const auto id =
      connections.start({.url = std::move(get.url),
                         .fields = std::move(get.fields),
                         .whole = limits::kHubTimeout,
                         .on_head =
                             [&](const HttpHead& head) {
                               answer.head = head;
                               return Verdict::go_on;
                             },
                         .on_body =
                             [&](std::span<const char> bytes) {
                               if (enough && answer.body.size() + bytes.size() > enough->bytes()) {
                                 const auto rest = enough->bytes() - answer.body.size();
                                 answer.body.append(bytes.data(), rest);
                                 return Verdict::stop;
                               }
                               too_large = answer.body.size() + bytes.size() > limit.bytes();
                               if (too_large) return Verdict::stop;
                               answer.body.append(bytes.data(), bytes.size());
                               return Verdict::go_on;
                             }});
  const std::stop_callback wake(stop, [&] { connections.wake(); });
  for (;;) {
    for (const auto& result : connections.wait(std::chrono::seconds(1))) {
      if (result.id != id) continue;
      if (too_large) {
        return failure(ErrorKind::too_large,
                       fmt::format("{} sent more than {}", shown, to_string(limit)));
      }
      if (result.end == HttpEnd::failed) return failure(result.error);
      return answer;
    }
    if (!stop.stop_requested()) continue;
    connections.drop(id);
    return failure(ErrorKind::cancelled, "stopped");
  }
}

}  // namespace llf::hub

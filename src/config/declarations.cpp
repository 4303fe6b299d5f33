#include "config/declarations.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace llf::config {
namespace {

constexpr double kSeconds = limits::kMaxSeconds;

constexpr std::array kBasics{
    Declaration{{.name = "server.host",
                 .flag = "--host",
                 .variable = "LLF_HOST",
                 .help = "IP address of the HTTP API; only loopback is accepted",
                 .effect = Effect::restart},
                [](Settings& s) -> std::string& { return s.server.host; }},
    Declaration{{.name = "server.port",
                 .flag = "--port",
                 .variable = "LLF_PORT",
                 .help = "port of the HTTP API, 0 for any free one",
                 .effect = Effect::restart,
                 .least = 0,
                 .most = limits::kMaxPort},
                [](Settings& s) -> std::uint16_t& { return s.server.port; }},
    Declaration{{.name = "server.api_key",
                 .flag = "",
                 .variable = "LLF_API_KEY",
                 .help = "what programs must send as their API key; empty: none is needed",
                 .form = Form::secret},
                [](Settings& s) -> std::string& { return s.server.api_key; }},
    Declaration{{.name = "server.idle_exit",
                 .flag = "--idle-exit",
                 .variable = "LLF_IDLE_EXIT",
                 .help = "idle seconds until a daemon that was started on demand ends",
                 .least = 1,
                 .most = kSeconds},
                [](Settings& s) -> std::chrono::seconds& { return s.server.idle_exit; }},
    Declaration{{.name = "models.folder",
                 .flag = "--models",
                 .variable = "LLF_MODELS",
                 .help = "one more folder with .gguf files",
                 .form = Form::path},
                [](Settings& s) -> std::string& { return s.models.folder; }},
    Declaration{{.name = "models.default",
                 .flag = "--default-model",
                 .variable = "LLF_DEFAULT_MODEL",
                 .help = "the model or profile of a request that names none; empty: the built-in"},
                [](Settings& s) -> std::string& { return s.models.default_model; }},
    Declaration{{.name = "models.max_loaded",
                 .flag = "--max-loaded",
                 .variable = "LLF_MAX_LOADED",
                 .help = "models in memory at once; the one unused for longest makes room",
                 .least = 1,
                 .most = limits::kMostLoaded},
                [](Settings& s) -> std::int64_t& { return s.models.max_loaded; }},
    Declaration{{.name = "models.keep_alive",
                 .flag = "--keep-alive",
                 .variable = "LLF_KEEP_ALIVE",
                 .help = "unused seconds until a model leaves the memory; 0: when room is needed",
                 .least = 0,
                 .most = kSeconds},
                [](Settings& s) -> std::chrono::seconds& { return s.models.keep_alive; }},
    Declaration{{.name = "engine.path",
                 .flag = "--engine",
                 .variable = "LLF_ENGINE",
                 .help = "the llama-server to use; empty: the first that is found",
                 .effect = Effect::workers,
                 .form = Form::path},
                [](Settings& s) -> std::string& { return s.engine.path; }},
    Declaration{{.name = "engine.context",
                 .flag = "--context",
                 .variable = "LLF_CONTEXT",
                 .help = "tokens that one conversation may have; null: by the model's size",
                 .effect = Effect::workers,
                 .least = limits::kLeastContext,
                 .most = limits::kMostContext},
                [](Settings& s) -> std::optional<std::int64_t>& { return s.engine.context; }},
    Declaration{{.name = "engine.slots",
                 .flag = "--slots",
                 .variable = "LLF_SLOTS",
                 .help = "requests that one model answers at once; null: by the model's size",
                 .effect = Effect::workers,
                 .least = 1,
                 .most = limits::kMostSlots},
                [](Settings& s) -> std::optional<std::int64_t>& { return s.engine.slots; }},
    Declaration{{.name = "engine.load_timeout",
                 .flag = "--load-timeout",
                 .variable = "LLF_LOAD_TIMEOUT",
                 .help = "seconds that a model may take to load",
                 .least = 1,
                 .most = kSeconds},
                [](Settings& s) -> std::chrono::seconds& { return s.engine.load_timeout; }},
    Declaration{{.name = "engine.stall_timeout",
                 .flag = "--stall-timeout",
                 .variable = "LLF_STALL_TIMEOUT",
                 .help = "seconds without a token or work after which a worker counts as hung",
                 .least = 1,
                 .most = kSeconds},
                [](Settings& s) -> std::chrono::seconds& { return s.engine.stall_timeout; }},
    Declaration{{.name = "engine.arguments",
                 .flag = "",
                 .variable = nullptr,
                 .help = "further flags of llama-server: true is the flag alone, a list repeats it",
                 .effect = Effect::workers,
                 .form = Form::arguments},
                [](Settings& s) -> json::Object& { return s.engine.arguments; }},
    Declaration{{.name = "prompts.use",
                 .flag = "--prompt",
                 .variable = "LLF_PROMPT",
                 .help = "the prompt template of llf's chats (llf prompt use); empty: none"},
                [](Settings& s) -> std::string& { return s.prompts.use; }},
    Declaration{{.name = "prompts.variables",
                 .flag = "",
                 .variable = nullptr,
                 .help = "values for the variables of prompt templates, by name",
                 .form = Form::texts},
                [](Settings& s) -> json::Object& { return s.prompts.variables; }},
    Declaration{{.name = "log.level",
                 .flag = "--log-level",
                 .variable = "LLF_LOG_LEVEL",
                 .help = "debug, info, warn or error"},
                [](Settings& s) -> log::Level& { return s.log.level; }},
};

/// The section `inference` of Settings and of a Profile.
template <class Owner>
constexpr std::array kInference{
    Declared<Owner>{
        {.name = "inference.temperature",
         .flag = "--temperature",
         .variable = "LLF_TEMPERATURE",
         .help = "how freely words are chosen where a request does not say: 0 is always the "
                 "likeliest; null: as the engine does",
         .least = 0,
         .most = limits::kMostTemperature},
        [](Owner& o) -> std::optional<double>& { return o.inference.temperature; }},
    Declared<Owner>{
        {.name = "inference.max_tokens",
         .flag = "--max-tokens",
         .variable = "LLF_MAX_TOKENS",
         .help = "tokens of an answer at most; null: until it ends or the context is full",
         .least = 1,
         .most = limits::kMostContext},
        [](Owner& o) -> std::optional<std::int64_t>& { return o.inference.max_tokens; }},
    Declared<Owner>{{.name = "inference.top_p",
                     .flag = "--top-p",
                     .variable = "LLF_TOP_P",
                     .help = "only the likeliest tokens that have this share together",
                     .least = 0,
                     .most = 1},
                    [](Owner& o) -> std::optional<double>& { return o.inference.top_p; }},
    Declared<Owner>{{.name = "inference.top_k",
                     .flag = "--top-k",
                     .variable = "LLF_TOP_K",
                     .help = "only so many of the likeliest tokens; 0: all",
                     .least = 0,
                     .most = limits::kMostTopK},
                    [](Owner& o) -> std::optional<std::int64_t>& { return o.inference.top_k; }},
    Declared<Owner>{{.name = "inference.min_p",
                     .flag = "--min-p",
                     .variable = "LLF_MIN_P",
                     .help = "only tokens at least so likely, beside the likeliest",
                     .least = 0,
                     .most = 1},
                    [](Owner& o) -> std::optional<double>& { return o.inference.min_p; }},
    Declared<Owner>{{.name = "inference.repeat_penalty",
                     .flag = "--repeat-penalty",
                     .variable = "LLF_REPEAT_PENALTY",
                     .help = "makes words that came already less likely; 1: not",
                     .least = 0,
                     .most = limits::kMostPenalty},
                    [](Owner& o) -> std::optional<double>& { return o.inference.repeat_penalty; }},
    Declared<Owner>{
        {.name = "inference.presence_penalty",
         .flag = "--presence-penalty",
         .variable = "LLF_PRESENCE_PENALTY",
         .help = "the same as OpenAI has it: once for a word that came; 0: not",
         .least = -limits::kMostPenalty,
         .most = limits::kMostPenalty},
        [](Owner& o) -> std::optional<double>& { return o.inference.presence_penalty; }},
    Declared<Owner>{
        {.name = "inference.frequency_penalty",
         .flag = "--frequency-penalty",
         .variable = "LLF_FREQUENCY_PENALTY",
         .help = "the same for every time that a word came; 0: not",
         .least = -limits::kMostPenalty,
         .most = limits::kMostPenalty},
        [](Owner& o) -> std::optional<double>& { return o.inference.frequency_penalty; }},
    Declared<Owner>{{.name = "inference.seed",
                     .flag = "--seed",
                     .variable = "LLF_SEED",
                     .help = "where the dice begin: the same answer again; null: anywhere",
                     .least = 0,
                     .most = limits::kMostSeed},
                    [](Owner& o) -> std::optional<std::int64_t>& { return o.inference.seed; }},
};

constexpr std::array kOfProfiles{
    Declared<Profile>{{.name = "model",
                       .flag = "",
                       .variable = nullptr,
                       .help = "the model: a name that llf ls shows, or the path of a .gguf file",
                       .effect = Effect::workers},
                      [](Profile& p) -> std::string& { return p.model; }},
    Declared<Profile>{{.name = "prompt",
                       .flag = "",
                       .variable = nullptr,
                       .help = "its prompt template; empty: none"},
                      [](Profile& p) -> std::string& { return p.prompt; }},
    Declared<Profile>{{.name = "context",
                       .flag = "",
                       .variable = nullptr,
                       .help = "tokens that one conversation may have; null: as engine.context",
                       .effect = Effect::workers,
                       .least = limits::kLeastContext,
                       .most = limits::kMostContext},
                      [](Profile& p) -> std::optional<std::int64_t>& { return p.context; }},
    Declared<Profile>{{.name = "slots",
                       .flag = "",
                       .variable = nullptr,
                       .help = "requests that it answers at once; null: as engine.slots",
                       .effect = Effect::workers,
                       .least = 1,
                       .most = limits::kMostSlots},
                      [](Profile& p) -> std::optional<std::int64_t>& { return p.slots; }},
    Declared<Profile>{
        {.name = "keep_alive",
         .flag = "",
         .variable = nullptr,
         .help = "unused seconds until it leaves the memory; null: as models.keep_alive",
         .least = 0,
         .most = kSeconds},
        [](Profile& p) -> std::optional<std::chrono::seconds>& { return p.keep_alive; }},
    Declared<Profile>{{.name = "pinned",
                       .flag = "",
                       .variable = nullptr,
                       .help = "once loaded, it never makes room for another"},
                      [](Profile& p) -> bool& { return p.pinned; }},
    Declared<Profile>{
        {.name = "arguments",
         .flag = "",
         .variable = nullptr,
         .help = "further flags of llama-server; those of engine.arguments hold where these do "
                 "not say",
         .effect = Effect::workers,
         .form = Form::arguments},
        [](Profile& p) -> json::Object& { return p.arguments; }},
};

template <class Owner, std::size_t Count>
constexpr auto with_inference(const std::array<Declared<Owner>, Count>& others) {
  std::array<Declared<Owner>, Count + kInference<Owner>.size()> all{};
  std::ranges::copy(others, all.begin());
  std::ranges::copy(kInference<Owner>, all.begin() + Count);
  return all;
}

constexpr auto kDeclarations = with_inference(kBasics);
constexpr auto kProfileDeclarations = with_inference(kOfProfiles);

}  // namespace

std::span<const Declaration> declarations() {
  return kDeclarations;
}

std::span<const Declared<Profile>> profile_declarations() {
  return kProfileDeclarations;
}

template <>
std::span<const Declared<Settings>> declared<Settings>() {
  return kDeclarations;
}

template <>
std::span<const Declared<Profile>> declared<Profile>() {
  return kProfileDeclarations;
}

}  // namespace llf::config

#include "config/values.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"
#include "config/arguments.hpp"
#include "config/quoted.hpp"
#include "os/loopback.hpp"
#include "url/url.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>

namespace llf::config {
namespace {

/// The words of a type whose values are named.
template <class Type>
constexpr int kWords = 0;
template <>
constexpr std::array<std::string_view, 4> kWords<log::Level>{"debug", "info", "warn", "error"};
template <>
constexpr std::array<std::string_view, 3> kWords<Dialect>{"openai", "llama", "vllm"};

constexpr std::string_view kHidden = "***";

template <class T>
constexpr bool kOptional = false;
template <class T>
constexpr bool kOptional<std::optional<T>> = true;

template <class T>
struct Inside {
  using Type = T;
};
template <class T>
struct Inside<std::optional<T>> {
  using Type = T;
};

/// A value that is given, and how an error quotes it.
struct Given {
  json::Value value;
  std::string quoted;
  enum class By : std::uint8_t { file, word } by = By::file;
};

/// The value as an error quotes it.
std::string quoted_value(const json::Value& value) {
  if (is_reference(value)) return quoted(json::write(value));
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_double()) return fmt::format("{}", value.get_double());
  return quoted(json::write(value));
}

std::unexpected<Error> is_not(const Given& given, std::string_view accepted) {
  return failure(ErrorKind::invalid, fmt::format("{} is {}", given.quoted, accepted));
}

bool is_key_character(char c) {
  return c > ' ' && c < '\x7f';
}

Expected<void> check_host(const Given& given, const std::string& host) {
  switch (os::reach_of(host)) {
    case os::Reach::this_machine:
    case os::Reach::others:  // whether it may, depends on keys
      return {};
    case os::Reach::none:
      break;
  }
  return is_not(given, "not an IP address; 127.0.0.1 is this machine");
}

Expected<void> assign(std::string& target, const Facts& facts, const Given& given) {
  if (!given.value.is_string()) return is_not(given, "not a text in quotes");
  const std::string_view text = given.value.get_string();
  const bool relative = facts.form == Form::path && !text.empty() && !text.starts_with('/');
  if (relative && given.by == Given::By::file) {
    return failure(ErrorKind::invalid, not_absolute(given.quoted));
  }
  if (facts.form == Form::secret && !std::ranges::all_of(text, is_key_character)) {
    return is_not(given,
                  "no key: it must be one line of ASCII letters, digits and signs, without spaces");
  }
  if (facts.form == Form::url && !text.empty()) {
    if (const auto url = Url::parse(text); !url) return failure(url.error());
  }
  if (facts.form == Form::host) {
    if (auto checked = check_host(given, std::string(text)); !checked) return checked;
  }
  target = text;
  return {};
}

/// Numbers of any width, and seconds.
template <class Target>
  requires(std::integral<Target> && !std::same_as<Target, bool>) ||
          std::same_as<Target, std::chrono::seconds>
Expected<void> assign(Target& target, const Facts& facts, const Given& given) {
  boost::system::error_code error;
  const auto number = given.value.to_number<std::int64_t>(error);  // 8000.0 is one, 8000.5 is not
  if (error || static_cast<double>(number) < facts.least ||
      static_cast<double>(number) > facts.most) {
    return is_not(given, fmt::format("not a whole number from {} to {}", facts.least, facts.most));
  }
  target = static_cast<Target>(number);
  return {};
}

Expected<void> assign(double& target, const Facts& facts, const Given& given) {
  boost::system::error_code error;
  const auto number = given.value.to_number<double>(error);
  const bool fits = number >= facts.least && number <= facts.most;  // nan does not
  if (error || !fits) {
    return is_not(given, fmt::format("not a number from {} to {}", facts.least, facts.most));
  }
  target = number;
  return {};
}

template <std::same_as<bool> Target>
Expected<void> assign(Target& target, const Facts& /*facts*/, const Given& given) {
  if (!given.value.is_bool()) return is_not(given, "neither true nor false");
  target = given.value.get_bool();
  return {};
}

template <class Named>
  requires std::is_enum_v<Named>
Expected<void> assign(Named& target, const Facts& /*facts*/, const Given& given) {
  const auto& words = kWords<Named>;
  const std::string_view name =
      given.value.is_string() ? std::string_view(given.value.get_string()) : std::string_view();
  const auto* const word = std::ranges::find(words, name);
  if (word == words.end()) return is_not(given, fmt::format("none of {}", fmt::join(words, ", ")));
  target = static_cast<Named>(word - words.begin());
  return {};
}

/// Names, each once.
Expected<void> assign(json::Array& target, const Facts& /*facts*/, const Given& given) {
  if (!given.value.is_array()) return is_not(given, "not a list of names");
  const auto& names = given.value.get_array();
  if (names.size() > limits::kEndpointModels) {
    return is_not(given, fmt::format("longer than {} names", limits::kEndpointModels));
  }
  for (const auto& name : names) {
    const bool is_name = name.is_string() && !name.get_string().empty() &&
                         name.get_string().size() <= limits::kModelName;
    if (!is_name) {
      return is_not(given, fmt::format("not a list of names: each is a text of 1 to {} bytes",
                                       limits::kModelName));
    }
  }
  target = names;
  return {};
}

Expected<void> assign(json::Object& target, const Facts& facts, const Given& given) {
  if (!given.value.is_object()) return is_not(given, "not an object");
  const auto& members = given.value.get_object();
  auto checked = facts.form == Form::arguments ? check_arguments(members) : check_texts(members);
  if (!checked) return checked;
  target = members;
  return {};
}

template <class Value>
Expected<void> assign(std::optional<Value>& target, const Facts& facts, const Given& given) {
  if (given.value.is_null()) {
    target.reset();
    return {};
  }
  Value value{};
  auto done = assign(value, facts, given);
  if (done) target = value;
  return done;
}

/// For a member of type Target.
template <class Target>
json::Value parsed_word(std::string_view word) {
  using Type = typename Inside<Target>::Type;
  if constexpr (kOptional<Target>) {
    if (word.empty() || word == "null") return nullptr;
  }
  if constexpr (std::same_as<Type, bool>) {
    if (word == "true" || word == "false") return word == "true";
  } else if constexpr (std::same_as<Type, double>) {
    if (const auto number = parse_number<double>(word)) return *number;
  } else if constexpr (std::integral<Type> || std::same_as<Type, std::chrono::seconds>) {
    if (const auto number = parse_number<std::int64_t>(word)) return *number;
  } else if constexpr (std::same_as<Type, json::Object> || std::same_as<Type, json::Array>) {
    if (auto value = json::parse(word)) return *std::move(value);
  }
  return json::Value(word);
}

template <class Owner, class Use>
auto use_field(Owner& owner, const Declared<Owner>& declared, Use use) {
  return std::visit([&](auto field) { return use(field(owner)); }, declared.field);
}

/// Sets a setting; `owner` is as before where that fails.
template <class Owner>
Expected<void> take(Owner& owner, const Declared<Owner>& declared, Given given) {
  if (declared.form == Form::secret) given.quoted = "the value";
  auto done =
      use_field(owner, declared, [&](auto& target) { return assign(target, declared, given); });
  if (done) owner.references.erase(std::string(declared.name));
  return done;
}

template <class Target>
json::Value written(const Target& value) {
  if constexpr (kOptional<Target>) {
    return value ? written(*value) : json::Value(nullptr);
  } else if constexpr (std::is_enum_v<Target>) {
    return json::Value(kWords<Target>.at(static_cast<std::size_t>(value)));
  } else if constexpr (std::same_as<Target, std::chrono::seconds>) {
    return json::Value(value.count());
  } else if constexpr (std::integral<Target> && !std::same_as<Target, bool>) {
    return json::Value(std::int64_t{value});
  } else {
    return json::Value(value);
  }
}

template <class Target>
json::Object typed_schema(const Facts& facts) {
  using Type = typename Inside<Target>::Type;
  const auto type = [](std::string_view name) {
    return kOptional<Target> ? json::Value(json::Array{name, "null"}) : json::Value(name);
  };
  if constexpr (std::same_as<Type, bool>) {
    return {{"type", type("boolean")}};
  } else if constexpr (std::is_enum_v<Type>) {
    return {{"enum", json::Array(kWords<Type>.begin(), kWords<Type>.end())}};
  } else if constexpr (std::same_as<Type, std::string>) {
    return {{"type", type("string")}};
  } else if constexpr (std::same_as<Type, double>) {
    return {{"type", type("number")}, {"minimum", facts.least}, {"maximum", facts.most}};
  } else if constexpr (std::same_as<Type, json::Object>) {
    return {{"type", type("object")}};
  } else if constexpr (std::same_as<Type, json::Array>) {
    return {{"type", type("array")}, {"items", json::Object{{"type", "string"}}}};
  } else {
    return {{"type", type("integer")},
            {"minimum", static_cast<std::int64_t>(facts.least)},
            {"maximum", static_cast<std::int64_t>(facts.most)}};
  }
}

}  // namespace

template <class Owner>
Expected<void> set(Owner& owner, const Declared<Owner>& declared, const json::Value& value,
                   const LookUp& look_up) {
  if (has_members(declared) || !is_reference(value)) {
    return take(owner, declared, {.value = value, .quoted = quoted_value(value)});
  }
  const auto reference = read_reference(value);
  const auto word = reference ? look_up(*reference) : failure(reference.error());
  if (!word) return failure(word.error());
  // It is the reference that is shown, in errors too: what it stands for may be a secret, whatever
  // the setting.
  if (*word) {
    auto taken = take(owner, declared,
                      {.value = value_of_word(declared, **word),
                       .quoted = quoted_value(value),
                       .by = Given::By::word});
    if (!taken) return taken;
  }
  owner.references.insert_or_assign(std::string(declared.name), value);
  return {};
}

template <class Owner>
Expected<void> set_word(Owner& owner, const Declared<Owner>& declared, std::string_view word) {
  return take(owner, declared,
              {.value = value_of_word(declared, word),
               .quoted = quoted(fmt::format("'{}'", word)),
               .by = Given::By::word});
}

template <class Owner>
json::Value value_of(const Owner& owner, const Declared<Owner>& declared) {
  auto copy = owner;
  return use_field(copy, declared, [](const auto& value) { return written(value); });
}

template <class Owner>
json::Value shown_value(const Owner& owner, const Declared<Owner>& declared) {
  auto value = value_of(owner, declared);
  const auto reference = owner.references.find(declared.name);
  const bool is_reference = reference != owner.references.end();
  if (declared.form == Form::secret) {
    return is_reference || !value.get_string().empty() ? json::Value(kHidden) : std::move(value);
  }
  return is_reference ? reference->second : std::move(value);
}

template <class Owner>
json::Value value_of_word(const Declared<Owner>& declared, std::string_view word) {
  return std::visit(
      [word]<class Target>(Target& (* /*field*/)(Owner&)) { return parsed_word<Target>(word); },
      declared.field);
}

template <class Owner>
json::Object schema_of(const Declared<Owner>& declared) {
  return std::visit(
      [&]<class Target>(Target& (* /*field*/)(Owner&)) { return typed_schema<Target>(declared); },
      declared.field);
}

template Expected<void> set(Settings&, const Declared<Settings>&, const json::Value&,
                            const LookUp&);
template Expected<void> set_word(Settings&, const Declared<Settings>&, std::string_view);
template json::Value value_of(const Settings&, const Declared<Settings>&);
template json::Value shown_value(const Settings&, const Declared<Settings>&);
template json::Value value_of_word(const Declared<Settings>&, std::string_view);
template json::Object schema_of(const Declared<Settings>&);
template Expected<void> set(Profile&, const Declared<Profile>&, const json::Value&, const LookUp&);
template Expected<void> set_word(Profile&, const Declared<Profile>&, std::string_view);
template json::Value value_of(const Profile&, const Declared<Profile>&);
template json::Value shown_value(const Profile&, const Declared<Profile>&);
template json::Value value_of_word(const Declared<Profile>&, std::string_view);
template json::Object schema_of(const Declared<Profile>&);
template Expected<void> set(Endpoint&, const Declared<Endpoint>&, const json::Value&,
                            const LookUp&);
template Expected<void> set_word(Endpoint&, const Declared<Endpoint>&, std::string_view);
template json::Value value_of(const Endpoint&, const Declared<Endpoint>&);
template json::Value shown_value(const Endpoint&, const Declared<Endpoint>&);
template json::Value value_of_word(const Declared<Endpoint>&, std::string_view);
template json::Object schema_of(const Declared<Endpoint>&);

}  // namespace llf::config

#include "cli/arguments.hpp"

#include "base/nearest.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace llf::cli {
namespace {

constexpr std::array kGlobalOptions{
    OptionSpec{.name = "--home", .short_name = "", .value = "DIR"},
    OptionSpec{.name = "--json", .short_name = "", .value = ""},
    OptionSpec{.name = "--help", .short_name = "-h", .value = ""},
    OptionSpec{.name = "--version", .short_name = "", .value = ""},
};

// The parser library sees this mark and a number in the place of every word that is no option: it
// would take some of them for lists or for options.
constexpr char kMark = '\x01';

bool is_option(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && word.find_first_of(" \t\r\n") == std::string::npos;
}

/// As the library wants it: the last word first.
std::vector<std::string> masked(std::span<const std::string> words) {
  std::vector<std::string> out;
  bool options = true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (options && word == "--") {
      options = false;
      continue;
    }
    const bool assignment = word.starts_with("--") && word.find('=') > 2 && word.contains('=');
    if (options && (is_option(word) || assignment)) {
      out.push_back(word);
    } else {
      out.push_back(kMark + std::to_string(i));
    }
  }
  std::ranges::reverse(out);
  return out;
}

std::string unmasked(const std::string& word, std::span<const std::string> words) {
  if (!word.starts_with(kMark)) return word;
  std::size_t index = 0;
  std::from_chars(word.data() + 1, word.data() + word.size(), index);
  return index < words.size() ? words[index] : word;
}

std::vector<OptionSpec> all_options(const ArgumentSpec& spec) {
  std::vector<OptionSpec> all(spec.options.begin(), spec.options.end());
  all.insert(all.end(), kGlobalOptions.begin(), kGlobalOptions.end());
  return all;
}

std::unexpected<Error> usage(const ArgumentSpec& spec, std::string_view message) {
  return failure(ErrorKind::invalid, fmt::format("{0}\nTry 'llf {1}{2}--help'.", message,
                                                 spec.command, spec.command.empty() ? "" : " "));
}

Expected<void> refuse_extras(const ArgumentSpec& spec, std::span<const std::string> extras,
                             std::span<const OptionSpec> options) {
  for (const auto& extra : extras) {
    if (!is_option(extra)) continue;
    std::vector<std::string> names;
    for (const auto& option : options) names.emplace_back(option.name);
    const auto name = extra.substr(0, extra.find('='));
    return usage(spec, fmt::format("there is no option '{}'.{}", name, did_you_mean(name, names)));
  }
  return {};
}

Expected<void> check_words(const ArgumentSpec& spec, const Arguments& arguments) {
  if (arguments.words().size() <= spec.max_words) return {};
  return usage(spec, fmt::format("one word too many: '{}'", arguments.words()[spec.max_words]));
}

}  // namespace

std::span<const OptionSpec> global_options() {
  return kGlobalOptions;
}

bool Arguments::has(std::string_view option) const {
  return values_.contains(option);
}

std::optional<std::string> Arguments::text(std::string_view option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

void Arguments::set(std::string_view option, std::string value) {
  values_.insert_or_assign(std::string(option), std::move(value));
}

Expected<std::optional<double>> Arguments::number(std::string_view option, double least,
                                                  double most) const {
  const auto value = text(option);
  if (!value) return std::nullopt;
  double number = 0;
  const auto* end = value->data() + value->size();
  const auto [stopped, code] = std::from_chars(value->data(), end, number);
  if (code == std::errc() && stopped == end && number >= least && number <= most) return number;
  return failure(ErrorKind::invalid, fmt::format("{} must be a number from {} to {}, not '{}'",
                                                 option, least, most, *value));
}

Expected<std::optional<std::int64_t>> Arguments::integer(std::string_view option,
                                                         std::int64_t least,
                                                         std::int64_t most) const {
  const auto value = text(option);
  if (!value) return std::nullopt;
  std::int64_t number = 0;
  const auto* end = value->data() + value->size();
  const auto [stopped, code] = std::from_chars(value->data(), end, number);
  if (code == std::errc() && stopped == end && number >= least && number <= most) return number;
  return failure(ErrorKind::invalid,
                 fmt::format("{} must be a whole number from {} to {}, not '{}'", option, least,
                             most, *value));
}

Expected<Arguments> parse_arguments(const ArgumentSpec& spec, std::span<const std::string> words) {
  const auto options = all_options(spec);
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<CLI::Option*> handles;
  std::vector<std::string> values(options.size());
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto& option = options[i];
    auto names = std::string(option.name);
    if (!option.short_name.empty()) names += "," + std::string(option.short_name);
    auto* handle = option.value.empty() ? app.add_flag(names) : app.add_option(names, values[i]);
    handles.push_back(handle->multi_option_policy(CLI::MultiOptionPolicy::TakeLast));
  }
  try {
    app.parse(masked(words));
  } catch (const CLI::ArgumentMismatch&) {
    // The library's words are for programmers; a value is missing at the end of the line.
    const auto& last = words.back();
    return usage(spec, fmt::format("'{}' needs a value", last.substr(0, last.find('='))));
  } catch (const CLI::ParseError& error) {
    return usage(spec, error.what());
  }
  Arguments out;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (handles[i]->count() == 0) continue;
    out.set(options[i].name, options[i].value.empty() ? "" : unmasked(values[i], words));
  }
  const auto extras = app.remaining();
  if (auto ok = refuse_extras(spec, extras, options); !ok && !out.has("--help")) {
    return failure(ok.error());
  }
  for (const auto& extra : extras) out.add_word(unmasked(extra, words));
  if (auto ok = check_words(spec, out); !ok && !out.has("--help")) return failure(ok.error());
  return out;
}

}  // namespace llf::cli

#include "cli/arguments.hpp"

#include "base/nearest.hpp"
#include "base/number.hpp"

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

// The parser library sees this mark and a number in the place of every word that is no option, and
// of the value in "--name=value": it would take some of them for lists or for options, and the word
// behind an empty value for that value.
constexpr char kMark = '\x01';

/// A line as the library gets it.
struct MaskedLine {
  std::vector<std::string> words;   ///< the last one first
  std::vector<std::string> hidden;  ///< what the marks stand for
};

/// "-1" is a number, and no option begins like one.
bool is_option(std::string_view word) {
  constexpr std::string_view kBeginNumbers = "0123456789.";
  return word.size() > 1 && word[0] == '-' && !kBeginNumbers.contains(word[1]) &&
         word.find_first_of(" \t\r\n") == std::string::npos;
}

bool takes_value(std::string_view name, std::span<const OptionSpec> options) {
  return std::ranges::any_of(options, [&](const OptionSpec& option) {
    return option.name == name && !option.value.empty();
  });
}

MaskedLine masked(std::span<const std::string> words, std::span<const OptionSpec> known) {
  MaskedLine line;
  const auto hide = [&line](std::string text) {
    line.words.push_back(kMark + std::to_string(line.hidden.size()));
    line.hidden.push_back(std::move(text));
  };
  bool options = true;
  for (const auto& word : words) {
    if (options && word == "--") {
      options = false;
      continue;
    }
    const auto equals = word.find('=');
    const bool assignment = word.starts_with("--") && equals > 2 && equals != std::string::npos;
    if (options && assignment && takes_value(word.substr(0, equals), known)) {
      line.words.push_back(word.substr(0, equals));
      hide(word.substr(equals + 1));
    } else if (options && (is_option(word) || assignment)) {
      line.words.push_back(word);
    } else {
      hide(word);
    }
  }
  std::ranges::reverse(line.words);
  return line;
}

std::string unmasked(const std::string& word, std::span<const std::string> hidden) {
  if (!word.starts_with(kMark)) return word;
  std::size_t index = 0;
  std::from_chars(word.data() + 1, word.data() + word.size(), index);
  return index < hidden.size() ? hidden[index] : word;
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
  const auto number = parse_number<double>(*value);
  if (number && *number >= least && *number <= most) return number;
  return failure(ErrorKind::invalid, fmt::format("{} must be a number from {} to {}, not '{}'",
                                                 option, least, most, *value));
}

Expected<std::optional<std::int64_t>> Arguments::integer(std::string_view option,
                                                         std::int64_t least,
                                                         std::int64_t most) const {
  const auto value = text(option);
  if (!value) return std::nullopt;
  const auto number = parse_number<std::int64_t>(*value);
  if (number && *number >= least && *number <= most) return number;
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
  auto line = masked(words, options);
  try {
    app.parse(std::move(line.words));
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
    out.set(options[i].name, options[i].value.empty() ? "" : unmasked(values[i], line.hidden));
  }
  const auto extras = app.remaining();
  if (auto ok = refuse_extras(spec, extras, options); !ok && !out.has("--help")) {
    return failure(ok.error());
  }
  for (const auto& extra : extras) out.add_word(unmasked(extra, line.hidden));
  if (auto ok = check_words(spec, out); !ok && !out.has("--help")) return failure(ok.error());
  return out;
}

}  // namespace llf::cli

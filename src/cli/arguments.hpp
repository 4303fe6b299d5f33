#pragma once

#include "base/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llf::cli {

/// One option of a command.
struct OptionSpec {
  std::string_view name;        ///< "--model"
  std::string_view short_name;  ///< "-m", or empty
  std::string_view value;       ///< "NAME": it takes a value; empty: it is a flag
};

/// What may follow a command's name.
struct ArgumentSpec {
  std::string_view command;  ///< "server start", for messages
  std::span<const OptionSpec> options;
  std::size_t max_words = 0;  ///< arguments that are no options
};

/// A command line that was understood.
class Arguments {
 public:
  [[nodiscard]] bool has(std::string_view option) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view option) const;

  /// The value as a number. `invalid`, in the user's words, when it is none or out of range.
  [[nodiscard]] Expected<std::optional<double>> number(std::string_view option, double least,
                                                       double most) const;
  [[nodiscard]] Expected<std::optional<std::int64_t>> integer(std::string_view option,
                                                              std::int64_t least,
                                                              std::int64_t most) const;

  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

  /// For parse_arguments and tests.
  void set(std::string_view option, std::string value);
  void add_word(std::string word) { words_.push_back(std::move(word)); }

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> words_;
};

/// The options that every command takes, anywhere on the line: --home, --json, --help, --version.
[[nodiscard]] std::span<const OptionSpec> global_options();

/// Reads what follows the command's name: its own options and the global ones in any order, "--"
/// before words that begin with a dash. A word that holds white space is never an option, so that a
/// prompt may begin with a dash. Only these options are given to the parser library. Errors:
/// `invalid`, in the user's words, with the nearest option.
[[nodiscard]] Expected<Arguments> parse_arguments(const ArgumentSpec& spec,
                                                  std::span<const std::string> words);

}  // namespace llf::cli

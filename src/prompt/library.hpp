#pragma once

#include "base/expected.hpp"
#include "prompt/template.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::prompt {

/// Where a template comes from.
enum class Source : std::uint8_t { own, shipped };

/// "own", "shipped".
[[nodiscard]] std::string_view to_string(Source source);

/// A template of a library, by its name.
struct Entry {
  std::string name;
  Source source = Source::own;
  Expected<Template> content;  ///< or what is wrong with its file
};

/// The prompt templates of a user: *.json files of two folders. One of the user's own hides a
/// shipped one of the same name. Nothing is kept in memory: what is on disk counts. Blocks. Any
/// thread.
class Library {
 public:
  /// Folders need not exist. `shipped` is only read.
  Library(std::filesystem::path own, std::filesystem::path shipped);

  /// All of them, by name; files whose names no template may have are passed over. At most
  /// limits::kPromptFiles. Errors: a folder that may not be read.
  [[nodiscard]] Expected<std::vector<Entry>> list() const;

  /// Errors: `not_found`, with the nearest names; those of parse_template, with the file's path;
  /// those of os::read_file.
  [[nodiscard]] Expected<Template> find(std::string_view name) const;

  /// The file that `find` reads. Errors: `not_found`, with the nearest names.
  [[nodiscard]] Expected<std::filesystem::path> file_of(std::string_view name) const;

  /// The file of the user's own template of that name (one that a template may have), be it there
  /// or not.
  [[nodiscard]] std::filesystem::path own_file(std::string_view name) const;

  /// What is done with one of the same name that is there.
  enum class Existing : std::uint8_t { refuse, replace };

  /// Writes it to the user's folder, durably and whole or not at all; what is replaced is kept in
  /// backups/, beside it. A link stays one. Errors: `invalid` for a name that no template may have;
  /// those of parse_template for what could not be read again; `conflict` when there is one of the
  /// user's own and `existing` is refuse; those of files and locks.
  [[nodiscard]] Expected<void> save(const Template& source, Existing existing) const;

  /// The same with the text of a file, comments included. Errors: also those of parse_template.
  [[nodiscard]] Expected<void> save_text(std::string_view name, std::string_view text,
                                         Existing existing) const;

  /// save_text for a template that somebody has edited meanwhile: `conflict` when the user's own
  /// one is not `before` any more (nothing: there was none).
  [[nodiscard]] Expected<void> change_text(std::string_view name,
                                           const std::optional<std::string>& before,
                                           std::string_view text) const;

  /// Moves the user's own template to backups/ and returns where it is now. Errors: `not_found`;
  /// `conflict` for one that is only shipped; those of files.
  [[nodiscard]] Expected<std::filesystem::path> remove(std::string_view name) const;

 private:
  /// Asked about the user's own template as it is (nothing: there is none) before it is replaced.
  using May = std::function<Expected<void>(const std::optional<std::string>& now)>;
  [[nodiscard]] Expected<void> write(std::string_view name, std::string_view text,
                                     const May& may) const;

  std::filesystem::path own_;
  std::filesystem::path shipped_;
};

}  // namespace llf::prompt

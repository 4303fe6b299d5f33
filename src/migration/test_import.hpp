#pragma once

#include "config/reader.hpp"
#include "json/json.hpp"
#include "migration/import.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace llf::migration {

/// For tests: imports texts of a project in /llf, whose files are `files`, and checks what every
/// import promises.
class ImportTest : public ::testing::Test {
 protected:
  static std::string line(const Note& note) {
    return note.key + " | " + std::string(to_string(note.outcome)) + " | " + note.to + " | " +
           note.why;
  }

  /// Takes the text over and keeps what came of it.
  void read(std::string_view text) {
    auto imported = import_config(text, around_);
    ASSERT_TRUE(imported) << imported.error().message;
    import_ = std::move(*imported);
    const auto written = json::write(import_.settings);
    const auto settings = config::read_settings(written, {}, config::look_up_nothing());
    EXPECT_TRUE(settings) << settings.error().message << "\n" << written;
    if (settings) settings_ = settings->settings;
    for (const auto& note : import_.notes) {
      EXPECT_NE(note.outcome == Outcome::taken, note.to.empty()) << line(note);
      EXPECT_FALSE(note.to.empty() && note.why.empty()) << line(note);
    }
  }

  /// The only note of a key.
  [[nodiscard]] std::string note(std::string_view key) const {
    std::string found;
    for (const auto& one : import_.notes) {
      if (one.key == key) found += line(one).substr(key.size() + 3);
    }
    return found;
  }

  [[nodiscard]] std::string settings_text() const { return json::write(import_.settings); }

  std::set<std::string> files_;
  Surroundings around_{.root = "/llf", .is_file = [this](const std::filesystem::path& path) {
                         return files_.contains(path.native());
                       }};
  Import import_;
  config::Settings settings_;
};

}  // namespace llf::migration

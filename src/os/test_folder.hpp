#pragma once

#include "base/assert.hpp"

#include <filesystem>
#include <stdlib.h>
#include <string>
#include <system_error>

namespace llf::os {

/// For tests of any module: a new, empty folder (0700) that is removed with its content.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "llf-test-XXXXXX").native();
    LLF_ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace llf::os

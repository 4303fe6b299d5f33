#pragma once

#include "os/unique_fd.hpp"
#include "store/tar.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace llf::store {

/// An archive of files with these names and contents, in this order.
inline void write_tar(const std::filesystem::path& path,
                      const std::vector<std::pair<std::string, std::string>>& files) {
  const os::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  ASSERT_TRUE(fd);
  DiskWrite disk(fd.get(), path);
  TarWriter tar(disk);
  for (const auto& [name, content] : files) {
    ASSERT_TRUE(tar.begin({.name = name, .size = content.size()}));
    ASSERT_TRUE(tar.write(content));
  }
  ASSERT_TRUE(tar.end());
}

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The type of the entry whose header stands there, and what it links to.
inline void make_other(std::string& archive, std::size_t header, char type) {
  constexpr std::size_t kChecksum = 148;
  constexpr std::size_t kType = 156;
  constexpr std::size_t kBlock = 512;
  archive[header + kType] = type;
  archive.replace(header + kType + 1, 11, "/etc/passwd");
  archive.replace(header + kChecksum, 8, 8, ' ');
  unsigned sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) sum += static_cast<unsigned char>(archive[header + i]);
  for (std::size_t i = 0; i < 6; ++i) {
    archive[header + kChecksum + 5 - i] = static_cast<char>('0' + (sum >> (3 * i)) % 8);
  }
  archive[header + kChecksum + 6] = '\0';
}

}  // namespace llf::store

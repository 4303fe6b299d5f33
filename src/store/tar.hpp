#pragma once

#include "base/expected.hpp"
#include "store/disk_write.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <sys/types.h>

struct archive;  // of libarchive

namespace llf::store {

/// A plain file of an archive.
struct TarEntry {
  std::string name;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  ///< seconds since 1970
};

/// Writes plain files into a tar archive (pax interchange format, POSIX.1-2001). One thread.
class TarWriter {
 public:
  /// What it writes goes to the file at once: its length is the place in the archive.
  explicit TarWriter(DiskWrite& disk);
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;
  ~TarWriter();

  /// What is written next is the content of this file; the one before must be whole. Errors: those
  /// of DiskWrite::write; `invalid` for a name that no archive can have.
  [[nodiscard]] Expected<void> begin(const TarEntry& entry);
  [[nodiscard]] Expected<void> write(std::span<const char> bytes);
  /// After the last file.
  [[nodiscard]] Expected<void> end();

 private:
  struct Sink {
    DiskWrite& disk;
    std::optional<Error> error;  ///< after one nothing is written
    static ssize_t take(archive* writer, void* sink, const void* bytes, std::size_t size);
  };

  /// What a call comes to that returned `code`.
  [[nodiscard]] Expected<void> outcome(int code) const;

  Sink sink_;
  archive* writer_;
};

/// Reads an untrusted tar archive. Errors: `corrupt` for what is cut, damaged or no archive,
/// and for an entry that is no plain file with a name; those of files. One thread.
class TarReader {
 public:
  /// Reads from `fd`, which is the file `path` in errors, and stays open.
  TarReader(int fd, std::filesystem::path path);

  /// The next file; nothing at the end of the archive.
  [[nodiscard]] Expected<std::optional<TarEntry>> next();
  /// Bytes of its content, 0 at its end.
  [[nodiscard]] Expected<std::size_t> read(std::span<char> bytes);

 private:
  struct Free {
    void operator()(archive* reader) const;
  };

  [[nodiscard]] Error error() const;

  std::filesystem::path path_;
  std::unique_ptr<archive, Free> reader_;
};

}  // namespace llf::store

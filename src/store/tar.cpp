#include "store/tar.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "os/file_error.hpp"

#include <fmt/format.h>

#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <sys/stat.h>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kEntryMode = 0644;

using TarHeader = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

/// Whether the number that libarchive gives is one of the system: it says EILSEQ, or a negative
/// one, of what is wrong in an archive.
bool is_system_error(int number) {
  return number > 0 && number != EILSEQ;
}

std::unexpected<Error> not_plain(const fs::path& path, std::string_view name) {
  return failure(ErrorKind::corrupt,
                 fmt::format("{}: '{}' is no plain file with a name", path.native(), name));
}

}  // namespace

ssize_t TarWriter::Sink::take(archive*, void* sink, const void* bytes, std::size_t size) {
  auto& self = *static_cast<Sink*>(sink);
  if (!self.error) {
    const auto put = self.disk.write({static_cast<const char*>(bytes), size});
    if (!put) self.error = put.error();
  }
  // Never a failure: libarchive leaks the writer's memory after one. It is told apart in `outcome`.
  return static_cast<ssize_t>(size);
}

TarWriter::TarWriter(DiskWrite& disk)
    : sink_{.disk = disk, .error = {}}, writer_(archive_write_new()) {
  LLF_ASSERT(writer_ != nullptr);
  LLF_ASSERT(archive_write_set_format_pax_restricted(writer_) == ARCHIVE_OK);
  LLF_ASSERT(archive_write_add_filter_none(writer_) == ARCHIVE_OK);
  LLF_ASSERT(archive_write_set_bytes_per_block(writer_, 0) == ARCHIVE_OK);
  LLF_ASSERT(archive_write_open(writer_, &sink_, nullptr, &Sink::take, nullptr) == ARCHIVE_OK);
}

TarWriter::~TarWriter() {
  // It completes an archive that was given up: into nothing.
  if (!sink_.error) sink_.error = Error{.kind = ErrorKind::cancelled, .message = {}};
  archive_write_free(writer_);
}

Expected<void> TarWriter::outcome(int code) const {
  if (sink_.error) return failure(*sink_.error);
  if (code == ARCHIVE_OK) return {};
  const auto* const text = archive_error_string(writer_);
  return failure(ErrorKind::invalid, text != nullptr ? text : "it cannot be in an archive");
}

Expected<void> TarWriter::begin(const TarEntry& entry) {
  const TarHeader header(archive_entry_new(), archive_entry_free);
  LLF_ASSERT(header != nullptr);
  archive_entry_set_pathname(header.get(), entry.name.c_str());
  archive_entry_set_size(header.get(), static_cast<la_int64_t>(entry.size));
  archive_entry_set_mtime(header.get(), entry.modified, 0);
  archive_entry_set_filetype(header.get(), AE_IFREG);
  archive_entry_set_perm(header.get(), kEntryMode);
  return outcome(archive_write_header(writer_, header.get()));
}

Expected<void> TarWriter::write(std::span<const char> bytes) {
  const auto written = archive_write_data(writer_, bytes.data(), bytes.size());
  return outcome(std::cmp_equal(written, bytes.size()) ? ARCHIVE_OK : ARCHIVE_FATAL);
}

Expected<void> TarWriter::end() {
  return outcome(archive_write_close(writer_));
}

void TarReader::Free::operator()(archive* reader) const {
  archive_read_free(reader);
}

TarReader::TarReader(int fd, fs::path path) : path_(std::move(path)), reader_(archive_read_new()) {
  LLF_ASSERT(reader_ != nullptr);
  LLF_ASSERT(archive_read_support_format_tar(reader_.get()) == ARCHIVE_OK);
  // What it cannot read here it says at the first entry again.
  static_cast<void>(archive_read_open_fd(reader_.get(), fd, limits::kHashRead.bytes()));
}

Error TarReader::error() const {
  const int number = archive_errno(reader_.get());
  if (is_system_error(number)) {
    return os::file_error("reading", path_, os::FileUse::read, number);
  }
  return Error{.kind = ErrorKind::corrupt,
               .message = fmt::format("{} is cut or damaged: copy it again", path_.native())};
}

Expected<std::optional<TarEntry>> TarReader::next() {
  archive_entry* header = nullptr;
  const int code = archive_read_next_header(reader_.get(), &header);
  if (code == ARCHIVE_EOF) return std::nullopt;
  if (code != ARCHIVE_OK) return failure(error());
  const char* const name = archive_entry_pathname(header);
  const bool plain =
      archive_entry_filetype(header) == AE_IFREG && archive_entry_hardlink(header) == nullptr &&
      archive_entry_symlink(header) == nullptr && archive_entry_sparse_count(header) == 0;
  if (name == nullptr || !plain || archive_entry_size(header) < 0) {
    return not_plain(path_, name == nullptr ? "" : name);
  }
  return TarEntry{.name = name,
                  .size = static_cast<std::uint64_t>(archive_entry_size(header)),
                  .modified = archive_entry_mtime(header)};
}

Expected<std::size_t> TarReader::read(std::span<char> bytes) {
  const auto got = archive_read_data(reader_.get(), bytes.data(), bytes.size());
  if (got < 0) return failure(error());
  return static_cast<std::size_t>(got);
}

}  // namespace llf::store

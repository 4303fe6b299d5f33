// A manifest that is read names only files that stay in their place, and is written and read as the
// same. Whatever an archive is, its entries have names and no more bytes than they say.
#include "os/unique_fd.hpp"
#include "store/bundle.hpp"
#include "store/hub_repository.hpp"
#include "store/tar.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace llf::fuzz {
namespace {

void check_manifest(const store::BundleManifest& manifest) {
  LLF_ASSERT(!manifest.files.empty() && !manifest.files.front().is_text());
  std::set<std::string> names{std::string(store::kManifestName)};
  for (const auto& file : manifest.files) {
    LLF_ASSERT(store::check_file_path(file.name) && names.insert(file.name).second);
    LLF_ASSERT(file.is_text() || store::check_file_path(file.path));
  }
  LLF_ASSERT(manifest.repository.empty() || store::RepositoryName::parse(manifest.repository));
  LLF_ASSERT(manifest.commit.empty() || store::is_commit(manifest.commit));
  const auto text = store::write_manifest(manifest);
  const auto again = store::read_manifest(text);
  LLF_ASSERT(again && store::write_manifest(*again) == text);
}

void check_archive(std::string_view bytes) {
  const os::UniqueFd fd(::memfd_create("bundle", MFD_CLOEXEC));
  LLF_ASSERT(fd &&
             ::write(fd.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  LLF_ASSERT(::lseek(fd.get(), 0, SEEK_SET) == 0);
  store::TarReader tar(fd.get(), "bundle");
  for (;;) {
    const auto entry = tar.next();
    if (!entry || !*entry) return;
    std::array<char, 4096> block{};
    std::uint64_t size = 0;
    for (;;) {
      const auto got = tar.read(block);
      if (!got || *got == 0) break;
      size += *got;
    }
    LLF_ASSERT(size <= (*entry)->size && size <= bytes.size());
  }
}

}  // namespace

void check(std::string_view input) {
  if (const auto manifest = store::read_manifest(input)) check_manifest(*manifest);
  check_archive(input);
}

}  // namespace llf::fuzz

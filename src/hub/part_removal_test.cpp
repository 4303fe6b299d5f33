#include "hub/part_removal.hpp"

#include "hub/part_file.hpp"
#include "os/file_lock.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace llf::hub {
namespace {

namespace fs = std::filesystem;

class PartRemovalTest : public testing::Test {
 protected:
  void put_parts() {
    fs::create_directories(place_.parent_path());
    std::ofstream(PartFile::part_of(place_)) << "some";
    std::ofstream(PartFile::journal_of(place_)) << "notes";
  }
  [[nodiscard]] bool is_left() const {
    return fs::exists(PartFile::part_of(place_)) || fs::exists(PartFile::journal_of(place_));
  }

  os::TestFolder folder_;
  fs::path place_ = folder_ / "hub/models--o--r/blobs/content";
};

TEST_F(PartRemovalTest, what_somebody_fetches_stays) {
  put_parts();
  const auto locks = folder_ / "hub/.locks/models--o--r";
  fs::create_directories(locks);
  {
    const auto lock = os::FileLock::try_acquire(locks / "content.lock");
    ASSERT_TRUE(lock && *lock);
    remove_part(place_);
    EXPECT_TRUE(is_left());
  }
  remove_part(place_);
  EXPECT_FALSE(is_left());
}

TEST_F(PartRemovalTest, goes_where_there_are_no_locks) {
  put_parts();
  remove_part(place_);
  EXPECT_FALSE(is_left());
  place_ = folder_ / "models/m.gguf";
  put_parts();
  remove_part(place_);
  EXPECT_FALSE(is_left());
}

}  // namespace
}  // namespace llf::hub

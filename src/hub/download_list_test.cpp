#include "hub/download_list.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace llf::hub {
namespace {

TEST(DownloadList, is_kept_for_the_next_daemon) {
  const os::TestFolder folder;
  const std::vector<ListedDownload> downloads{
      {.model = "o/r:Q4_0", .size = 100, .done = 30, .places = {"/hub/a", "/hub/b"}},
      {.model = "o/r:Q8_0", .size = 0, .done = 0, .places = {}}};
  save_download_list(folder / "data/downloads.json", downloads);
  EXPECT_EQ(load_download_list(folder / "data/downloads.json"), downloads);
}

TEST(DownloadList, what_is_no_such_file_is_no_download) {
  const os::TestFolder folder;
  const auto file = folder / "downloads.json";
  EXPECT_TRUE(load_download_list(file).empty());
  for (const auto* text :
       {"", "{", "[]", R"({"downloads":3})", R"({"downloads":[1,{"size":3}]})"}) {
    std::ofstream(file) << text;
    EXPECT_TRUE(load_download_list(file).empty()) << text;
  }
  std::ofstream(file) << R"({"downloads":[{"model":"m","size":-1,"places":[1,"/a"]}]})";
  EXPECT_EQ(load_download_list(file),
            (std::vector<ListedDownload>{{.model = "m", .size = 0, .done = 0, .places = {"/a"}}}));
}

}  // namespace
}  // namespace llf::hub

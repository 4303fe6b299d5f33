#include "hub/download_list.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace llf::hub {
namespace {

TEST(DownloadList, is_kept_for_the_next_daemon) {
  const os::TestFolder folder;
  const std::vector<ListedDownload> downloads{{.model = "o/r:Q4_0",
                                               .size = 100,
                                               .places = {"/hub/a", "/hub/b"},
                                               .state = "failed",
                                               .error = "why"},
                                              {.model = "o/r:Q8_0", .size = 0, .places = {}}};
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
            (std::vector<ListedDownload>{{.model = "m", .size = 0, .places = {"/a"}}}));
}

TEST(DownloadList, a_shorter_name_is_enough_where_one_fits) {
  const std::vector<std::string> names{"org/small-GGUF:Q4_K_M", "org/large-GGUF:Q4_K_M",
                                       "org/large-GGUF:Q8_0", "model-of-a-url"};
  for (const auto* name : {"org/small-GGUF:Q4_K_M", "org/small-gguf", "small", "SMALL-GGUF:q4_k_m",
                           "hf.co/org/small-GGUF", "org/sm"}) {
    EXPECT_EQ(match_download(names, name), names[0]) << name;
  }
  EXPECT_EQ(match_download(names, "large:q8_0"), names[2]);
  EXPECT_EQ(match_download(names, "model-of"), names[3]);
  EXPECT_EQ(match_download(names, "large").error().message,
            "'large' may be any of these, say which: org/large-GGUF:Q4_K_M, org/large-GGUF:Q8_0");
  for (const auto* name : {"absent", "", "mall"}) {
    EXPECT_EQ(match_download(names, name).error().kind, ErrorKind::not_found) << name;
  }
}

}  // namespace
}  // namespace llf::hub

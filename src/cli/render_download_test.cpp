#include "cli/render_download.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::cli {
namespace {

using testing::HasSubstr;

json::Object download_object(std::string_view text) {
  return json::parse(text).value().get_object();
}

TEST(RenderDownload, a_plan_says_what_comes_and_what_else_there_is) {
  EXPECT_EQ(render_plan(download_object(R"({"model":"o/r:Q4_K_M","size_bytes":2500000000,
              "missing_bytes":500000000,"license":"mit","files":[{},{}],
              "others":[{"label":"Q8_0","size_bytes":5},{"label":"F16","size_bytes":9}]})")),
            "o/r:Q4_K_M, 2.5 GB in 2 files, license mit, 500.0 MB to come\n"
            "(there are also: Q8_0 5 B, F16 9 B)\n");
  EXPECT_EQ(render_plan(download_object(R"({"model":"m","size_bytes":5,"missing_bytes":0})")),
            "m, 5 B, all of it is here\n");
  EXPECT_EQ(render_plan(download_object(R"({"model":"m"})")), "m\n");
  EXPECT_EQ(render_plan(download_object(
                R"({"model":"m","files":[{"path":"m.gguf","sha256":null,"present":false}]})")),
            "m\nunverified: no SHA-256 of m.gguf is known; --sha256 HEX tells it\n");
  EXPECT_EQ(render_plan(download_object(
                R"({"model":"m","files":[{"path":"m.gguf","sha256":null,"present":true}]})")),
            "m\n");
  EXPECT_EQ(render_plan(download_object(R"({"model":"m","notice":"accept its terms"})")),
            "m\naccept its terms\n");
  EXPECT_EQ(render_plan(download_object(R"({"model":"m","shortage":"the disk is too full"})")),
            "m\nthere is no room for it: the disk is too full\n");
  EXPECT_EQ(
      render_plan(download_object(
          R"({"model":"m","joined":true,"sources":["https://a.example","https://b"]})")),
      "m\nit is being downloaded already, from https://a.example, https://b: this joins in\n");
}

TEST(RenderDownload, files_of_a_plan) {
  const auto table = render_plan_files(download_object(
      R"({"files":[{"path":"a.gguf","size_bytes":1000,"present":true},{"path":"b"}]})"));
  EXPECT_THAT(table, HasSubstr("a.gguf  1.0 kB  yes"));
  EXPECT_THAT(table, HasSubstr("b            -  -"));
}

TEST(RenderDownload, progress_with_pace_and_with_trouble) {
  auto download =
      download_object(R"({"model":"m","state":"running","size_bytes":1000,"done_bytes":400,
                             "bytes_per_s":34100000,"left_s":200})");
  EXPECT_EQ(progress_text(download), "m: 40 %, 400 B of 1.0 kB, 34.1 MB/s, 3 min 20 s left\n");
  EXPECT_EQ(progress_of(download).fraction, 0.4);
  EXPECT_EQ(tenth_of(download), 4);
  download["bytes_per_s"] = 0;
  download["trouble"] = "the network is away";
  EXPECT_EQ(progress_text(download), "m: 40 %, 400 B of 1.0 kB, the network is away\n");
  download["size_bytes"] = 0;
  EXPECT_EQ(progress_text(download), "m: 400 B, the network is away\n");
  EXPECT_EQ(tenth_of(download), std::nullopt);
}

TEST(RenderDownload, what_is_there_is_checked) {
  EXPECT_EQ(progress_text(download_object(
                R"({"model":"m","state":"running","size_bytes":1000,"done_bytes":1000,
                    "verified_bytes":250,"bytes_per_s":34100000})")),
            "m: 100 %, 1.0 kB of 1.0 kB, 25 % checked\n");
}

TEST(RenderDownload, tables) {
  const auto downloads = render_downloads(download_object(
      R"({"downloads":[{"model":"m","state":"failed","size_bytes":10,"done_bytes":5,
          "error":"disk full"}]})"));
  EXPECT_THAT(downloads, HasSubstr("m      failed  50 %  10 B  -"));
  EXPECT_THAT(downloads, HasSubstr("m: disk full\n"));
  const auto found = render_found(download_object(
      R"({"models":[{"repository":"o/r","downloads":7,"gated":true,"updated":"2026-05-01T1"}]})"));
  EXPECT_THAT(found, HasSubstr("o/r (gated)          7      0  2026-05-01\n"));
}

}  // namespace
}  // namespace llf::cli

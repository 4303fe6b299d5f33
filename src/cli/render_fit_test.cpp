#include "cli/render_fit.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

json::Object fit_object(std::string_view text) {
  return json::parse(text).value().get_object();
}

constexpr std::string_view kFit =
    R"({"label":"Q4_0","size_bytes":1000000000,"fit":"yes","largest_context":32768,
        "tokens_per_s":12.34,"memory":{"weights_bytes":1000000000,"kv_bytes":200000000,
        "compute_bytes":50000000,"other_bytes":40000000,"total_bytes":1290000000}})";

TEST(RenderFit, says_it_in_one_view) {
  const auto text = render_fit(fit_object(
      R"({"model":"o/r:Q4_0","context":4096,"slots":2,"installed":false,
          "machine":{"memory_bytes":16000000000,"available_bytes":8000000000},"fits":[)" +
      std::string(kFit) + "]}"));
  EXPECT_EQ(text,
            "o/r:Q4_0 fits (it is not downloaded)\n"
            "machine       16.0 GB of memory, 8.0 GB of it free\n"
            "memory        1.3 GB: weights 1.0 GB, context 200.0 MB, computing 50.0 MB, other 40.0 "
            "MB\n"
            "for           2 conversations with a context of 4096 tokens\n"
            "context       32768 tokens at most\n"
            "speed         about 12 tokens a second, by the speed of this memory\n");
}

TEST(RenderFit, shows_what_gpus_have) {
  const auto text = render_fit(fit_object(
      R"({"model":"m","slots":1,"machine":{"memory_bytes":16000000000,
          "available_bytes":8000000000,"gpu_bytes":24000000000,"gpu_available_bytes":23000000000},
          "fits":[)" +
      std::string(kFit) + "]}"));
  EXPECT_THAT(text, HasSubstr("of it free\n"
                              "              24.0 GB of its GPUs, 23.0 GB of it free\n"));
}

TEST(RenderFit, lists_the_other_quantisations) {
  const auto text = render_fit(
      fit_object(R"({"model":"m","slots":1,"fits":[)" + std::string(kFit) +
                 R"(,{"label":"F16","size_bytes":3000000000,"fit":"no","tokens_per_s":null}]})"));
  EXPECT_THAT(text, HasSubstr("Q4_0          1.0 GB  1.3 GB    12/s  fits, see above\n"));
  EXPECT_THAT(text, HasSubstr("F16           3.0 GB     0 B       -  does not fit\n"));
  EXPECT_EQ(render_fit(fit_object("{}")), "");
}

TEST(RenderFit, is_about_the_chosen_one_of_those_that_are_ranked) {
  const auto text = render_fit(
      fit_object(R"({"model":"m","slots":1,"fits":[{"label":"Q8_0","fit":"yes","chosen":false},
                     {"label":"F16","size_bytes":3000000000,"fit":"no","chosen":true}]})"));
  EXPECT_THAT(text, HasSubstr("m does not fit"));
  EXPECT_THAT(text, HasSubstr("does not fit, see above\n"));
  EXPECT_LT(text.find("Q8_0"), text.find("F16"));
}

std::string rendered_for(std::string_view context, std::string_view more) {
  return render_fit(fit_object(
      fmt::format(R"({{"model":"m","context":{},"slots":1,"fits":[{{"label":"Q8_0","fit":"yes",
                  "largest_context":4096,"trained_context":4096,{}}}]}})",
                  context, more)));
}

TEST(RenderFit, tells_what_ran_from_what_follows_from_it) {
  constexpr std::string_view kRan = R"("measured":{"context":4096,"slots":1})";
  EXPECT_THAT(rendered_for("4096", kRan), HasSubstr(", as it was when it ran last (planned:"));
  EXPECT_THAT(rendered_for("2048", kRan), HasSubstr(", by what it took when it ran last (planned"));
}

TEST(RenderFit, tells_of_a_context_beyond_what_it_was_trained_for_or_that_nobody_knows) {
  constexpr std::string_view kKnown = R"("memory":{"kv_bytes":7})";
  EXPECT_THAT(rendered_for("5000", kKnown),
              testing::StartsWith("m fits (it is not downloaded), with 4096 tokens of context at "
                                  "most: it was trained for 4096\n"));
  EXPECT_THAT(rendered_for("4096", kKnown), Not(HasSubstr("it was trained for")));
  const auto unknown = rendered_for("4096", R"("memory":{"kv_bytes":null})");
  EXPECT_THAT(unknown, HasSubstr("context unknown,"));
  EXPECT_THAT(unknown, HasSubstr("does not tell what a context takes"));
  EXPECT_THAT(unknown, Not(HasSubstr("at most")));
}

TEST(RenderFit, recommends_so_many) {
  const auto answer = fit_object(
      R"({"models":[{"name":"a:1b","size_bytes":1000,"memory_bytes":2000,"tokens_per_s":3.21,
          "license":"mit","about":"Small."},{"name":"b:2b"}]})");
  const auto one = render_recommended(answer, 1);
  EXPECT_THAT(one, HasSubstr("a:1b  1.0 kB  2.0 kB   3.2/s  mit      Small.\n"));
  EXPECT_THAT(one, HasSubstr("(1 more: --all)\n"));
  EXPECT_THAT(render_recommended(answer, 10), HasSubstr("b:2b"));
}

TEST(RenderFit, recommends_slow_ones_only_when_told_or_alone) {
  const std::string slow = R"({"name":"s:70b","slow":true})";
  const auto both = fit_object(R"({"models":[{"name":"a:1b","slow":false},)" + slow + "]}");
  EXPECT_THAT(render_recommended(both, 10), AllOf(Not(HasSubstr("s:70b")), HasSubstr("(1 more")));
  EXPECT_THAT(render_recommended(both, SIZE_MAX), HasSubstr("s:70b"));
  const auto alone = fit_object(R"({"models":[)" + slow + "]}");
  EXPECT_THAT(render_recommended(alone, 10), HasSubstr("s:70b"));
}

}  // namespace
}  // namespace llf::cli

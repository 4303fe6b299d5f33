#include "text/table.hpp"

#include <gtest/gtest.h>

namespace llf::text {
namespace {

TEST(Table, columns_are_aligned) {
  Table table({{.title = "NAME"}, {.title = "SIZE", .align = Align::right}, {.title = "STATE"}});
  table.add({"llf-nano", "3.9 MB", "ready"});
  table.add({"a", "12 B", "x"});
  EXPECT_EQ(table.str(),
            "NAME        SIZE  STATE\n"
            "llf-nano  3.9 MB  ready\n"
            "a           12 B  x\n");
}

TEST(Table, without_rows_there_is_the_header) {
  EXPECT_EQ(Table({{.title = "A"}, {.title = "B"}}).str(), "A  B\n");
}

TEST(Table, an_empty_cell_is_a_dash) {
  Table table({{.title = "A"}, {.title = "B"}});
  table.add({"", "x"});
  EXPECT_EQ(table.str(), "A  B\n-  x\n");
}

TEST(Table, wide_characters_count_as_two) {
  Table table({{.title = "A"}, {.title = "B"}});
  table.add({"漢字", "x"});
  EXPECT_EQ(table.str(), "A     B\n漢字  x\n");
}

TEST(Table, cells_are_safe_lines) {
  Table table({{.title = "A"}});
  table.add({"\x1b[31mx\ny"});
  EXPECT_EQ(table.str(), "A\nx y\n");
}

}  // namespace
}  // namespace llf::text

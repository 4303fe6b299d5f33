#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace llf::text {

enum class Align : std::uint8_t { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
};

/// Rows in aligned columns two spaces apart, without lines: people read it, and so does awk. Cells
/// are made safe on the way in. One thread.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Adds a row of as many cells as there are columns. An empty cell is shown as "-".
  void add(std::vector<std::string> cells);

  /// Header and rows, each line ended.
  [[nodiscard]] std::string str() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace llf::text

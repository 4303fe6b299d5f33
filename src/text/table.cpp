#include "text/table.hpp"

#include "base/assert.hpp"
#include "text/safe_text.hpp"
#include "text/width.hpp"

#include <algorithm>

namespace llf::text {
namespace {

constexpr std::size_t kGap = 2;

void append_cell(const std::string& cell, std::size_t width, Align align, std::string& line) {
  const std::string padding(width - display_width(cell), ' ');
  line += align == Align::right ? padding + cell : cell + padding;
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  LLF_ASSERT(cells.size() == columns_.size());
  for (auto& cell : cells) cell = cell.empty() ? "-" : safe_line(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::str() const {
  std::vector<std::string> header;
  std::vector<std::size_t> widths;
  for (const auto& column : columns_) {
    header.push_back(column.title);
    widths.push_back(display_width(column.title));
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string out;
  const auto append_row = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      append_cell(row[i], widths[i], columns_[i].align, line);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  };
  append_row(header);
  for (const auto& row : rows_) append_row(row);
  return out;
}

}  // namespace llf::text

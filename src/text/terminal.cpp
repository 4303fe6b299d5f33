#include "text/terminal.hpp"

#include <algorithm>

namespace llf::text {

Terminal judge_terminal(const TerminalFacts& facts) {
  Terminal terminal;
  const auto term = facts.term.value_or("");
  terminal.rewrites = facts.is_tty && !term.empty() && term != "dumb";
  const bool refused = !facts.no_color.value_or("").empty();
  terminal.color = terminal.rewrites && !refused ? Color::on : Color::off;
  if (facts.columns > 0) terminal.columns = std::max<std::size_t>(facts.columns, 20);
  return terminal;
}

}  // namespace llf::text

#include "json/members.hpp"

#include "json/json.hpp"
#include "json/scanner.hpp"

namespace llf::json {

void each_member(std::string_view text,
                 const std::function<void(std::string_view name, const Member& member)>& tell) {
  Scanner scanner(text, 0);
  scanner.skip_between();
  if (scanner.next() != '{') return;
  scanner.step();
  while (const auto member = scanner.next_member()) {
    const auto written = text.substr(member->key, member->key_end - member->key);
    const auto name = written.substr(1, written.size() - 2);
    if (!name.contains('\\')) {
      tell(name, *member);
    } else if (const auto value = parse(written); value && value->is_string()) {
      tell(value->get_string(), *member);
    }
  }
}

}  // namespace llf::json

# Makes the pages of docs/reference/cli part of llf: a source with one raw string for each.
file(GLOB pages CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/docs/reference/cli/*.md")
list(LENGTH pages page_count)
set(page_texts "")
set(page_names "")
foreach(page ${pages})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${page}")
  get_filename_component(name "${page}" NAME_WE)
  file(READ "${page}" text)
  string(APPEND page_texts "    Page{\"${name}\", R\"page(${text})page\"},\n")
  string(APPEND page_names "    \"${name}\",\n")
endforeach()
file(WRITE "${CMAKE_BINARY_DIR}/cli_pages.cpp.in" "#include \"cli/pages.hpp\"

#include <array>

namespace llf::cli {
namespace {

constexpr std::array<Page, ${page_count}> kPages{
${page_texts}};

constexpr std::array<std::string_view, ${page_count}> kNames{
${page_names}};

}  // namespace

std::optional<std::string_view> page(std::string_view name) {
  for (const auto& one : kPages) {
    if (one.name == name) return one.text;
  }
  return std::nullopt;
}

std::span<const std::string_view> page_names() { return kNames; }

}  // namespace llf::cli
")
configure_file("${CMAKE_BINARY_DIR}/cli_pages.cpp.in" "${CMAKE_BINARY_DIR}/cli_pages.cpp" COPYONLY)
if(TARGET llf_cli)
  target_sources(llf_cli PRIVATE "${CMAKE_BINARY_DIR}/cli_pages.cpp")
endif()

# Compiler, warnings, sanitizers and caches: what holds for every target of ours.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
# -fPIE for libraries and programs alike, so that they can share precompiled headers.
add_compile_options(-fPIE)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Debug)
endif()

find_program(LLF_CCACHE ccache)
if(LLF_CCACHE)
  # pch_defines,time_macros: without this sloppiness ccache gives up on precompiled headers.
  # base_dir: checkouts in different folders share their cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_NOHASHDIR=1 "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" ${LLF_CCACHE})
endif()

add_library(llf_options INTERFACE)
target_compile_options(llf_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Woverloaded-virtual -Wnon-virtual-dtor -Wnull-dereference -Wimplicit-fallthrough
  -Wextra-semi -Wunused -Wcast-align -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # A field that a designated initializer leaves out has its default: that is their purpose.
  target_compile_options(llf_options INTERFACE -Wno-missing-designated-field-initializers)
  target_compile_options(llf_options INTERFACE -Xclang -fno-pch-timestamp
    -fpch-instantiate-templates)
  target_link_options(llf_options INTERFACE -fuse-ld=lld)
endif()
target_compile_definitions(llf_options INTERFACE LLF_VERSION="${PROJECT_VERSION}")
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Line tables are enough for stack traces and make debug builds link a third faster.
  target_compile_options(llf_options INTERFACE -g1)
  if(LLF_SANITIZE)
    target_compile_options(llf_options INTERFACE -O1)
  endif()
  target_compile_definitions(llf_options INTERFACE _GLIBCXX_ASSERTIONS)
else()
  target_compile_options(llf_options INTERFACE -ffunction-sections -fdata-sections
    -fstack-protector-strong)
  target_link_options(llf_options INTERFACE -Wl,--gc-sections -Wl,-z,relro,-z,now)
endif()
if(LLF_SANITIZE)
  target_compile_options(llf_options INTERFACE
    -fsanitize=${LLF_SANITIZE} -fno-sanitize-recover=all)
  if(LLF_NO_SANITIZE)
    target_compile_options(llf_options INTERFACE -fno-sanitize=${LLF_NO_SANITIZE})
  endif()
  target_link_options(llf_options INTERFACE -fsanitize=${LLF_SANITIZE})
else()
  # A program with the property LLF_STATIC needs no loader: llf starts in half the time.
  # Packed relocations and start-up code in one place mean fewer pages to touch until main.
  set(static "$<BOOL:$<TARGET_PROPERTY:LLF_STATIC>>")
  target_link_options(llf_options INTERFACE
    "$<IF:${static},-static-pie,-pie;-static-libstdc++;-static-libgcc>"
    "$<${static}:-Wl,-z,keep-text-section-prefix;-Wl,--pack-dyn-relocs=relr>")
endif()
if(LLF_FUZZ)
  target_compile_options(llf_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(LLF_COVER)
  target_compile_options(llf_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(llf_options INTERFACE -fprofile-instr-generate)
endif()

# Sanitizers alone, for the third-party sources that we compile without our warnings.
add_library(llf_sanitized INTERFACE)
if(LLF_SANITIZE)
  target_compile_options(llf_sanitized INTERFACE -fsanitize=${LLF_SANITIZE} -g1)
endif()

# One interface target per third-party name of src/layers.txt: llf_third_NAME.
find_package(Threads REQUIRED)
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
set(OPENSSL_USE_STATIC_LIBS ON)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)

function(llf_third name)
  add_library(llf_third_${name} INTERFACE)
  target_link_libraries(llf_third_${name} INTERFACE ${ARGN})
endfunction()

# Asio and Beast are compiled once, here, not in every file that uses them.
add_library(llf_asio_impl STATIC cmake/asio_impl.cpp)
target_compile_definitions(llf_asio_impl PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_DATE_TIME
  BOOST_ASIO_DISABLE_BOOST_REGEX)
target_link_libraries(llf_asio_impl PUBLIC Boost::headers Threads::Threads PRIVATE llf_sanitized)
add_library(llf_beast_impl STATIC cmake/beast_impl.cpp)
target_compile_definitions(llf_beast_impl PUBLIC BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(llf_beast_impl PUBLIC llf_asio_impl PRIVATE llf_sanitized)

llf_third(fmt fmt::fmt-header-only)
# Not spdlog's own target: it brings libfmt.so, that libstdc++.so, and both 1 ms to every start.
llf_third(spdlog Threads::Threads fmt::fmt-header-only)
target_compile_definitions(llf_third_spdlog INTERFACE SPDLOG_FMT_EXTERNAL)
llf_third(json Boost::json)
llf_third(url Boost::url)
llf_third(asio llf_asio_impl)
llf_third(beast llf_beast_impl)
llf_third(openssl OpenSSL::SSL OpenSSL::Crypto)
# Only tar is used of it. What it needs other libraries for is thrown away, unresolved as it is, so
# that none of them is linked.
llf_third(archive -l:libarchive.a -Wl,--gc-sections)
# Headers only: the library is loaded when it is needed. dlopen is in libc.
find_path(LLF_CURL_HEADERS curl/curl.h REQUIRED)
llf_third(curl)
target_include_directories(llf_third_curl SYSTEM INTERFACE "${LLF_CURL_HEADERS}")
llf_third(cli11)  # header only, in the system's include path
llf_third(edit -l:libedit.a -l:libtinfo.a -l:libbsd.a -l:libmd.a)

if(LLF_TESTS)
  find_package(GTest REQUIRED)
endif()
if(LLF_BENCH)
  find_package(benchmark REQUIRED)
endif()

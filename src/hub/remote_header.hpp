#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "gguf/header.hpp"
#include "hub/endpoint.hpp"

namespace llf::hub {

/// The header of a GGUF file on a server: only as much is fetched as it has, some megabytes at
/// most. Errors: those of ask; of gguf::read_header; `upstream` when the server sends no parts of
/// files. Blocks.
[[nodiscard]] Expected<gguf::Header> read_remote_header(const Session& session, const Url& url,
                                                        ByteSize file_size);

}  // namespace llf::hub

#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "gguf/header.hpp"
#include "hub/endpoint.hpp"

namespace llf::hub {

/// The header of a GGUF file on a server, whose size may be 0: not known. Only as much is fetched
/// as the header has, some megabytes at most; of a server that sends no parts of files, its
/// beginning. Errors: those of ask; of gguf::read_header; `upstream` for another part than was
/// asked for. Blocks.
[[nodiscard]] Expected<gguf::Header> read_remote_header(const Session& session, const Url& url,
                                                        ByteSize file_size);

}  // namespace llf::hub

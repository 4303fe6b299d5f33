#pragma once

namespace llf::os {

/// Whether this processor has Intel's matrix units for bytes (AMX-INT8, CPUID leaf 7, EDX bit 25),
/// for which llama.cpp has a back end of its own. Any thread.
[[nodiscard]] bool has_matrix_units();

}  // namespace llf::os

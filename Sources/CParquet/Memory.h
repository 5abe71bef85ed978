// Where Arrow takes its memory from.
#pragma once

#include <arrow/memory_pool.h>

namespace millrace {

// The program's own allocator. Arrow's default one keeps what it was given for itself: with files encoded by
// several threads that came to a third of all memory, of no use to anybody else.
inline arrow::MemoryPool *memory() { return arrow::system_memory_pool(); }

}  // namespace millrace

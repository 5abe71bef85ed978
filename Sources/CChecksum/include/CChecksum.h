#ifndef MILLRACE_CHECKSUM_H
#define MILLRACE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `count` bytes, going on from `crc`, at the start 0.
uint32_t millrace_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same without the processor's instruction, which tests compare with it.
uint32_t millrace_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

#endif

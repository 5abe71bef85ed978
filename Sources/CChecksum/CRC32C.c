#include "CChecksum.h"

#include <pthread.h>
#include <string.h>

// Eight tables: eight bytes are folded in one step.
static uint32_t tables[8][256];
static pthread_once_t tables_are_made = PTHREAD_ONCE_INIT;

static void make_tables(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1)));
        tables[0][byte] = crc;
    }
    for (uint32_t byte = 0; byte < 256; byte++) {
        for (int table = 1; table < 8; table++) {
            uint32_t before = tables[table - 1][byte];
            tables[table][byte] = (before >> 8) ^ tables[0][before & 0xff];
        }
    }
}

uint32_t millrace_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&tables_are_made, make_tables);
    const unsigned char *next = bytes;
    crc = ~crc;
    while (count >= 8) {
        crc ^= (uint32_t)next[0] | (uint32_t)next[1] << 8 | (uint32_t)next[2] << 16 | (uint32_t)next[3] << 24;
        crc = tables[7][crc & 0xff] ^ tables[6][(crc >> 8) & 0xff] ^ tables[5][(crc >> 16) & 0xff]
            ^ tables[4][crc >> 24] ^ tables[3][next[4]] ^ tables[2][next[5]] ^ tables[1][next[6]]
            ^ tables[0][next[7]];
        next += 8;
        count -= 8;
    }
    while (count-- > 0) crc = (crc >> 8) ^ tables[0][(crc ^ *next++) & 0xff];
    return ~crc;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) static uint32_t crc32c_by_instruction(
    uint32_t crc, const unsigned char *next, size_t count) {
    uint64_t wide = ~crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        wide = __builtin_ia32_crc32di(wide, word);
        next += 8;
        count -= 8;
    }
    uint32_t narrow = (uint32_t)wide;
    while (count-- > 0) narrow = __builtin_ia32_crc32qi(narrow, *next++);
    return ~narrow;
}

static int has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

#include <arm_acle.h>

static uint32_t crc32c_by_instruction(uint32_t crc, const unsigned char *next, size_t count) {
    crc = ~crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        crc = __crc32cd(crc, word);
        next += 8;
        count -= 8;
    }
    while (count-- > 0) crc = __crc32cb(crc, *next++);
    return ~crc;
}

static int has_instruction(void) { return 1; }

#else

static uint32_t crc32c_by_instruction(uint32_t crc, const unsigned char *next, size_t count) {
    return millrace_crc32c_portable(crc, next, count);
}

static int has_instruction(void) { return 0; }

#endif

uint32_t millrace_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return has_instruction() ? crc32c_by_instruction(crc, bytes, count)
                             : millrace_crc32c_portable(crc, bytes, count);
}

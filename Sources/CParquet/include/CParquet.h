// Parquet over Apache Arrow C++, in plain C. Columns cross the border as the Arrow C data interface.
//
// A function that can fail takes `char **error`, returns NULL or false and leaves a text there that the
// caller frees with free(). No C++ exception leaves this library. Handles are used by one thread at a time.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The two structures of the Arrow C data interface; their layout is fixed by its specification.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};
#endif

typedef struct millrace_parquet_writer millrace_parquet_writer;
typedef struct millrace_parquet_file millrace_parquet_file;
typedef struct millrace_parquet_reader millrace_parquet_reader;
typedef struct millrace_parquet_batches millrace_parquet_batches;

enum millrace_parquet_compression {
  MILLRACE_PARQUET_NONE = 0,
  MILLRACE_PARQUET_SNAPPY = 1,
  MILLRACE_PARQUET_LZ4 = 2,
  MILLRACE_PARQUET_ZSTD = 3
};

enum millrace_parquet_encoding {
  MILLRACE_PARQUET_PLAIN = 0,
  MILLRACE_PARQUET_DELTA_BINARY_PACKED = 1,
  MILLRACE_PARQUET_DELTA_LENGTH = 2
};

/// How one leaf column is written; `path` is dotted, such as `tags.list.element`.
typedef struct {
  const char *path;
  bool dictionary;
  bool statistics;
  int32_t encoding;
} millrace_parquet_column;

typedef struct {
  int32_t compression;
  int32_t level;
  int64_t row_group_rows;
  int64_t page_bytes;
  const millrace_parquet_column *columns;
  int64_t column_count;
} millrace_parquet_options;

/// The version of the Arrow library in use, such as "26.0.1".
const char *millrace_arrow_version(void);

/// Consumes `schema`, a struct of the file's columns.
millrace_parquet_writer *millrace_parquet_writer_open(
    struct ArrowSchema *schema, const millrace_parquet_options *options, char **error);
/// Consumes `batch`, a struct array of the writer's columns.
bool millrace_parquet_writer_write(millrace_parquet_writer *writer, struct ArrowArray *batch, char **error);
/// Bytes of the row groups that are complete.
int64_t millrace_parquet_writer_size(const millrace_parquet_writer *writer);
/// Writes the footer. The writer can only be freed after that.
millrace_parquet_file *millrace_parquet_writer_finish(millrace_parquet_writer *writer, char **error);
void millrace_parquet_writer_free(millrace_parquet_writer *writer);

const uint8_t *millrace_parquet_file_bytes(const millrace_parquet_file *file, int64_t *count);
void millrace_parquet_file_free(millrace_parquet_file *file);

enum millrace_parquet_physical {
  MILLRACE_PARQUET_BOOLEAN = 0,
  MILLRACE_PARQUET_INT32 = 1,
  MILLRACE_PARQUET_INT64 = 2,
  MILLRACE_PARQUET_INT96 = 3,
  MILLRACE_PARQUET_FLOAT = 4,
  MILLRACE_PARQUET_DOUBLE = 5,
  MILLRACE_PARQUET_BYTE_ARRAY = 6,
  MILLRACE_PARQUET_FIXED_LENGTH = 7
};

/// What a file's footer says of one column chunk. `minimum` and `maximum` are in plain encoding.
typedef struct {
  int32_t physical;
  bool has_null_count;
  bool has_bounds;
  int64_t null_count;
  const uint8_t *minimum;
  int64_t minimum_count;
  const uint8_t *maximum;
  int64_t maximum_count;
} millrace_parquet_statistics;

int64_t millrace_parquet_file_row_groups(const millrace_parquet_file *file);
int64_t millrace_parquet_file_rows(const millrace_parquet_file *file, int64_t row_group);
int64_t millrace_parquet_file_leaves(const millrace_parquet_file *file);
/// Fills `out`, whose pointers live until the next call for this file.
bool millrace_parquet_file_statistics(
    millrace_parquet_file *file, int64_t row_group, int64_t leaf, millrace_parquet_statistics *out,
    char **error);

/// Opens a file that lies in memory; `bytes` must outlive the reader and its batches.
millrace_parquet_reader *millrace_parquet_reader_open(const uint8_t *bytes, int64_t count, char **error);
void millrace_parquet_reader_free(millrace_parquet_reader *reader);
int64_t millrace_parquet_reader_row_groups(const millrace_parquet_reader *reader);
/// Rows of a row group as its footer has it; may be a lie in a corrupt file.
int64_t millrace_parquet_reader_rows(const millrace_parquet_reader *reader, int64_t row_group);
/// The file's top-level columns; the caller releases `out`.
bool millrace_parquet_reader_schema(
    millrace_parquet_reader *reader, struct ArrowSchema *out, char **error);
/// Decodes the chosen top-level columns of a row group, to be taken in batches of at most `batch_rows`.
millrace_parquet_batches *millrace_parquet_read(
    millrace_parquet_reader *reader, int64_t row_group, const int32_t *columns, int64_t column_count,
    int64_t batch_rows, char **error);
/// The next batch, which the caller releases: 1 when there is one, 0 at the end, -1 on error.
int32_t millrace_parquet_batches_next(
    millrace_parquet_batches *batches, struct ArrowArray *out, char **error);
/// The schema of the batches; the caller releases `out`.
bool millrace_parquet_batches_schema(
    millrace_parquet_batches *batches, struct ArrowSchema *out, char **error);
void millrace_parquet_batches_free(millrace_parquet_batches *batches);

#ifdef __cplusplus
}
#endif

// Record batches into the bytes of a Parquet file.
#include <arrow/buffer.h>
#include <arrow/c/bridge.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include "CParquet.h"
#include "Failure.h"
#include "Memory.h"

struct millrace_parquet_writer {
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<arrow::io::BufferOutputStream> stream;
  std::unique_ptr<parquet::arrow::FileWriter> writer;
};

struct millrace_parquet_file {
  std::shared_ptr<arrow::Buffer> bytes;
  std::shared_ptr<parquet::FileMetaData> metadata;
  std::string minimum;
  std::string maximum;
};

using millrace::check;
using millrace::guarded;
using millrace::report;

static std::shared_ptr<parquet::WriterProperties> properties(const millrace_parquet_options &options) {
  parquet::WriterProperties::Builder builder;
  switch (options.compression) {
    case MILLRACE_PARQUET_SNAPPY: builder.compression(arrow::Compression::SNAPPY); break;
    case MILLRACE_PARQUET_LZ4: builder.compression(arrow::Compression::LZ4); break;
    case MILLRACE_PARQUET_ZSTD:
      builder.compression(arrow::Compression::ZSTD);
      builder.compression_level(options.level);
      break;
    default: builder.compression(arrow::Compression::UNCOMPRESSED);
  }
  builder.memory_pool(millrace::memory());
  builder.created_by("Millrace");
  builder.version(parquet::ParquetVersion::PARQUET_2_6);
  builder.max_row_group_length(options.row_group_rows);
  builder.data_pagesize(options.page_bytes);
  builder.write_batch_size(4096);
  builder.enable_store_decimal_as_integer();
  // Histograms and page indexes cost time on every value, and no reader of Delta tables needs them.
  builder.set_size_statistics_level(parquet::SizeStatisticsLevel::None);
  builder.disable_write_page_index();
  for (int64_t index = 0; index < options.column_count; index++) {
    const auto &column = options.columns[index];
    const std::string path = column.path;
    if (column.dictionary) builder.enable_dictionary(path); else builder.disable_dictionary(path);
    if (column.statistics) builder.enable_statistics(path); else builder.disable_statistics(path);
    if (column.encoding == MILLRACE_PARQUET_DELTA_BINARY_PACKED)
      builder.encoding(path, parquet::Encoding::DELTA_BINARY_PACKED);
    if (column.encoding == MILLRACE_PARQUET_DELTA_LENGTH)
      builder.encoding(path, parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY);
  }
  return builder.build();
}

extern "C" millrace_parquet_writer *millrace_parquet_writer_open(
    struct ArrowSchema *schema, const millrace_parquet_options *options, char **error) {
  return guarded<millrace_parquet_writer *>(error, nullptr, [&]() -> millrace_parquet_writer * {
    auto imported = arrow::ImportSchema(schema);
    if (!check(imported.status(), error)) return nullptr;
    auto stream = arrow::io::BufferOutputStream::Create(1 << 16, millrace::memory());
    if (!check(stream.status(), error)) return nullptr;
    auto result = std::make_unique<millrace_parquet_writer>();
    result->schema = *imported;
    result->stream = *stream;
    auto writer = parquet::arrow::FileWriter::Open(
        *result->schema, millrace::memory(), result->stream, properties(*options),
        parquet::ArrowWriterProperties::Builder().build());
    if (!check(writer.status(), error)) return nullptr;
    result->writer = std::move(*writer);
    return result.release();
  });
}

extern "C" bool millrace_parquet_writer_write(
    millrace_parquet_writer *writer, struct ArrowArray *batch, char **error) {
  return guarded(error, false, [&] {
    auto imported = arrow::ImportRecordBatch(batch, writer->schema);
    return check(imported.status(), error) && check(writer->writer->WriteRecordBatch(**imported), error);
  });
}

extern "C" int64_t millrace_parquet_writer_size(const millrace_parquet_writer *writer) {
  return writer->stream->Tell().ValueOr(0);
}

extern "C" millrace_parquet_file *millrace_parquet_writer_finish(
    millrace_parquet_writer *writer, char **error) {
  return guarded<millrace_parquet_file *>(error, nullptr, [&]() -> millrace_parquet_file * {
    if (!check(writer->writer->Close(), error)) return nullptr;
    auto bytes = writer->stream->Finish();
    if (!check(bytes.status(), error)) return nullptr;
    auto file = std::make_unique<millrace_parquet_file>();
    file->bytes = *bytes;
    file->metadata = writer->writer->metadata();
    return file.release();
  });
}

extern "C" void millrace_parquet_writer_free(millrace_parquet_writer *writer) {
  // A file writer that was not closed closes itself, and may throw while it does.
  guarded(nullptr, false, [&] { delete writer; return true; });
}

extern "C" const uint8_t *millrace_parquet_file_bytes(const millrace_parquet_file *file, int64_t *count) {
  *count = file->bytes->size();
  return file->bytes->data();
}

extern "C" void millrace_parquet_file_free(millrace_parquet_file *file) { delete file; }

extern "C" int64_t millrace_parquet_file_row_groups(const millrace_parquet_file *file) {
  return file->metadata->num_row_groups();
}

extern "C" int64_t millrace_parquet_file_rows(const millrace_parquet_file *file, int64_t row_group) {
  return file->metadata->RowGroup(static_cast<int>(row_group))->num_rows();
}

extern "C" int64_t millrace_parquet_file_leaves(const millrace_parquet_file *file) {
  return file->metadata->num_columns();
}

extern "C" bool millrace_parquet_file_statistics(
    millrace_parquet_file *file, int64_t row_group, int64_t leaf, millrace_parquet_statistics *out,
    char **error) {
  return guarded(error, false, [&] {
    auto chunk = file->metadata->RowGroup(static_cast<int>(row_group))->ColumnChunk(static_cast<int>(leaf));
    *out = {};
    out->physical = static_cast<int32_t>(chunk->type());
    auto statistics = chunk->is_stats_set() ? chunk->statistics() : nullptr;
    if (statistics == nullptr) return true;
    out->has_null_count = statistics->HasNullCount();
    out->null_count = out->has_null_count ? statistics->null_count() : 0;
    if (!statistics->HasMinMax()) return true;
    file->minimum = statistics->EncodeMin();
    file->maximum = statistics->EncodeMax();
    out->has_bounds = true;
    out->minimum = reinterpret_cast<const uint8_t *>(file->minimum.data());
    out->minimum_count = static_cast<int64_t>(file->minimum.size());
    out->maximum = reinterpret_cast<const uint8_t *>(file->maximum.data());
    out->maximum_count = static_cast<int64_t>(file->maximum.size());
    return true;
  });
}

// The bytes of a Parquet file into record batches.
#include <arrow/c/bridge.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "CParquet.h"
#include "Failure.h"
#include "Memory.h"

struct millrace_parquet_reader {
  std::unique_ptr<parquet::arrow::FileReader> reader;
};

struct millrace_parquet_batches {
  std::shared_ptr<arrow::Table> table;
  std::unique_ptr<arrow::TableBatchReader> batches;
};

using millrace::check;
using millrace::guarded;
using millrace::report;

extern "C" millrace_parquet_reader *millrace_parquet_reader_open(
    const uint8_t *bytes, int64_t count, char **error) {
  return guarded<millrace_parquet_reader *>(error, nullptr, [&]() -> millrace_parquet_reader * {
    auto source = std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(bytes, count));
    parquet::ReaderProperties reading(millrace::memory());
    reading.set_page_checksum_verification(true);
    parquet::ArrowReaderProperties arrow_reading;
    arrow_reading.set_use_threads(false);
    // The bytes are in memory: reading ahead would only start a thread pool.
    arrow_reading.set_pre_buffer(false);
    // Nanoseconds hold only the years 1677 to 2262.
    arrow_reading.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);
    auto file = parquet::ParquetFileReader::Open(source, reading);
    auto result = std::make_unique<millrace_parquet_reader>();
    auto reader = parquet::arrow::FileReader::Make(
        millrace::memory(), std::move(file), arrow_reading);
    if (!check(reader.status(), error)) return nullptr;
    result->reader = std::move(*reader);
    return result.release();
  });
}

extern "C" void millrace_parquet_reader_free(millrace_parquet_reader *reader) { delete reader; }

extern "C" int64_t millrace_parquet_reader_row_groups(const millrace_parquet_reader *reader) {
  return reader->reader->num_row_groups();
}

extern "C" int64_t millrace_parquet_reader_rows(const millrace_parquet_reader *reader, int64_t row_group) {
  return guarded<int64_t>(nullptr, 0, [&] {
    return reader->reader->parquet_reader()->metadata()->RowGroup(static_cast<int>(row_group))->num_rows();
  });
}

extern "C" bool millrace_parquet_reader_schema(
    millrace_parquet_reader *reader, struct ArrowSchema *out, char **error) {
  return guarded(error, false, [&] {
    std::shared_ptr<arrow::Schema> schema;
    return check(reader->reader->GetSchema(&schema), error)
        && check(arrow::ExportSchema(*schema->WithMetadata(nullptr), out), error);
  });
}

static void append_leaves(const parquet::arrow::SchemaField &field, std::vector<int> &leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const auto &child : field.children) append_leaves(child, leaves);
}

extern "C" millrace_parquet_batches *millrace_parquet_read(
    millrace_parquet_reader *reader, int64_t row_group, const int32_t *columns, int64_t column_count,
    int64_t batch_rows, char **error) {
  return guarded<millrace_parquet_batches *>(error, nullptr, [&]() -> millrace_parquet_batches * {
    std::vector<int> leaves;
    const auto &fields = reader->reader->manifest().schema_fields;
    for (int64_t index = 0; index < column_count; index++) {
      append_leaves(fields.at(static_cast<size_t>(columns[index])), leaves);
    }
    auto table = reader->reader->ReadRowGroup(static_cast<int>(row_group), leaves);
    if (!check(table.status(), error)) return nullptr;
    // Not in full: that would refuse text that is not UTF-8, which columns may hold.
    if (!check((*table)->Validate(), error)) return nullptr;
    auto result = std::make_unique<millrace_parquet_batches>();
    result->table = *table;
    result->batches = std::make_unique<arrow::TableBatchReader>(result->table);
    result->batches->set_chunksize(batch_rows);
    return result.release();
  });
}

extern "C" int32_t millrace_parquet_batches_next(
    millrace_parquet_batches *batches, struct ArrowArray *out, char **error) {
  return guarded<int32_t>(error, -1, [&]() -> int32_t {
    std::shared_ptr<arrow::RecordBatch> batch;
    if (!check(batches->batches->ReadNext(&batch), error)) return -1;
    if (batch == nullptr) return 0;
    return check(arrow::ExportRecordBatch(*batch, out), error) ? 1 : -1;
  });
}

extern "C" bool millrace_parquet_batches_schema(
    millrace_parquet_batches *batches, struct ArrowSchema *out, char **error) {
  return guarded(error, false, [&] {
    return check(arrow::ExportSchema(*batches->table->schema()->WithMetadata(nullptr), out), error);
  });
}

extern "C" void millrace_parquet_batches_free(millrace_parquet_batches *batches) { delete batches; }

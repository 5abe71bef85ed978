#ifndef MILLRACE_LIBRDKAFKA_H
#define MILLRACE_LIBRDKAFKA_H

#include <librdkafka/rdkafka.h>

/// Loads librdkafka, if that has not been done. NULL, or why it can't be; no rd_kafka function may be called
/// then.
const char *millrace_librdkafka_load(void);

/// Hands one message to a producer. Key and value stay the caller's unless it `copies`, and must live until
/// the message's delivery is reported; headers, which may be NULL, are the library's if it takes the message.
rd_kafka_resp_err_t millrace_librdkafka_produce(
    rd_kafka_t *handle, rd_kafka_topic_t *topic, int32_t partition, const void *key, size_t key_length,
    const void *value, size_t value_length, int64_t timestamp, rd_kafka_headers_t *headers, int copies,
    void *opaque);

#endif

// The functions of librdkafka that Millrace calls, which go on to the library.
//
// librdkafka brings OpenSSL, SASL and zstd along. It is loaded by the first connection to a cluster, so that
// all else starts without it.
//
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// Hidden: the library must find its own functions of these names, not these.
#pragma GCC visibility push(hidden)
#include "millrace_librdkafka.h"
#pragma GCC visibility pop

#define FUNCTIONS(call)                                                                                      \
    call(rd_kafka_conf_t *, rd_kafka_conf_new, (void), ())                                                   \
    call(void, rd_kafka_conf_destroy, (rd_kafka_conf_t *a), (a))                                             \
    call(rd_kafka_conf_res_t, rd_kafka_conf_set,                                                             \
        (rd_kafka_conf_t *a, const char *b, const char *c, char *d, size_t e),                               \
        (a, b, c, d, e))                                                                                     \
    call(const char **, rd_kafka_conf_dump, (rd_kafka_conf_t *a, size_t *b), (a, b))                         \
    call(void, rd_kafka_conf_dump_free, (const char **a, size_t b), (a, b))                                  \
    call(void, rd_kafka_conf_set_opaque, (rd_kafka_conf_t *a, void *b), (a, b))                              \
    call(void, rd_kafka_conf_set_error_cb,                                                                   \
        (rd_kafka_conf_t *a, void (*b)(rd_kafka_t *, int, const char *, void *)),                            \
        (a, b))                                                                                              \
    call(void, rd_kafka_conf_set_log_cb,                                                                     \
        (rd_kafka_conf_t *a, void (*b)(const rd_kafka_t *, int, const char *, const char *)),                \
        (a, b))                                                                                              \
    call(void, rd_kafka_conf_set_dr_msg_cb,                                                                  \
        (rd_kafka_conf_t *a, void (*b)(rd_kafka_t *, const rd_kafka_message_t *, void *)),                   \
        (a, b))                                                                                              \
    call(void, rd_kafka_conf_enable_sasl_queue, (rd_kafka_conf_t *a, int b), (a, b))                         \
    call(void, rd_kafka_conf_set_oauthbearer_token_refresh_cb,                                               \
        (rd_kafka_conf_t *a, void (*b)(rd_kafka_t *, const char *, void *)),                                 \
        (a, b))                                                                                              \
    call(rd_kafka_error_t *, rd_kafka_sasl_background_callbacks_enable, (rd_kafka_t *a), (a))                \
    call(rd_kafka_resp_err_t, rd_kafka_oauthbearer_set_token,                                                \
        (rd_kafka_t *a, const char *b, int64_t c, const char *d, const char **e, size_t f, char *g,          \
            size_t h),                                                                                       \
        (a, b, c, d, e, f, g, h))                                                                            \
    call(rd_kafka_resp_err_t, rd_kafka_oauthbearer_set_token_failure,                                        \
        (rd_kafka_t *a, const char *b),                                                                      \
        (a, b))                                                                                              \
    call(rd_kafka_t *, rd_kafka_new,                                                                         \
        (rd_kafka_type_t a, rd_kafka_conf_t *b, char *c, size_t d),                                          \
        (a, b, c, d))                                                                                        \
    call(void, rd_kafka_destroy, (rd_kafka_t *a), (a))                                                       \
    call(const char *, rd_kafka_err2str, (rd_kafka_resp_err_t a), (a))                                       \
    call(const char *, rd_kafka_err2name, (rd_kafka_resp_err_t a), (a))                                      \
    call(rd_kafka_resp_err_t, rd_kafka_last_error, (void), ())                                               \
    call(rd_kafka_resp_err_t, rd_kafka_fatal_error, (rd_kafka_t *a, char *b, size_t c), (a, b, c))           \
    call(char *, rd_kafka_clusterid, (rd_kafka_t *a, int b), (a, b))                                         \
    call(rd_kafka_topic_t *, rd_kafka_topic_new,                                                             \
        (rd_kafka_t *a, const char *b, rd_kafka_topic_conf_t *c),                                            \
        (a, b, c))                                                                                           \
    call(void, rd_kafka_topic_destroy, (rd_kafka_topic_t *a), (a))                                           \
    call(rd_kafka_resp_err_t, rd_kafka_metadata,                                                             \
        (rd_kafka_t *a, int b, rd_kafka_topic_t *c, const struct rd_kafka_metadata **d, int e),              \
        (a, b, c, d, e))                                                                                     \
    call(void, rd_kafka_metadata_destroy, (const struct rd_kafka_metadata *a), (a))                          \
    call(int, rd_kafka_poll, (rd_kafka_t *a, int b), (a, b))                                                 \
    call(rd_kafka_resp_err_t, rd_kafka_poll_set_consumer, (rd_kafka_t *a), (a))                              \
    call(rd_kafka_queue_t *, rd_kafka_queue_get_consumer, (rd_kafka_t *a), (a))                              \
    call(rd_kafka_queue_t *, rd_kafka_queue_new, (rd_kafka_t *a), (a))                                       \
    call(void, rd_kafka_queue_destroy, (rd_kafka_queue_t *a), (a))                                           \
    call(rd_kafka_event_t *, rd_kafka_queue_poll, (rd_kafka_queue_t *a, int b), (a, b))                      \
    call(void, rd_kafka_queue_cb_event_enable,                                                               \
        (rd_kafka_queue_t *a, void (*b)(rd_kafka_t *, void *), void *c),                                     \
        (a, b, c))                                                                                           \
    call(ssize_t, rd_kafka_consume_batch_queue,                                                              \
        (rd_kafka_queue_t *a, int b, rd_kafka_message_t **c, size_t d),                                      \
        (a, b, c, d))                                                                                        \
    call(void, rd_kafka_message_destroy, (rd_kafka_message_t *a), (a))                                       \
    call(int64_t, rd_kafka_message_timestamp,                                                                \
        (const rd_kafka_message_t *a, rd_kafka_timestamp_type_t *b),                                         \
        (a, b))                                                                                              \
    call(rd_kafka_resp_err_t, rd_kafka_message_headers,                                                      \
        (const rd_kafka_message_t *a, rd_kafka_headers_t **b),                                               \
        (a, b))                                                                                              \
    call(rd_kafka_resp_err_t, rd_kafka_header_get_all,                                                       \
        (const rd_kafka_headers_t *a, size_t b, const char **c, const void **d, size_t *e),                  \
        (a, b, c, d, e))                                                                                     \
    call(rd_kafka_resp_err_t, rd_kafka_assign,                                                               \
        (rd_kafka_t *a, const rd_kafka_topic_partition_list_t *b),                                           \
        (a, b))                                                                                              \
    call(rd_kafka_resp_err_t, rd_kafka_assignment,                                                           \
        (rd_kafka_t *a, rd_kafka_topic_partition_list_t **b),                                                \
        (a, b))                                                                                              \
    call(rd_kafka_error_t *, rd_kafka_incremental_assign,                                                    \
        (rd_kafka_t *a, const rd_kafka_topic_partition_list_t *b),                                           \
        (a, b))                                                                                              \
    call(rd_kafka_resp_err_t, rd_kafka_committed,                                                            \
        (rd_kafka_t *a, rd_kafka_topic_partition_list_t *b, int c),                                          \
        (a, b, c))                                                                                           \
    call(rd_kafka_resp_err_t, rd_kafka_commit,                                                               \
        (rd_kafka_t *a, const rd_kafka_topic_partition_list_t *b, int c),                                    \
        (a, b, c))                                                                                           \
    call(rd_kafka_resp_err_t, rd_kafka_offsets_for_times,                                                    \
        (rd_kafka_t *a, rd_kafka_topic_partition_list_t *b, int c),                                          \
        (a, b, c))                                                                                           \
    call(rd_kafka_resp_err_t, rd_kafka_get_watermark_offsets,                                                \
        (rd_kafka_t *a, const char *b, int32_t c, int64_t *d, int64_t *e),                                   \
        (a, b, c, d, e))                                                                                     \
    call(rd_kafka_topic_partition_list_t *, rd_kafka_topic_partition_list_new, (int a), (a))                 \
    call(rd_kafka_topic_partition_t *, rd_kafka_topic_partition_list_add,                                    \
        (rd_kafka_topic_partition_list_t *a, const char *b, int32_t c),                                      \
        (a, b, c))                                                                                           \
    call(void, rd_kafka_topic_partition_list_destroy, (rd_kafka_topic_partition_list_t *a), (a))             \
    call(const char *, rd_kafka_message_errstr, (const rd_kafka_message_t *a), (a))                          \
    call(rd_kafka_headers_t *, rd_kafka_headers_new, (size_t a), (a))                                        \
    call(void, rd_kafka_headers_destroy, (rd_kafka_headers_t *a), (a))                                       \
    call(rd_kafka_resp_err_t, rd_kafka_header_add,                                                           \
        (rd_kafka_headers_t *a, const char *b, ssize_t c, const void *d, ssize_t e),                         \
        (a, b, c, d, e))                                                                                     \
    call(rd_kafka_resp_err_t, rd_kafka_flush, (rd_kafka_t *a, int b), (a, b))                                \
    call(rd_kafka_error_t *, rd_kafka_init_transactions, (rd_kafka_t *a, int b), (a, b))                     \
    call(rd_kafka_error_t *, rd_kafka_begin_transaction, (rd_kafka_t *a), (a))                               \
    call(rd_kafka_error_t *, rd_kafka_commit_transaction, (rd_kafka_t *a, int b), (a, b))                    \
    call(rd_kafka_error_t *, rd_kafka_abort_transaction, (rd_kafka_t *a, int b), (a, b))                     \
    call(rd_kafka_error_t *, rd_kafka_send_offsets_to_transaction,                                           \
        (rd_kafka_t *a, const rd_kafka_topic_partition_list_t *b,                                            \
            const rd_kafka_consumer_group_metadata_t *c, int d),                                             \
        (a, b, c, d))                                                                                        \
    call(rd_kafka_consumer_group_metadata_t *, rd_kafka_consumer_group_metadata_new, (const char *a), (a))   \
    call(void, rd_kafka_consumer_group_metadata_destroy, (rd_kafka_consumer_group_metadata_t *a), (a))       \
    call(rd_kafka_resp_err_t, rd_kafka_error_code, (const rd_kafka_error_t *a), (a))                         \
    call(const char *, rd_kafka_error_string, (const rd_kafka_error_t *a), (a))                              \
    call(void, rd_kafka_error_destroy, (rd_kafka_error_t *a), (a))                                           \
    call(int, rd_kafka_error_is_fatal, (const rd_kafka_error_t *a), (a))                                     \
    call(int, rd_kafka_error_is_retriable, (const rd_kafka_error_t *a), (a))                                 \
    call(int, rd_kafka_error_txn_requires_abort, (const rd_kafka_error_t *a), (a))                           \
    call(rd_kafka_AdminOptions_t *, rd_kafka_AdminOptions_new,                                               \
        (rd_kafka_t *a, rd_kafka_admin_op_t b),                                                              \
        (a, b))                                                                                              \
    call(void, rd_kafka_AdminOptions_destroy, (rd_kafka_AdminOptions_t *a), (a))                             \
    call(rd_kafka_resp_err_t, rd_kafka_AdminOptions_set_request_timeout,                                     \
        (rd_kafka_AdminOptions_t *a, int b, char *c, size_t d),                                              \
        (a, b, c, d))                                                                                        \
    call(rd_kafka_error_t *, rd_kafka_AdminOptions_set_require_stable_offsets,                               \
        (rd_kafka_AdminOptions_t *a, int b),                                                                 \
        (a, b))                                                                                              \
    call(rd_kafka_NewTopic_t *, rd_kafka_NewTopic_new,                                                       \
        (const char *a, int b, int c, char *d, size_t e),                                                    \
        (a, b, c, d, e))                                                                                     \
    call(void, rd_kafka_NewTopic_destroy, (rd_kafka_NewTopic_t *a), (a))                                     \
    call(rd_kafka_resp_err_t, rd_kafka_NewTopic_set_config,                                                  \
        (rd_kafka_NewTopic_t *a, const char *b, const char *c),                                              \
        (a, b, c))                                                                                           \
    call(void, rd_kafka_CreateTopics,                                                                        \
        (rd_kafka_t *a, rd_kafka_NewTopic_t **b, size_t c, const rd_kafka_AdminOptions_t *d,                 \
            rd_kafka_queue_t *e),                                                                            \
        (a, b, c, d, e))                                                                                     \
    call(const rd_kafka_CreateTopics_result_t *, rd_kafka_event_CreateTopics_result,                         \
        (rd_kafka_event_t *a),                                                                               \
        (a))                                                                                                 \
    call(const rd_kafka_topic_result_t **, rd_kafka_CreateTopics_result_topics,                              \
        (const rd_kafka_CreateTopics_result_t *a, size_t *b),                                                \
        (a, b))                                                                                              \
    call(rd_kafka_DeleteTopic_t *, rd_kafka_DeleteTopic_new, (const char *a), (a))                           \
    call(void, rd_kafka_DeleteTopic_destroy, (rd_kafka_DeleteTopic_t *a), (a))                               \
    call(void, rd_kafka_DeleteTopics,                                                                        \
        (rd_kafka_t *a, rd_kafka_DeleteTopic_t **b, size_t c, const rd_kafka_AdminOptions_t *d,              \
            rd_kafka_queue_t *e),                                                                            \
        (a, b, c, d, e))                                                                                     \
    call(const rd_kafka_DeleteTopics_result_t *, rd_kafka_event_DeleteTopics_result,                         \
        (rd_kafka_event_t *a),                                                                               \
        (a))                                                                                                 \
    call(const rd_kafka_topic_result_t **, rd_kafka_DeleteTopics_result_topics,                              \
        (const rd_kafka_DeleteTopics_result_t *a, size_t *b),                                                \
        (a, b))                                                                                              \
    call(rd_kafka_resp_err_t, rd_kafka_topic_result_error, (const rd_kafka_topic_result_t *a), (a))          \
    call(const char *, rd_kafka_topic_result_error_string, (const rd_kafka_topic_result_t *a), (a))          \
    call(const char *, rd_kafka_topic_result_name, (const rd_kafka_topic_result_t *a), (a))                  \
    call(void, rd_kafka_event_destroy, (rd_kafka_event_t *a), (a))                                           \
    call(rd_kafka_resp_err_t, rd_kafka_event_error, (rd_kafka_event_t *a), (a))                              \
    call(const char *, rd_kafka_event_error_string, (rd_kafka_event_t *a), (a))                              \
    call(void, rd_kafka_ListConsumerGroups,                                                                  \
        (rd_kafka_t *a, const rd_kafka_AdminOptions_t *b, rd_kafka_queue_t *c),                              \
        (a, b, c))                                                                                           \
    call(const rd_kafka_ListConsumerGroups_result_t *, rd_kafka_event_ListConsumerGroups_result,             \
        (rd_kafka_event_t *a),                                                                               \
        (a))                                                                                                 \
    call(const rd_kafka_ConsumerGroupListing_t **, rd_kafka_ListConsumerGroups_result_valid,                 \
        (const rd_kafka_ListConsumerGroups_result_t *a, size_t *b),                                          \
        (a, b))                                                                                              \
    call(const char *, rd_kafka_ConsumerGroupListing_group_id,                                               \
        (const rd_kafka_ConsumerGroupListing_t *a),                                                          \
        (a))                                                                                                 \
    call(rd_kafka_ListConsumerGroupOffsets_t *, rd_kafka_ListConsumerGroupOffsets_new,                       \
        (const char *a, const rd_kafka_topic_partition_list_t *b),                                           \
        (a, b))                                                                                              \
    call(void, rd_kafka_ListConsumerGroupOffsets_destroy, (rd_kafka_ListConsumerGroupOffsets_t *a), (a))     \
    call(void, rd_kafka_ListConsumerGroupOffsets,                                                            \
        (rd_kafka_t *a, rd_kafka_ListConsumerGroupOffsets_t **b, size_t c,                                   \
            const rd_kafka_AdminOptions_t *d, rd_kafka_queue_t *e),                                          \
        (a, b, c, d, e))                                                                                     \
    call(const rd_kafka_ListConsumerGroupOffsets_result_t *, rd_kafka_event_ListConsumerGroupOffsets_result, \
        (rd_kafka_event_t *a),                                                                               \
        (a))                                                                                                 \
    call(const rd_kafka_group_result_t **, rd_kafka_ListConsumerGroupOffsets_result_groups,                  \
        (const rd_kafka_ListConsumerGroupOffsets_result_t *a, size_t *b),                                    \
        (a, b))                                                                                              \
    call(const rd_kafka_topic_partition_list_t *, rd_kafka_group_result_partitions,                          \
        (const rd_kafka_group_result_t *a),                                                                  \
        (a))                                                                                                 \
    call(const rd_kafka_error_t *, rd_kafka_group_result_error, (const rd_kafka_group_result_t *a), (a))     \
    call(rd_kafka_ConfigResource_t *, rd_kafka_ConfigResource_new,                                           \
        (rd_kafka_ResourceType_t a, const char *b),                                                          \
        (a, b))                                                                                              \
    call(void, rd_kafka_ConfigResource_destroy, (rd_kafka_ConfigResource_t *a), (a))                         \
    call(void, rd_kafka_DescribeConfigs,                                                                     \
        (rd_kafka_t *a, rd_kafka_ConfigResource_t **b, size_t c, const rd_kafka_AdminOptions_t *d,           \
            rd_kafka_queue_t *e),                                                                            \
        (a, b, c, d, e))                                                                                     \
    call(const rd_kafka_DescribeConfigs_result_t *, rd_kafka_event_DescribeConfigs_result,                   \
        (rd_kafka_event_t *a),                                                                               \
        (a))                                                                                                 \
    call(const rd_kafka_ConfigResource_t **, rd_kafka_DescribeConfigs_result_resources,                      \
        (const rd_kafka_DescribeConfigs_result_t *a, size_t *b),                                             \
        (a, b))                                                                                              \
    call(const rd_kafka_ConfigEntry_t **, rd_kafka_ConfigResource_configs,                                   \
        (const rd_kafka_ConfigResource_t *a, size_t *b),                                                     \
        (a, b))                                                                                              \
    call(rd_kafka_resp_err_t, rd_kafka_ConfigResource_error, (const rd_kafka_ConfigResource_t *a), (a))      \
    call(const char *, rd_kafka_ConfigResource_error_string, (const rd_kafka_ConfigResource_t *a), (a))      \
    call(const char *, rd_kafka_ConfigEntry_name, (const rd_kafka_ConfigEntry_t *a), (a))                    \
    call(const char *, rd_kafka_ConfigEntry_value, (const rd_kafka_ConfigEntry_t *a), (a))                   \
    call(int, rd_kafka_ConfigEntry_is_default, (const rd_kafka_ConfigEntry_t *a), (a))                       \
    call(rd_kafka_NewPartitions_t *, rd_kafka_NewPartitions_new,                                             \
        (const char *a, size_t b, char *c, size_t d),                                                        \
        (a, b, c, d))                                                                                        \
    call(void, rd_kafka_NewPartitions_destroy, (rd_kafka_NewPartitions_t *a), (a))                           \
    call(void, rd_kafka_CreatePartitions,                                                                    \
        (rd_kafka_t *a, rd_kafka_NewPartitions_t **b, size_t c, const rd_kafka_AdminOptions_t *d,            \
            rd_kafka_queue_t *e),                                                                            \
        (a, b, c, d, e))                                                                                     \
    call(const rd_kafka_CreatePartitions_result_t *, rd_kafka_event_CreatePartitions_result,                 \
        (rd_kafka_event_t *a),                                                                               \
        (a))                                                                                                 \
    call(const rd_kafka_topic_result_t **, rd_kafka_CreatePartitions_result_topics,                          \
        (const rd_kafka_CreatePartitions_result_t *a, size_t *b),                                            \
        (a, b))                                                                                              \
    call(int, rd_kafka_outq_len, (rd_kafka_t *a), (a))

#define POINTER(result, name, parameters, arguments) result(*name) parameters;
static struct {
    FUNCTIONS(POINTER)
    // Takes its arguments as a list with tags.
    rd_kafka_resp_err_t (*rd_kafka_producev)(rd_kafka_t *a, ...);
} library;

static char failure[256];

static void load(void) {
    // Who has a newer one than the system's names it.
    const char *path = getenv("MILLRACE_LIBRDKAFKA");
    if (!path || !*path) path = "librdkafka.so.1";
    // The library and what it brings along look for functions among themselves first: Arrow's libraries hold
    // an OpenSSL of their own and show its functions to everybody.
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!handle) {
        snprintf(failure, sizeof failure, "%s", dlerror());
        return;
    }
#define FIND(result, name, parameters, arguments)                                                            \
    library.name = (__typeof__(library.name))dlsym(handle, #name);                                           \
    if (!library.name) snprintf(failure, sizeof failure, "librdkafka has no " #name);
    FUNCTIONS(FIND)
    FIND(, rd_kafka_producev, , )
}

const char *millrace_librdkafka_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}

rd_kafka_resp_err_t millrace_librdkafka_produce(
    rd_kafka_t *handle, rd_kafka_topic_t *topic, int32_t partition, const void *key, size_t key_length,
    const void *value, size_t value_length, int64_t timestamp, rd_kafka_headers_t *headers, int copies,
    void *opaque) {
    // Headers are the library's from here on, if it takes the message.
    return library.rd_kafka_producev(
        handle, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_KEY(key, key_length), RD_KAFKA_V_VALUE((void *)value, value_length),
        RD_KAFKA_V_TIMESTAMP(timestamp), RD_KAFKA_V_MSGFLAGS(copies ? RD_KAFKA_MSG_F_COPY : 0),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}

#define FORWARD(result, name, parameters, arguments)                                                         \
    result name parameters { return library.name arguments; }
FUNCTIONS(FORWARD)

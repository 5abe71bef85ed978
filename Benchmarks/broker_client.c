// Writes records through librdkafka, reads them back, and says how fast: what `rdkafka_performance` does,
// which Debian does not ship. One line of JSON for each measurement.
//
//   broker_client produce BROKERS TOPIC COUNT BYTES RATE [name=value …]     (RATE 0: as fast as it goes)
//   broker_client consume BROKERS TOPIC COUNT [name=value …]
//   broker_client transactions BROKERS TOPIC SECONDS RATE [name=value …]     (RATE 0: one behind the other)
//   broker_client mock COUNT BYTES [name=value …]    produce, against librdkafka's own mock broker
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static void stop(const char *why) {
    fprintf(stderr, "broker_client: %s\n", why);
    exit(1);
}

static rd_kafka_conf_t *settings(int count, char **pairs) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char error[512];
    for (int index = 0; index < count; index++) {
        char *sign = strchr(pairs[index], '=');
        if (!sign) stop("a setting is name=value");
        *sign = 0;
        if (rd_kafka_conf_set(conf, pairs[index], sign + 1, error, sizeof error)) stop(error);
        *sign = '=';
    }
    return conf;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char error[512];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error)) stop(error);
}

static double *latencies;
static size_t delivered, failed;

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *context) {
    (void)client;
    (void)context;
    if (message->err) failed++;
    latencies[delivered++] = rd_kafka_message_latency(message) * 1e-3;
}

static int by_size(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

static void produce(rd_kafka_conf_t *conf, const char *topic, size_t count, size_t bytes, double rate) {
    char error[512], *value = malloc(bytes);
    latencies = malloc(sizeof *latencies * (count + 1));
    for (size_t index = 0; index < bytes; index++) value[index] = "abcdefghijklmnopqrstuvwxyz"[rand() % 26];
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!client) stop(error);
    double begin = now();
    for (size_t index = 0; index < count; index++) {
        while (rate > 0 && now() < begin + index / rate) rd_kafka_poll(client, 0);
        while (rd_kafka_producev(
            client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_VALUE(value, bytes),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END))
            rd_kafka_poll(client, 10);
        if (index % 64 == 0) rd_kafka_poll(client, 0);
    }
    while (delivered < count) rd_kafka_poll(client, 100);
    double seconds = now() - begin;
    qsort(latencies, count, sizeof *latencies, by_size);
    printf("{\"what\": \"produce\", \"records_per_second\": %.0f, \"mb_per_second\": %.1f, \"failed\": %zu, "
           "\"p50_ms\": %.2f, \"p99_ms\": %.2f, \"max_ms\": %.2f}\n",
        count / seconds, count * bytes / seconds / 1e6, failed, latencies[count / 2],
        latencies[count - 1 - count / 100], latencies[count - 1]);
    fflush(stdout);
    rd_kafka_destroy(client);
}

static void consume(rd_kafka_conf_t *conf, const char *topic, size_t count) {
    char error[512];
    set(conf, "group.id", "broker_client");
    set(conf, "auto.offset.reset", "earliest");
    set(conf, "enable.auto.commit", "false");
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    if (!client) stop(error);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    if (rd_kafka_metadata(client, 0, handle, &metadata, 10000)) stop("no metadata");
    for (int index = 0; index < metadata->topics[0].partition_cnt; index++)
        rd_kafka_topic_partition_list_add(list, topic, index)->offset = 0;
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(client);
    double begin = now();
    rd_kafka_assign(client, list);
    size_t seen = 0, bytes = 0;
    static rd_kafka_message_t *messages[10000];
    while (seen < count) {
        ssize_t got = rd_kafka_consume_batch_queue(queue, 1000, messages, 10000);
        for (ssize_t index = 0; index < got; index++) {
            if (!messages[index]->err) {
                seen++;
                bytes += messages[index]->len;
            }
            rd_kafka_message_destroy(messages[index]);
        }
        if (now() - begin > 300) stop("not all records came in five minutes");
    }
    double seconds = now() - begin;
    printf("{\"what\": \"consume\", \"records_per_second\": %.0f, \"mb_per_second\": %.1f}\n", seen / seconds,
        bytes / seconds / 1e6);
    exit(0);
}

static void check(rd_kafka_error_t *error) {
    if (error) stop(rd_kafka_error_string(error));
}

// Transactions of ten records and an offset of a group: how long each step of them takes.
static void transactions(rd_kafka_conf_t *conf, const char *topic, double seconds, double rate) {
    enum { PRODUCE, OFFSETS, COMMIT, ALL, STEPS };
    static const char *names[] = {"produce", "offsets", "commit", "all"};
    enum { MOST = 100000, RECORDS = 10 };
    char error[512], value[200];
    memset(value, 'x', sizeof value);
    latencies = malloc(sizeof *latencies * RECORDS * (size_t)(MOST + 5));
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!client) stop(error);
    check(rd_kafka_init_transactions(client, 30000));
    rd_kafka_consumer_group_metadata_t *group = rd_kafka_consumer_group_metadata_new("broker_client");
    rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(offsets, topic, 0);
    double *times[STEPS];
    for (int step = 0; step < STEPS; step++) times[step] = malloc(sizeof **times * MOST);
    // The first ones meet connections that are not there yet, and files that are not.
    const size_t warmUp = 5;
    double begin = now();
    size_t done = 0;
    for (size_t number = 0; done < MOST; number++) {
        if (number == warmUp) begin = now();
        while (number > warmUp && rate > 0 && now() < begin + done / rate) rd_kafka_poll(client, 1);
        if (number > warmUp && now() > begin + seconds) break;
        double marks[STEPS];
        double last = now(), start = last;
        check(rd_kafka_begin_transaction(client));
        for (int index = 0; index < RECORDS; index++)
            if (rd_kafka_producev(client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_VALUE(value, sizeof value),
                    RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END))
                stop("a record was not taken");
        if (rd_kafka_flush(client, 30000)) stop("records are not acknowledged");
        marks[PRODUCE] = now() - last;
        last += marks[PRODUCE];
        offsets->elems[0].offset = (int64_t)number + 1;
        check(rd_kafka_send_offsets_to_transaction(client, offsets, group, 30000));
        marks[OFFSETS] = now() - last;
        last += marks[OFFSETS];
        check(rd_kafka_commit_transaction(client, 30000));
        marks[COMMIT] = now() - last;
        marks[ALL] = now() - start;
        if (number < warmUp) continue;
        for (int step = 0; step < STEPS; step++) times[step][done] = marks[step] * 1e3;
        done++;
    }
    double took = now() - begin;
    printf("{\"what\": \"transactions\", \"transactions_per_second\": %.1f, \"failed\": %zu",
        done / took, failed);
    for (int step = 0; step < STEPS; step++) {
        qsort(times[step], done, sizeof **times, by_size);
        printf(", \"%s_p50_ms\": %.2f, \"%s_p99_ms\": %.2f", names[step], times[step][done / 2], names[step],
            times[step][done - 1 - done / 100]);
    }
    printf("}\n");
    fflush(stdout);
    rd_kafka_destroy(client);
}

int main(int count, char **words) {
    if (count >= 7 && !strcmp(words[1], "produce")) {
        rd_kafka_conf_t *conf = settings(count - 7, words + 7);
        set(conf, "bootstrap.servers", words[2]);
        produce(conf, words[3], strtoull(words[4], NULL, 10), strtoull(words[5], NULL, 10), atof(words[6]));
    } else if (count >= 5 && !strcmp(words[1], "consume")) {
        rd_kafka_conf_t *conf = settings(count - 5, words + 5);
        set(conf, "bootstrap.servers", words[2]);
        consume(conf, words[3], strtoull(words[4], NULL, 10));
    } else if (count >= 6 && !strcmp(words[1], "transactions")) {
        rd_kafka_conf_t *conf = settings(count - 6, words + 6);
        set(conf, "bootstrap.servers", words[2]);
        set(conf, "transactional.id", "broker_client");
        transactions(conf, words[3], atof(words[4]), atof(words[5]));
    } else if (count >= 4 && !strcmp(words[1], "mock")) {
        rd_kafka_conf_t *conf = settings(count - 4, words + 4);
        set(conf, "test.mock.num.brokers", "1");
        produce(conf, "mock", strtoull(words[2], NULL, 10), strtoull(words[3], NULL, 10), 0);
    } else {
        stop("produce, consume, transactions or mock: see the first lines of its source");
    }
    return 0;
}

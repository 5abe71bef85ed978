// How long after an event is produced its change is there for readers: one producer, and one consumer for
// each isolation level, through librdkafka. One line of JSON for each consumer.
//
//   latency_client BROKERS INPUT OUTPUT RATE SECONDS WARM-UP
//
// An event is {"page":"…","price":…,"at":ms,"sent":µs}, its key the user; a change has "LAST":µs, the `sent`
// of the last event that it comes of.
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { users = 20011 };

static const char *brokers;
static volatile int is_done;
static long long warm_from;

static long long micros(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void stop(const char *why) {
    fprintf(stderr, "latency_client: %s\n", why);
    exit(1);
}

static rd_kafka_conf_t *settings(const char *pairs[][2], size_t count) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char error[512];
    if (rd_kafka_conf_set(conf, "bootstrap.servers", brokers, error, sizeof error)) stop(error);
    for (size_t index = 0; index < count; index++)
        if (rd_kafka_conf_set(conf, pairs[index][0], pairs[index][1], error, sizeof error)) stop(error);
    return conf;
}

struct watch {
    const char *topic, *isolation;
    double *waits;
    size_t count, room;
    pthread_t thread;
};

static void *run(void *context) {
    struct watch *watch = context;
    const char *pairs[][2] = {
        {"group.id", watch->isolation}, {"isolation.level", watch->isolation}, {"fetch.wait.max.ms", "100"},
        {"enable.auto.commit", "false"}};
    char error[512], text[4096];
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, settings(pairs, 4), error, sizeof error);
    if (!client) stop(error);
    rd_kafka_poll_set_consumer(client);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, watch->topic, 0)->offset = 0;
    if (rd_kafka_assign(client, list)) stop("the topic can't be read");
    while (!is_done) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(client, 50);
        if (!message) continue;
        long long now = micros();
        if (!message->err && message->len > 0 && message->len < sizeof text) {
            memcpy(text, message->payload, message->len);
            text[message->len] = 0;
            char *last = strstr(text, "\"LAST\":");
            long long sent = last ? strtoll(last + 7, 0, 10) : 0;
            if (sent >= warm_from && watch->count < watch->room)
                watch->waits[watch->count++] = (now - sent) * 1e-3;
        }
        rd_kafka_message_destroy(message);
    }
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
    return 0;
}

static int by_size(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return difference < 0 ? -1 : difference > 0;
}

static void produce(const char *topic, double rate, double seconds) {
    const char *pairs[][2] = {{"linger.ms", "0"}, {"acks", "all"}};
    char error[512], key[32], value[256];
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, settings(pairs, 2), error, sizeof error);
    if (!client) stop(error);
    long long begin = micros();
    long long total = rate * seconds;
    for (long long number = 0; number < total;) {
        // In steps of half a millisecond.
        for (; number < total && number < (micros() - begin) * 1e-6 * rate; number++) {
            long long now = micros();
            snprintf(key, sizeof key, "u%lld", number % users);
            snprintf(value, sizeof value,
                "{\"page\":\"/products/%lld\",\"price\":%lld.5,\"at\":%lld,\"sent\":%lld}", number % 977,
                number % 100, now / 1000, now);
            while (rd_kafka_producev(
                client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY(key, strlen(key)),
                RD_KAFKA_V_VALUE(value, strlen(value)), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                RD_KAFKA_V_END))
                rd_kafka_poll(client, 10);
        }
        rd_kafka_poll(client, 0);
        struct timespec step = {0, 500000};
        nanosleep(&step, 0);
    }
    rd_kafka_flush(client, 30000);
    rd_kafka_destroy(client);
}

int main(int count, char **words) {
    if (count != 7) stop("BROKERS INPUT OUTPUT RATE SECONDS WARM-UP");
    brokers = words[1];
    double rate = atof(words[4]), seconds = atof(words[5]), warm_up = atof(words[6]);
    warm_from = micros() + (long long)(warm_up * 1e6);
    size_t room = rate * seconds * 2 + 1000;
    struct watch watches[] = {{words[3], "read_uncommitted"}, {words[3], "read_committed"}};
    for (int index = 0; index < 2; index++) {
        watches[index].room = room;
        watches[index].waits = malloc(room * sizeof(double));
        pthread_create(&watches[index].thread, 0, run, &watches[index]);
    }
    produce(words[2], rate, seconds);
    struct timespec rest = {2, 0};
    nanosleep(&rest, 0);
    is_done = 1;
    for (int index = 0; index < 2; index++) {
        struct watch *watch = &watches[index];
        pthread_join(watch->thread, 0);
        size_t found = watch->count;
        if (!found) stop("no change has come");
        qsort(watch->waits, found, sizeof(double), by_size);
        printf("{\"isolation\": \"%s\", \"changes\": %zu, \"p50_ms\": %.2f, \"p90_ms\": %.2f, "
               "\"p99_ms\": %.2f, \"max_ms\": %.2f}\n",
            watch->isolation, found, watch->waits[found / 2], watch->waits[found - 1 - found / 10],
            watch->waits[found - 1 - found / 100], watch->waits[found - 1]);
    }
    return 0;
}

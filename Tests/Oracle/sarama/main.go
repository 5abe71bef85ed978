// The broker as sarama sees it: sarama HOST:PORT
package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/Shopify/sarama"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func settings() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.V2_1_0_0
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	return config
}

// Writes with a codec, and reads partition 0 from its beginning.
func roundTrip(broker string, topic string, codec sarama.CompressionCodec, isIdempotent bool) {
	config := settings()
	config.Producer.Compression = codec
	if isIdempotent {
		config.Producer.Idempotent = true
		config.Net.MaxOpenRequests = 1
	}
	producer, err := sarama.NewSyncProducer([]string{broker}, config)
	must(err)
	var messages []*sarama.ProducerMessage
	for number := 0; number < 300; number++ {
		messages = append(messages, &sarama.ProducerMessage{
			Topic: topic, Key: sarama.StringEncoder(fmt.Sprint(number)),
			Value:     sarama.StringEncoder(fmt.Sprintf("value %d", number)),
			Headers:   []sarama.RecordHeader{{Key: []byte("h"), Value: []byte("x")}},
			Timestamp: time.Unix(1700000000+int64(number), 0)})
	}
	must(producer.SendMessages(messages))
	must(producer.Close())
	consumer, err := sarama.NewConsumer([]string{broker}, config)
	must(err)
	partition, err := consumer.ConsumePartition(topic, 0, sarama.OffsetOldest)
	must(err)
	for number := 0; number < 300; number++ {
		select {
		case message := <-partition.Messages():
			if string(message.Value) != fmt.Sprintf("value %d", number) || string(message.Key) != fmt.Sprint(number) ||
				message.Timestamp.Unix() != 1700000000+int64(number) || string(message.Headers[0].Value) != "x" {
				panic(fmt.Sprintf("%s: record %d is %s", topic, number, message.Value))
			}
		case <-time.After(60 * time.Second):
			panic(topic + ": no record")
		}
	}
	must(partition.Close())
	must(consumer.Close())
}

type member struct {
	lock   sync.Mutex
	claims int
	read   chan string
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.claims = 0
	for _, partitions := range session.Claims() {
		m.claims += len(partitions)
	}
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		m.read <- string(message.Value)
		session.MarkMessage(message, "")
	}
	return nil
}

func (m *member) count() int {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.claims
}

// Three members, each with two of six partitions; then all that was written is read once.
func groupOfThree(broker string) {
	var members []*member
	var groups []sarama.ConsumerGroup
	ctx, cancel := context.WithCancel(context.Background())
	read := make(chan string, 1000)
	var running sync.WaitGroup
	for number := 0; number < 3; number++ {
		group, err := sarama.NewConsumerGroup([]string{broker}, "sarama", settings())
		must(err)
		one := &member{read: read}
		members = append(members, one)
		groups = append(groups, group)
		running.Add(1)
		go func() {
			defer running.Done()
			for ctx.Err() == nil {
				must(group.Consume(ctx, []string{"shared"}, one))
			}
		}()
	}
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if members[0].count() == 2 && members[1].count() == 2 && members[2].count() == 2 {
			break
		}
		if time.Now().After(end) {
			panic("the partitions are not shared")
		}
	}
	producer, err := sarama.NewSyncProducer([]string{broker}, settings())
	must(err)
	for number := 0; number < 60; number++ {
		_, _, err := producer.SendMessage(&sarama.ProducerMessage{
			Topic: "shared", Key: sarama.StringEncoder(fmt.Sprint(number)), Value: sarama.StringEncoder(fmt.Sprint(number))})
		must(err)
	}
	must(producer.Close())
	seen := map[string]bool{}
	for len(seen) < 60 {
		select {
		case value := <-read:
			if seen[value] {
				panic("twice: " + value)
			}
			seen[value] = true
		case <-time.After(60 * time.Second):
			panic("not all records came")
		}
	}
	cancel()
	for _, group := range groups {
		must(group.Close())
	}
	running.Wait()
}

func main() {
	broker := os.Args[1]
	admin, err := sarama.NewClusterAdmin([]string{broker}, settings())
	must(err)
	codecs := []sarama.CompressionCodec{
		sarama.CompressionNone, sarama.CompressionGZIP, sarama.CompressionSnappy, sarama.CompressionLZ4,
		sarama.CompressionZSTD}
	for _, codec := range codecs {
		topic := "sarama-" + codec.String()
		must(admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}, false))
		roundTrip(broker, topic, codec, codec == sarama.CompressionGZIP)
	}
	must(admin.CreateTopic("shared", &sarama.TopicDetail{NumPartitions: 6, ReplicationFactor: 1}, false))
	groupOfThree(broker)
	must(admin.DeleteTopic("shared"))
	entries, err := admin.DescribeConfig(sarama.ConfigResource{Type: sarama.TopicResource, Name: "sarama-none"})
	must(err)
	if len(entries) == 0 {
		panic("no settings")
	}
	must(admin.Close())
	fmt.Println("sarama: done")
}

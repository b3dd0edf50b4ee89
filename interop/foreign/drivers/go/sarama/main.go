// sarama under the drivers' contract: see interop/foreign/README.md.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/IBM/sarama"
)

type options struct {
	Topic     string `json:"topic"`
	File      string `json:"file"`
	Codec     string `json:"codec"`
	Count     int    `json:"count"`
	Group     string `json:"group"`
	SessionMs int    `json:"sessionMs"`
}

var (
	brokers = []string{os.Args[1]}
	given   options
	mutex   sync.Mutex
	out     = bufio.NewWriterSize(os.Stdout, 1<<16)
)

func main() {
	must(json.Unmarshal([]byte(os.Args[3]), &given))
	commands := map[string]func(){"produce": produce, "consume": consume, "member": member, "admin": admin}
	commands[os.Args[2]]()
	out.Flush()
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func settings() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Metadata.Retry.Max = 500
	config.Metadata.Retry.Backoff = 100 * time.Millisecond
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Return.Errors = true
	return config
}

func produce() {
	codecs := map[string]sarama.CompressionCodec{
		"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy,
		"lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD,
	}
	config := settings()
	config.Producer.Compression = codecs[given.Codec]
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Retry.Max = 500
	config.Producer.Retry.Backoff = 100 * time.Millisecond
	config.Producer.Return.Successes = true
	config.Net.MaxOpenRequests = 1
	producer, err := sarama.NewAsyncProducer(brokers, config)
	must(err)
	var done sync.WaitGroup
	done.Add(2)
	go func() {
		defer done.Done()
		for range producer.Successes() {
		}
	}()
	go func() {
		defer done.Done()
		for failure := range producer.Errors() {
			must(failure.Err)
		}
	}()
	file, err := os.Open(given.File)
	must(err)
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 1<<20), 1<<24)
	for lines.Scan() {
		key, value, _ := bytes.Cut(bytes.Clone(lines.Bytes()), []byte(":"))
		producer.Input() <- &sarama.ProducerMessage{
			Topic: given.Topic, Key: sarama.ByteEncoder(key), Value: sarama.ByteEncoder(value),
		}
	}
	must(lines.Err())
	producer.AsyncClose()
	done.Wait()
}

func show(message *sarama.ConsumerMessage) {
	mutex.Lock()
	defer mutex.Unlock()
	fmt.Fprintf(out, "%d\t%d\t%s\t%s\n", message.Partition, message.Offset, message.Key, message.Value)
}

func consume() {
	consumer, err := sarama.NewConsumer(brokers, settings())
	must(err)
	partitions, err := consumer.Partitions(given.Topic)
	must(err)
	messages := make(chan *sarama.ConsumerMessage, 1000)
	for _, partition := range partitions {
		claim, err := consumer.ConsumePartition(given.Topic, partition, sarama.OffsetOldest)
		must(err)
		go func() {
			for message := range claim.Messages() {
				messages <- message
			}
		}()
	}
	for count := 0; count < given.Count; count++ {
		show(<-messages)
	}
}

type handler struct{}

func say(partitions []int32) {
	sort.Slice(partitions, func(i, j int) bool { return partitions[i] < partitions[j] })
	texts := make([]string, len(partitions))
	for i, partition := range partitions {
		texts[i] = strconv.Itoa(int(partition))
	}
	mutex.Lock()
	defer mutex.Unlock()
	fmt.Fprintf(out, "=assigned %s\n", strings.Join(texts, ","))
	out.Flush()
}

func (handler) Setup(session sarama.ConsumerGroupSession) error {
	say(append([]int32{}, session.Claims()[given.Topic]...))
	return nil
}

func (handler) Cleanup(sarama.ConsumerGroupSession) error {
	say(nil)
	return nil
}

func (handler) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		show(message)
		session.MarkMessage(message, "")
		mutex.Lock()
		out.Flush()
		mutex.Unlock()
	}
	return nil
}

func member() {
	config := settings()
	config.Consumer.Group.Session.Timeout = time.Duration(given.SessionMs) * time.Millisecond
	config.Consumer.Group.Heartbeat.Interval = 500 * time.Millisecond
	config.Consumer.Group.Rebalance.Timeout = 10 * time.Second
	config.Consumer.Offsets.AutoCommit.Interval = 500 * time.Millisecond
	group, err := sarama.NewConsumerGroup(brokers, given.Group, config)
	must(err)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	go func() {
		for range group.Errors() {
		}
	}()
	for ctx.Err() == nil {
		if err := group.Consume(ctx, []string{given.Topic}, handler{}); err != nil {
			time.Sleep(100 * time.Millisecond)
		}
	}
	must(group.Close())
}

func admin() {
	administrator, err := sarama.NewClusterAdmin(brokers, settings())
	must(err)
	facts := map[string]any{}
	text := func(value string) *string { return &value }
	detail := sarama.TopicDetail{NumPartitions: 3, ReplicationFactor: 1, ConfigEntries: map[string]*string{"retention.ms": text("60000")}}
	must(administrator.CreateTopic(given.Topic, &detail, false))
	count := func() int {
		topics, err := administrator.DescribeTopics([]string{given.Topic})
		must(err)
		return len(topics[0].Partitions)
	}
	retention := func() string {
		entries, err := administrator.DescribeConfig(sarama.ConfigResource{
			Type: sarama.TopicResource, Name: given.Topic, ConfigNames: []string{"retention.ms"},
		})
		must(err)
		return entries[0].Value
	}
	facts["partitions"] = count()
	facts["retention"] = retention()
	change := map[string]sarama.IncrementalAlterConfigsEntry{
		"retention.ms": {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: text("70000")},
	}
	must(administrator.IncrementalAlterConfig(sarama.TopicResource, given.Topic, change, false))
	facts["altered"] = retention()
	must(administrator.CreatePartitions(given.Topic, 5, nil, false))
	facts["grown"] = count()
	groups, err := administrator.ListConsumerGroups()
	must(err)
	names := []string{}
	for name := range groups {
		names = append(names, name)
	}
	sort.Strings(names)
	facts["groups"] = names
	must(administrator.DeleteTopic(given.Topic))
	topics, err := administrator.ListTopics()
	must(err)
	_, isThere := topics[given.Topic]
	facts["deleted"] = !isThere
	must(json.NewEncoder(out).Encode(facts))
}

// franz-go under the drivers' contract: see interop/foreign/README.md.
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

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
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
	bootstrap = os.Args[1]
	given     options
	mutex     sync.Mutex
	out       = bufio.NewWriterSize(os.Stdout, 1<<16)
	ctx       = context.Background()
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

func client(more ...kgo.Opt) *kgo.Client {
	made, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(bootstrap)}, more...)...)
	must(err)
	return made
}

func produce() {
	codecs := map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}
	producer := client(
		kgo.ProducerBatchCompression(codecs[given.Codec]),
		kgo.RecordDeliveryTimeout(2*time.Minute),
		kgo.AllowAutoTopicCreation(),
		kgo.UnknownTopicRetries(100),
	)
	file, err := os.Open(given.File)
	must(err)
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 1<<20), 1<<24)
	for lines.Scan() {
		key, value, _ := bytes.Cut(bytes.Clone(lines.Bytes()), []byte(":"))
		record := &kgo.Record{Topic: given.Topic, Key: key, Value: value}
		producer.Produce(ctx, record, func(_ *kgo.Record, err error) { must(err) })
	}
	must(lines.Err())
	must(producer.Flush(ctx))
	producer.Close()
}

func show(record *kgo.Record) {
	fmt.Fprintf(out, "%d\t%d\t%s\t%s\n", record.Partition, record.Offset, record.Key, record.Value)
}

func consume() {
	consumer := client(kgo.ConsumeTopics(given.Topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	for count := 0; count < given.Count; {
		fetches := consumer.PollFetches(ctx)
		fetches.EachError(func(_ string, _ int32, err error) { must(err) })
		fetches.EachRecord(func(record *kgo.Record) {
			show(record)
			count++
		})
	}
	consumer.Close()
}

func member() {
	owned := map[int32]bool{}
	say := func() {
		partitions := make([]int, 0, len(owned))
		for partition := range owned {
			partitions = append(partitions, int(partition))
		}
		sort.Ints(partitions)
		texts := make([]string, len(partitions))
		for i, partition := range partitions {
			texts[i] = strconv.Itoa(partition)
		}
		mutex.Lock()
		defer mutex.Unlock()
		fmt.Fprintf(out, "=assigned %s\n", strings.Join(texts, ","))
		out.Flush()
	}
	gained := func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
		for _, partition := range partitions[given.Topic] {
			owned[partition] = true
		}
		say()
	}
	lost := func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
		for _, partition := range partitions[given.Topic] {
			delete(owned, partition)
		}
		say()
	}
	consumer := client(
		kgo.ConsumerGroup(given.Group),
		kgo.ConsumeTopics(given.Topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.SessionTimeout(time.Duration(given.SessionMs)*time.Millisecond),
		kgo.HeartbeatInterval(500*time.Millisecond),
		kgo.RebalanceTimeout(10*time.Second),
		kgo.AutoCommitInterval(500*time.Millisecond),
		kgo.OnPartitionsAssigned(gained),
		kgo.OnPartitionsRevoked(lost),
		kgo.OnPartitionsLost(lost),
	)
	stop, cancel := context.WithCancel(ctx)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	for stop.Err() == nil {
		fetches := consumer.PollFetches(stop)
		mutex.Lock()
		fetches.EachRecord(show)
		out.Flush()
		mutex.Unlock()
	}
	consumer.Close()
}

func admin() {
	administrator := kadm.NewClient(client())
	facts := map[string]any{}
	text := func(value string) *string { return &value }
	_, err := administrator.CreateTopic(ctx, 3, 1, map[string]*string{"retention.ms": text("60000")}, given.Topic)
	must(err)
	count := func() int {
		topics, err := administrator.ListTopics(ctx, given.Topic)
		must(err)
		return len(topics[given.Topic].Partitions)
	}
	retention := func() string {
		configs, err := administrator.DescribeTopicConfigs(ctx, given.Topic)
		must(err)
		for _, config := range configs[0].Configs {
			if config.Key == "retention.ms" {
				return config.MaybeValue()
			}
		}
		return ""
	}
	facts["partitions"] = count()
	facts["retention"] = retention()
	altered, err := administrator.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Name: "retention.ms", Value: text("70000")}}, given.Topic)
	must(err)
	must(altered[0].Err)
	facts["altered"] = retention()
	grown, err := administrator.UpdatePartitions(ctx, 5, given.Topic)
	must(err)
	must(grown.Error())
	facts["grown"] = count()
	groups, err := administrator.ListGroups(ctx)
	must(err)
	names := groups.Groups()
	sort.Strings(names)
	facts["groups"] = names
	_, err = administrator.DeleteTopic(ctx, given.Topic)
	must(err)
	topics, err := administrator.ListTopics(ctx)
	must(err)
	facts["deleted"] = !topics.Has(given.Topic)
	must(json.NewEncoder(out).Encode(facts))
}

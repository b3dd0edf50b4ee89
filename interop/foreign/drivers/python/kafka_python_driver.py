"""kafka-python (no native code) under the drivers' contract: see interop/foreign/README.md."""

import json
import sys
import threading

from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic

bootstrap, command, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
base = {"bootstrap_servers": bootstrap, "reconnect_backoff_max_ms": 250}
out = sys.stdout.buffer


def show(record):
    out.write(b"%d\t%d\t%s\t%s\n" % (record.partition, record.offset, record.key or b"", record.value or b""))


def produce():
    codec = None if options["codec"] == "none" else options["codec"]
    producer = KafkaProducer(
        **base,
        enable_idempotence=True,
        acks="all",
        compression_type=codec,
        delivery_timeout_ms=120_000,
        max_block_ms=120_000,
        linger_ms=5,
        batch_size=65536,
    )
    futures = []
    with open(options["file"], "rb") as lines:
        for line in lines:
            key, value = line.rstrip(b"\n").split(b":", 1)
            futures.append(producer.send(options["topic"], value, key))
    producer.flush(150)
    for future in futures:
        future.get(timeout=1)
    producer.close()


def consume():
    consumer = KafkaConsumer(**base, auto_offset_reset="earliest", enable_auto_commit=False)
    topic = options["topic"]
    partitions = [TopicPartition(topic, partition) for partition in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    count = 0
    while count < options["count"]:
        for records in consumer.poll(timeout_ms=30_000).values():
            for record in records:
                show(record)
                count += 1
    out.flush()
    consumer.close()


class Listener(ConsumerRebalanceListener):
    def on_partitions_revoked(self, revoked):
        self._say([])

    def on_partitions_assigned(self, assigned):
        self._say(assigned)

    def _say(self, partitions):
        out.write(b"=assigned %s\n" % ",".join(str(each.partition) for each in partitions).encode())
        out.flush()


def member():
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
    consumer = KafkaConsumer(
        **base,
        group_id=options["group"],
        session_timeout_ms=options["sessionMs"],
        heartbeat_interval_ms=500,
        auto_offset_reset="earliest",
        auto_commit_interval_ms=500,
    )
    consumer.subscribe([options["topic"]], listener=Listener())
    while not stopped.is_set():
        for records in consumer.poll(timeout_ms=100).values():
            for record in records:
                show(record)
        out.flush()
    consumer.close()


def admin():
    client = KafkaAdminClient(**base)
    topic = options["topic"]
    facts = {}
    client.create_topics([NewTopic(topic, 3, 1, topic_configs={"retention.ms": "60000"})])

    def partition_count():
        [description] = client.describe_topics([topic])
        return len(description["partitions"])

    facts["partitions"] = partition_count()
    client.create_partitions({topic: NewPartitions(5)})
    facts["grown"] = partition_count()
    client.delete_topics([topic])
    facts["deleted"] = topic not in client.list_topics()
    print(json.dumps(facts))


{"produce": produce, "consume": consume, "member": member, "admin": admin}[command]()
out.flush()

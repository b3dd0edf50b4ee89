"""confluent-kafka-python (librdkafka) under the drivers' contract: see interop/foreign/README.md."""

import json
import sys
import threading

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
)

bootstrap, command, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
base = {"bootstrap.servers": bootstrap, "reconnect.backoff.max.ms": 250}
out = sys.stdout.buffer


def show(message):
    key, value = message.key() or b"", message.value() or b""
    out.write(b"%d\t%d\t%s\t%s\n" % (message.partition(), message.offset(), key, value))


def produce():
    failures = []

    def delivered(error, _message):
        if error is not None:
            failures.append(error)

    producer = Producer(
        {
            **base,
            "enable.idempotence": True,
            "message.timeout.ms": 120_000,
            "compression.type": options["codec"],
            "linger.ms": 5,
        }
    )
    with open(options["file"], "rb") as lines:
        for line in lines:
            key, value = line.rstrip(b"\n").split(b":", 1)
            while True:
                try:
                    producer.produce(options["topic"], value, key, on_delivery=delivered)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
    left = producer.flush(150)
    if failures or left:
        raise SystemExit(f"{len(failures)} failed, {left} left: {failures[:1]}")


def consume():
    consumer = Consumer({**base, "group.id": "unused", "enable.auto.commit": False, "auto.offset.reset": "earliest"})
    topic = options["topic"]
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    count = 0
    while count < options["count"]:
        for message in consumer.consume(500, timeout=30):
            if message.error():
                raise KafkaException(message.error())
            show(message)
            count += 1
    out.flush()
    consumer.close()


def member():
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()

    def say(_consumer, partitions):
        out.write(b"=assigned %s\n" % ",".join(str(each.partition) for each in partitions).encode())
        out.flush()

    consumer = Consumer(
        {
            **base,
            "group.id": options["group"],
            "session.timeout.ms": options["sessionMs"],
            "heartbeat.interval.ms": 500,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": True,
            "auto.commit.interval.ms": 500,
        }
    )
    consumer.subscribe([options["topic"]], on_assign=say, on_revoke=lambda c, p: say(c, []))
    while not stopped.is_set():
        message = consumer.poll(0.1)
        if message is None:
            continue
        if message.error():
            if message.error().code() in (KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN):
                continue
            raise KafkaException(message.error())
        show(message)
        out.flush()
    consumer.close()


def admin():
    client = AdminClient(base)
    topic = options["topic"]
    facts = {}

    def settled(futures):
        return [future.result(30) for future in futures.values()]

    settled(client.create_topics([NewTopic(topic, 3, 1, config={"retention.ms": "60000"})]))
    facts["partitions"] = len(client.list_topics(topic, timeout=30).topics[topic].partitions)

    def retention():
        [answer] = settled(client.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, topic)]))
        return answer["retention.ms"].value

    facts["retention"] = retention()
    change = ConfigResource(
        ConfigResource.Type.TOPIC,
        topic,
        incremental_configs=[ConfigEntry("retention.ms", "70000", incremental_operation=AlterConfigOpType.SET)],
    )
    settled(client.incremental_alter_configs([change]))
    facts["altered"] = retention()
    settled(client.create_partitions([NewPartitions(topic, 5)]))
    facts["grown"] = len(client.list_topics(topic, timeout=30).topics[topic].partitions)
    facts["groups"] = sorted(group.group_id for group in client.list_consumer_groups().result(30).valid)
    settled(client.delete_topics([topic]))
    facts["deleted"] = topic not in client.list_topics(timeout=30).topics
    print(json.dumps(facts))


{"produce": produce, "consume": consume, "member": member, "admin": admin}[command]()
out.flush()

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Prints the figures of Kafka's own clients after some work on the broker that the first argument names: client, group, name and the names of its tags. */
public class MetricsHarness {
  public static void main(String[] args) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", args[0], "client.id", "c");
    String topic = "metrics-" + System.nanoTime();
    Map<String, Object> transactional = new HashMap<>(settings);
    transactional.put("transactional.id", topic);
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (Producer<byte[], byte[]> producer = new KafkaProducer<>(transactional, bytes, bytes)) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, new byte[100]));
      producer.commitTransaction();
      print("producer", producer.metrics());
    }
    for (String protocol : List.of("classic", "consumer")) {
      Map<String, Object> grouped = new HashMap<>(settings);
      grouped.putAll(Map.of("group.id", topic + protocol, "group.protocol", protocol, "auto.offset.reset", "earliest"));
      ByteArrayDeserializer reader = new ByteArrayDeserializer();
      try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(grouped, reader, reader)) {
        consumer.subscribe(List.of(topic));
        while (consumer.poll(Duration.ofSeconds(1)).isEmpty()) {}
        consumer.commitSync();
        print(protocol, consumer.metrics());
      }
    }
    try (Admin admin = Admin.create(settings)) {
      admin.describeCluster().nodes().get();
      print("admin", admin.metrics());
      ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, topic + "share");
      ConfigEntry earliest = new ConfigEntry("share.auto.offset.reset", "earliest");
      admin.incrementalAlterConfigs(Map.of(group, List.of(new AlterConfigOp(earliest, AlterConfigOp.OpType.SET)))).all().get();
    }
    Map<String, Object> shared = new HashMap<>(settings);
    shared.put("group.id", topic + "share");
    ByteArrayDeserializer reader = new ByteArrayDeserializer();
    try (ShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(shared, reader, reader)) {
      consumer.subscribe(List.of(topic));
      while (consumer.poll(Duration.ofSeconds(1)).isEmpty()) {}
      consumer.commitSync();
      print("share", consumer.metrics());
    }
  }

  private static void print(String client, Map<MetricName, ? extends Metric> metrics) {
    TreeSet<String> lines = new TreeSet<>();
    for (MetricName name : metrics.keySet()) {
      lines.add(client + "\t" + name.group() + "\t" + name.name() + "\t" + String.join(",", new TreeSet<>(name.tags().keySet())));
    }
    lines.forEach(System.out::println);
  }
}

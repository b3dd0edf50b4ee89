import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka's own consumer over all partitions of a topic, without a group: reads a number of records from the beginning and prints records,
 * bytes and milliseconds from the first poll. Arguments: bootstrap servers, topic, records.
 */
public class AssignedConsumer {
  public static void main(String[] args) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", args[0]);
    properties.put("enable.auto.commit", "false");
    // As in Kafka's ConsumerPerformance.
    properties.put("receive.buffer.bytes", "2097152");
    properties.put("fetch.max.bytes", "1048576");
    properties.put("check.crcs", "false");
    long wanted = Long.parseLong(args[2]);
    long records = 0;
    long bytes = 0;
    try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions = consumer.partitionsFor(args[1]).stream().map(p -> new TopicPartition(p.topic(), p.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long start = System.nanoTime();
      long deadline = start + Duration.ofMinutes(2).toNanos();
      while (records < wanted && System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          records++;
          bytes += record.value().length;
        }
      }
      System.out.println(records + " " + bytes + " " + (System.nanoTime() - start) / 1_000_000);
    }
  }
}

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import kafka.server.KafkaConfig;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.DynamicBrokerConfig;
import org.apache.kafka.server.config.QuotaConfig;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Asks Kafka's own classes what they define and how they read text; prints one JSON object. Run by capture.ts. */
public class ConfigCapture {
  public static void main(String[] args) throws Exception {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("tables", tables());
    all.put("values", values());
    all.put("properties", properties());
    all.put("brokers", brokers());
    all.put("clients", clients());
    System.out.println(new ObjectMapper().writeValueAsString(all));
  }

  static Map<String, Object> tables() throws Exception {
    Map<String, Object> tables = new LinkedHashMap<>();
    tables.put("broker", rows(AbstractKafkaConfig.CONFIG_DEF, DynamicBrokerConfig.dynamicConfigUpdateModes()));
    tables.put("topic", rows(LogConfig.configDefCopy(), Map.of()));
    tables.put("group", rows(GroupConfig.CONFIG_DEF, Map.of()));
    tables.put("clientMetrics", rows(ClientMetricsConfigs.configDef(), Map.of()));
    tables.put("brokerQuota", rows(QuotaConfig.brokerQuotaConfigs(), DynamicBrokerConfig.dynamicConfigUpdateModes()));
    tables.put("clientQuota", rows(QuotaConfig.userAndClientQuotaConfigs(), Map.of()));
    tables.put("ipQuota", rows(QuotaConfig.ipConfigs(), Map.of()));
    Map<String, Object> synonyms = new TreeMap<>();
    ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.forEach((topic, brokers) ->
        synonyms.put(topic, brokers.stream().map(s -> List.of(s.name(), s.converter().apply("2"))).toList()));
    tables.put("topicSynonyms", synonyms);
    Map<String, Object> groupSynonyms = new TreeMap<>();
    GroupConfig.ALL_GROUP_CONFIG_SYNONYMS.forEach((group, broker) -> groupSynonyms.put(group, broker.orElse(null)));
    tables.put("groupSynonyms", groupSynonyms);
    return tables;
  }

  static Map<String, Object> clients() throws Exception {
    Map<String, Object> tables = new LinkedHashMap<>();
    tables.put("producer", rows(ProducerConfig.configDef(), Map.of()));
    tables.put("consumer", rows(ConsumerConfig.configDef(), Map.of()));
    tables.put("admin", rows(AdminClientConfig.configDef(), Map.of()));
    return tables;
  }

  static Map<String, Object> rows(ConfigDef def, Map<String, String> updateModes) throws Exception {
    Map<String, Object> rows = new TreeMap<>();
    for (ConfigDef.ConfigKey key : def.configKeys().values()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("type", key.type.toString().toLowerCase());
      if (key.hasDefault()) row.put("default", key.defaultValue == null ? null : text(key.defaultValue, key.type));
      row.put("range", key.validator == null ? "" : key.validator.toString());
      row.put("importance", key.importance.toString().toLowerCase());
      row.put("update", updateModes.getOrDefault(key.name, "read-only"));
      if (key.internalConfig) row.put("internal", true);
      if (key.validator instanceof ConfigDef.ValidList) row.put("emptyAllowed", field(key.validator, "isEmptyAllowed"));
      rows.put(key.name, row);
    }
    return rows;
  }

  static Object field(Object target, String name) throws Exception {
    Field field = target.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(target);
  }

  static String text(Object value, ConfigDef.Type type) {
    return value instanceof Password password ? password.value() : ConfigDef.convertToString(value, type);
  }

  static List<Object> values() {
    String[] texts = {
      "", "  ", "1", " 1 ", "+1", "-1", "1.5", "1e3", "0x10", "1_000", "32767", "32768", "2147483647", "2147483648", "-2147483648",
      "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "abc", "TRUE", " true", "False", "yes",
      "1d", "1f", "NaN", "+NaN", "Infinity", "-Infinity", "0x1p3", "0x.8p1", "-0xA.8P-2D", "0x1", ".5", "5.", ".", "\u0663", "\uff15", "\u0be8",
      "a,b", "a , b,", "  ,", "a,,b", "a,\u00a0b", "\u00a0x", "1\t", "\u00011", "+", "-", "--1", "1 2", "\u0663.5", "+.5e-3", "1e400",
      "-0", "00012", "1e-7", "123456.789", "1e7", "9999999.5", "4.9e-324", "1e21", "0.001", "0.00099",
    };
    List<Object> cases = new ArrayList<>();
    for (ConfigDef.Type type : ConfigDef.Type.values()) {
      if (type == ConfigDef.Type.CLASS) continue;
      for (String text : texts) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("type", type.toString().toLowerCase());
        row.put("text", text);
        try {
          Object value = ConfigDef.parseType("k", text, type);
          row.put("value", text(value, type));
          if (value instanceof List<?> list) row.put("elements", list);
        } catch (Exception e) {
          row.put("problem", e.getMessage());
        }
        cases.add(row);
      }
    }
    return cases;
  }

  /** Files of few characters, so that separators, escapes, comments and line ends meet in every way. */
  static List<Object> properties() throws Exception {
    String[] pieces = {
      "a", "b", "key", "=", ":", " ", "\t", "\f", "\\", "\\\\", "\n", "\r", "\r\n", "\\\n", "\\\r\n", "#", "!", "\\u0041", "\\u00e9",
      "\\t", "\\n", "\\=", "\\:", "\\ ", "\\#", "\\u12", "\u00e9", "\\x",
    };
    Random random = new Random(9092);
    List<Object> cases = new ArrayList<>();
    for (int index = 0; index < 400; index++) {
      StringBuilder file = new StringBuilder();
      int length = 1 + random.nextInt(14);
      for (int piece = 0; piece < length; piece++) file.append(pieces[random.nextInt(pieces.length)]);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("file", file.toString());
      try {
        Properties properties = new Properties();
        properties.load(new ByteArrayInputStream(file.toString().getBytes(StandardCharsets.ISO_8859_1)));
        row.put("properties", new TreeMap<>(properties));
      } catch (IllegalArgumentException e) {
        row.put("malformed", true);
      }
      cases.add(row);
    }
    return cases;
  }

  /** Each case: settings over a sound single node; null takes one away. */
  static List<Object> brokers() {
    String map = "A:PLAINTEXT,B:PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT";
    List<Object> cases = new ArrayList<>();
    for (String listeners : List.of(
        "PLAINTEXT://:9092", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9092", "PLAINTEXT://localhost:0,CONTROLLER://localhost:0",
        "plaintext://localhost:9092,CONTROLLER://:9093", "PLAINTEXT://[::1]:9092,CONTROLLER://:9093", "PLAINTEXT://::1:9092,CONTROLLER://:9093",
        "FOO://localhost:9092,CONTROLLER://:9093", "PLAINTEXT://localhost,CONTROLLER://:9093", "localhost:9092,CONTROLLER://:9093",
        "PLAINTEXT://localhost:9092,PLAINTEXT://localhost:9094,CONTROLLER://:9093", "PLAINTEXT://local_host:9092,CONTROLLER://:9093",
        "PLAINTEXT://lo cal:9092,CONTROLLER://:9093", "PLAINTEXT:// :9092,CONTROLLER://:9093", "", "PLAINTEXT://:9092,,CONTROLLER://:9093",
        "PLAINTEXT://*:9092,CONTROLLER://:9093", "SSL://localhost:9092,CONTROLLER://:9093", "CONTROLLER://:9093",
        "PLAINTEXT://h:9092,CONTROLLER://:9093,CONTROLLER://:9094", "://h:1,CONTROLLER://:9093")) {
      cases.add(broker("listeners", listeners));
    }
    for (String listeners : List.of(
        "A://127.0.0.1:9092,B://[::1]:9092", "A://127.0.0.1:9092,B://127.0.0.2:9092", "A://[::2]:9092,B://[::1]:9092",
        "A://localhost:9092,B://[::1]:9092", "A://127.0.0.1:9092,B://[::1]:9092,PLAINTEXT://127.0.0.3:9092",
        "A://:9092,B://[::1]:9092", "A://127.0.0.1:9092,B://[::1]:9092,PLAINTEXT://h:9092", "A://h:9092,B://g:9092", "A://h:0,B://g:0")) {
      cases.add(broker("listeners", listeners + ",CONTROLLER://:9093", "listener.security.protocol.map", map, "inter.broker.listener.name", "A"));
    }
    for (String advertised : List.of(
        "PLAINTEXT://h:1", "PLAINTEXT://0.0.0.0:1", "CONTROLLER://h:1", "PLAINTEXT://h:1,CONTROLLER://c:2", "FOO://h:1",
        "PLAINTEXT://h:1,SSL://h:2", "PLAINTEXT://h:1,PLAINTEXT://h:2", "PLAINTEXT://h:1,CONTROLLER://h:1", "")) {
      cases.add(broker("advertised.listeners", advertised));
    }
    String ext = "EXT://:9092,CONTROLLER://:9093";
    String extMap = "EXT:PLAINTEXT,CONTROLLER:PLAINTEXT";
    cases.add(broker("listeners", ext, "listener.security.protocol.map", extMap));
    cases.add(broker("listeners", ext, "listener.security.protocol.map", extMap, "inter.broker.listener.name", "EXT"));
    cases.add(broker("listeners", ext, "listener.security.protocol.map", extMap, "inter.broker.listener.name", "EXT", "security.inter.broker.protocol", "PLAINTEXT"));
    cases.add(broker("listener.security.protocol.map", "EXT:WHAT"));
    cases.add(broker("listener.security.protocol.map", "EXT:PLAINTEXT:X"));
    cases.add(broker("listener.security.protocol.map", "ext:plaintext,CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"));
    cases.add(broker("listener.security.protocol.map", ""));
    cases.add(broker("listener.security.protocol.map", "PLAINTEXT:SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"));
    for (String names : new String[] {"PLAINTEXT", "OTHER", null, "", "CONTROLLER,OTHER"}) cases.add(broker("controller.listener.names", names));
    for (String name : List.of("CONTROLLER", "INTERNAL", "SSL")) cases.add(broker("inter.broker.listener.name", name));
    for (String name : List.of("SSL", "ssl")) cases.add(broker("security.inter.broker.protocol", name));
    for (String roles : new String[] {"zk", "", null}) cases.add(broker("process.roles", roles));
    cases.add(broker("node.id", null));
    cases.add(broker("node.id", "-1"));
    cases.add(broker("node.id", null, "broker.id", "3"));
    cases.add(broker("broker.id", "3"));
    String servers = "controller.quorum.bootstrap.servers";
    cases.add(broker(servers, null));
    for (String voters : List.of("2@h:1", "1@h:1", "1@0.0.0.0:0", "1@h", "x", "1@[::1]:5")) cases.add(broker(servers, null, "controller.quorum.voters", voters));
    for (String list : List.of("x", "h:x", "[::1]:5", "h:1,h:1")) cases.add(broker(servers, list));
    cases.add(broker("log.dir", "/a,/b"));
    cases.add(broker("log.dirs", "/a , /b"));
    cases.add(broker("log.dirs", "/a,/a"));
    cases.add(broker("log.dirs", "/a", "metadata.log.dir", "/m"));
    cases.add(broker("max.connections.per.ip", "0", "max.connections.per.ip.overrides", "127.0.0.1:5"));
    cases.add(broker("replica.fetch.wait.max.ms", "30000", "replica.lag.time.max.ms", "20000"));
    cases.add(broker("connections.max.idle.ms", "50"));
    cases.add(broker("group.share.delivery.count.limit", "2", "group.share.min.delivery.count.limit", "3"));
    cases.add(broker("group.share.partition.max.record.locks", "100", "group.share.min.partition.max.record.locks", "200"));
    for (String group : List.of("consumer", "share", "streams")) {
      for (String[] limits : new String[][] {{"session.timeout.ms", "45001", "60001", "44999"}, {"heartbeat.interval.ms", "5001", "15001", "4999"}}) {
        cases.add(broker("group." + group + ".min." + limits[0], limits[1]));
        cases.add(broker("group." + group + "." + limits[0], limits[2]));
        cases.add(broker("group." + group + ".max." + limits[0], limits[3]));
      }
      String interval = ".assignment.interval.ms";
      cases.add(broker("group." + group + interval, "1", "group." + group + ".min" + interval, "2"));
      cases.add(broker("group." + group + interval, "15001"));
      cases.add(broker("group." + group + ".min" + interval, "15001"));
    }
    cases.add(broker("group.share.delivery.count.limit", "7", "group.share.max.delivery.count.limit", "6"));
    cases.add(broker("group.share.record.lock.duration.ms", "60001"));
    cases.add(broker("group.share.partition.max.record.locks", "5000"));
    cases.add(broker("early.start.listeners", "NOPE"));
    cases.add(broker("offsets.topic.compression.codec", "9"));
    cases.add(broker("share.coordinator.state.topic.compression.codec", "5"));
    String[][] singles = {
      {"log.dirs", ""}, {"log.dir", ""}, {"log.retention.ms", "0"}, {"log.retention.hours", "0"}, {"log.retention.hours", "-1"},
      {"log.retention.minutes", "0"}, {"log.retention.ms", "-2"}, {"log.roll.ms", "0"}, {"log.roll.hours", "0"}, {"log.roll.jitter.ms", "-1"},
      {"log.flush.interval.ms", "-1"}, {"num.partitions", "0"}, {"replica.fetch.wait.max.ms", "40000"}, {"replica.socket.timeout.ms", "1"},
      {"max.connections.per.ip", "0"}, {"queued.max.request.bytes", "5"}, {"queued.max.request.bytes", "0"},
      {"broker.session.timeout.ms", "1000"}, {"group.consumer.session.timeout.ms", "1"}, {"group.consumer.heartbeat.interval.ms", "50000"},
      {"group.consumer.heartbeat.interval.ms", "1"}, {"group.consumer.max.session.timeout.ms", "1"}, {"group.consumer.min.session.timeout.ms", "70000"},
      {"group.consumer.assignment.interval.ms", "16000"}, {"group.max.session.timeout.ms", "1"}, {"group.share.session.timeout.ms", "1"},
      {"group.share.heartbeat.interval.ms", "1"}, {"group.share.record.lock.duration.ms", "1000"}, {"group.streams.session.timeout.ms", "1"},
      {"group.streams.num.standby.replicas", "9"}, {"group.streams.num.warmup.replicas", "21"}, {"group.coordinator.rebalance.protocols", "consumer"},
      {"group.coordinator.rebalance.protocols", "classic,consumer,share"}, {"log.message.timestamp.type", "createtime"},
      {"compression.type", "GZIP"}, {"compression.type", "none"}, {"compression.gzip.level", "0"}, {"compression.zstd.level", "23"},
      {"log.cleanup.policy", "delete,compact"}, {"log.cleanup.policy", ""}, {"log.cleanup.policy", "nothing"}, {"log.cleanup.policy", "delete,delete"},
      {"log.cleaner.dedupe.buffer.size", "5"}, {"early.start.listeners", "PLAINTEXT"}, {"connections.max.idle.ms", "-5"},
      {"transaction.max.timeout.ms", "0"}, {"min.insync.replicas", "0"}, {"log.segment.bytes", "100"}, {"message.max.bytes", "-1"},
      {"group.consumer.migration.policy", "Upgrade"}, {"group.consumer.migration.policy", "never"}, {"metadata.log.segment.bytes", "8388607"},
    };
    for (String[] single : singles) cases.add(broker(single));
    return cases;
  }

  static Map<String, Object> broker(String... changes) {
    Map<String, Object> row = new LinkedHashMap<>();
    Map<String, String> given = new LinkedHashMap<>();
    for (int index = 0; index < changes.length; index += 2) given.put(changes[index], changes[index + 1]);
    row.put("settings", given);
    Properties properties = new Properties();
    properties.putAll(Map.of(
        "process.roles", "broker,controller", "node.id", "1", "controller.listener.names", "CONTROLLER",
        "listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093", "controller.quorum.bootstrap.servers", "localhost:9093"));
    given.forEach((key, value) -> {
      if (value == null) properties.remove(key);
      else properties.put(key, value);
    });
    try {
      KafkaConfig config = KafkaConfig.fromProps(properties, false);
      row.put("listeners", endpoints(config.listeners()));
      row.put("controllers", endpoints(config.controllerListeners()));
      row.put("advertised", endpoints(config.effectiveAdvertisedBrokerListeners()));
      row.put("interBroker", config.interBrokerListenerName().value());
      row.put("logDirs", config.logDirs());
      row.put("metadataLogDir", config.metadataLogDir());
      row.put("retentionMs", config.logRetentionTimeMillis().toString());
    } catch (Exception e) {
      row.put("problem", e.getMessage().replaceFirst("^requirement failed: ", ""));
    }
    return row;
  }

  static List<String> endpoints(scala.collection.Seq<Endpoint> endpoints) {
    List<String> texts = new ArrayList<>();
    endpoints.foreach(e -> texts.add(e.listener() + " " + e.securityProtocol() + " " + (e.host() == null ? "" : e.host()) + " " + e.port()));
    return texts;
  }
}

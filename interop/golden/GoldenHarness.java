import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.jar.JarFile;
import org.apache.kafka.common.errors.RefreshRetriableException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Kafka's own message classes and JSON converters behind a pipe. One request a line, tab-separated, one answer a line:
 *
 *   encode NAME VERSION JSON  ->  ok HEX JSON     JSON to Kafka's object, to bytes, and back to JSON
 *   decode NAME VERSION HEX   ->  ok HEX JSON     bytes to Kafka's object, to bytes and to JSON
 *   fresh NAME VERSION         ->  ok HEX JSON     what Kafka's object is when nothing has been set
 *   facts                      ->  ok - JSON       the tables of errors and of APIs
 *                                 error TEXT
 *
 * In the answer record batches appear by size alone (Kafka's converter writes no other true thing about them).
 * NAME is the name in Kafka's definition. The classes are found in the jars of the class path by their JSON converters.
 */
public final class GoldenHarness {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private record Codec(Class<?> messageClass, Method read, Method write) {
        Message make() throws Exception {
            return (Message) messageClass.getDeclaredConstructor().newInstance();
        }
    }

    private final Map<String, String> converters = new HashMap<>();
    private final Map<String, Codec> codecs = new HashMap<>();

    public static void main(String[] args) throws Exception {
        GoldenHarness harness = new GoldenHarness();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(harness.answer(line.split("\t", 4)));
            if (!in.ready()) out.flush();
        }
        out.flush();
    }

    private GoldenHarness() throws Exception {
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!path.endsWith(".jar")) continue;
            try (JarFile jar = new JarFile(path)) {
                jar.stream().map(entry -> entry.getName()).filter(name -> name.endsWith("JsonConverter.class") && !name.contains("$"))
                    .forEach(this::remember);
            }
        }
    }

    private void remember(String entry) {
        String className = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
        String message = className.substring(className.lastIndexOf('.') + 1).replaceAll("JsonConverter$", "");
        converters.put(message, className);
    }

    private String answer(String[] request) {
        try {
            if (request[0].equals("facts")) return "ok\t-\t" + MAPPER.writeValueAsString(facts());
            Codec codec = codec(request[1]);
            short version = Short.parseShort(request[2]);
            Message message;
            if (request[0].equals("encode")) {
                message = (Message) codec.read.invoke(null, MAPPER.readTree(request[3]), version);
            } else if (request[0].equals("fresh")) {
                message = codec.make();
            } else {
                message = parse(codec, version, HexFormat.of().parseHex(request[3]));
            }
            ObjectSerializationCache cache = new ObjectSerializationCache();
            ByteBufferAccessor bytes = new ByteBufferAccessor(ByteBuffer.allocate(message.size(cache, version)));
            message.write(bytes, cache, version);
            Message again = parse(codec, version, bytes.buffer().array());
            JsonNode json = (JsonNode) codec.write.invoke(null, again, version, false);
            return "ok\t" + HexFormat.of().formatHex(bytes.buffer().array()) + "\t" + MAPPER.writeValueAsString(json);
        } catch (InvocationTargetException e) {
            return "error\t" + oneLine(e.getCause());
        } catch (Exception e) {
            return "error\t" + oneLine(e);
        }
    }

    private static Message parse(Codec codec, short version, byte[] bytes) throws Exception {
        Message message = codec.make();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        message.read(new ByteBufferAccessor(buffer), version);
        if (buffer.hasRemaining()) throw new IllegalArgumentException(buffer.remaining() + " bytes after the end of the message");
        return message;
    }

    private Codec codec(String name) throws Exception {
        Codec known = codecs.get(name);
        if (known != null) return known;
        String className = converters.getOrDefault(name + "Data", converters.get(name));
        if (className == null) throw new IllegalArgumentException("no message " + name);
        Class<?> converter = Class.forName(className);
        Class<?> messageClass = Class.forName(className.replaceAll("JsonConverter$", ""));
        Codec codec = new Codec(messageClass,
            converter.getMethod("read", JsonNode.class, short.class),
            converter.getMethod("write", messageClass, short.class, boolean.class));
        codecs.put(name, codec);
        return codec;
    }

    private static JsonNode facts() {
        ObjectNode facts = MAPPER.createObjectNode();
        ArrayNode errors = facts.putArray("errors");
        for (Errors error : Errors.values()) {
            errors.addObject().put("code", error.code()).put("name", error.name())
                .put("retriable", error.exception() instanceof RetriableException)
                .put("refresh", error.exception() instanceof RefreshRetriableException);
        }
        ArrayNode apis = facts.putArray("apis");
        for (ApiKeys api : ApiKeys.values()) {
            short newest = api.messageType.highestSupportedVersion(true);
            ObjectNode node = apis.addObject().put("key", api.id).put("name", api.name)
                .put("min", api.messageType.lowestSupportedVersion()).put("max", newest);
            ObjectNode advertised = node.putObject("advertised");
            for (ListenerType listener : ListenerType.values()) {
                for (boolean unstable : new boolean[] {false, true}) {
                    api.toApiVersionForApiResponse(unstable, listener).ifPresent(versions -> advertised
                        .put(listener.name().toLowerCase() + (unstable ? " unstable" : ""), versions.minVersion() + "-" + versions.maxVersion()));
                }
            }
            ArrayNode headers = node.putArray("headers");
            for (short version = api.messageType.lowestSupportedVersion(); version <= newest; version++) {
                headers.add(api.requestHeaderVersion(version) + "/" + api.responseHeaderVersion(version));
            }
        }
        return facts;
    }

    private static String oneLine(Throwable e) {
        return (e.getClass().getSimpleName() + ": " + e.getMessage()).replaceAll("\\s+", " ");
    }
}

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Writes what Kafka's own serializers make of some values, and what its deserializers refuse, one JSON object a line. */
public class SerdeCapture {
    private static final HexFormat HEX = HexFormat.of();

    public static void main(String[] args) {
        values("string", Serdes.String(), "", "a", "é", "日本", "\uD83D\uDE00", "a\u0000b");
        values("boolean", Serdes.Boolean(), true, false);
        values("short", Serdes.Short(), (short) 0, (short) 1, (short) -1, Short.MAX_VALUE, Short.MIN_VALUE);
        values("integer", Serdes.Integer(), 0, 1, -1, 256, Integer.MAX_VALUE, Integer.MIN_VALUE);
        values("long", Serdes.Long(), 0L, 1L, -1L, 9007199254740991L, 9007199254740993L, Long.MAX_VALUE, Long.MIN_VALUE);
        values("float", Serdes.Float(), 0f, -0f, 1.5f, -1.5f, 3.4028234663852886e38f, 1.401298464324817e-45f);
        values("double", Serdes.Double(), 0d, -0d, 1.5d, 0.1d, Double.MAX_VALUE, Double.MIN_VALUE);
        values("uuid", Serdes.UUID(), UUID.fromString("00000000-0000-0000-0000-000000000000"), UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"));
        values("list of string", Serdes.ListSerde(ArrayList.class, Serdes.String()), List.of(), List.of("a", "", "日本"), Arrays.asList("a", null, "b"));
        values("list of integer", Serdes.ListSerde(ArrayList.class, Serdes.Integer()), List.of(), List.of(1, -1), Arrays.asList(null, 7, null));
        values("list of long", Serdes.ListSerde(ArrayList.class, Serdes.Long()), List.of(1L, 9007199254740993L));
        values("list of short", Serdes.ListSerde(ArrayList.class, Serdes.Short()), List.of((short) 5));
        values("list of float", Serdes.ListSerde(ArrayList.class, Serdes.Float()), List.of(1.5f));
        values("list of double", Serdes.ListSerde(ArrayList.class, Serdes.Double()), List.of(0.1d));
        values("list of uuid", Serdes.ListSerde(ArrayList.class, Serdes.UUID()), Arrays.asList(UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"), null));
        values("list of boolean", Serdes.ListSerde(ArrayList.class, Serdes.Boolean()), List.of(true, false));
        value("void", Serdes.Void(), null);

        bytes("boolean", Serdes.Boolean(), "", "02", "0001");
        bytes("short", Serdes.Short(), "", "00", "000000");
        bytes("integer", Serdes.Integer(), "", "000000", "0000000000");
        bytes("long", Serdes.Long(), "", "00000000000000", "000000000000000000");
        bytes("float", Serdes.Float(), "", "000000", "0000000000");
        bytes("double", Serdes.Double(), "", "00000000000000", "000000000000000000");
        bytes("uuid", Serdes.UUID(), "", "00", "4142434445464748");
        bytes("string", Serdes.String(), "", "ff", "c3");
        bytes("void", Serdes.Void(), "", "00");
        bytes("list of string", Serdes.ListSerde(ArrayList.class, Serdes.String()), "", "01", "0100000001", "01000000010000000561", "02", "00000000000000000100000000", "0100000001ffffffff", "010000000100000000616161");
        bytes("list of integer", Serdes.ListSerde(ArrayList.class, Serdes.Integer()), "", "00", "000000000000000001", "00000000000000000100000001ff", "0000000000000000010000000200");
    }

    @SafeVarargs
    private static <T> void values(String name, Serde<?> serde, T... values) {
        for (T value : values) value(name, serde, value);
        value(name, serde, null);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void value(String name, Serde serde, Object value) {
        byte[] bytes = serde.serializer().serialize("topic", value);
        System.out.println("{\"serde\":\"" + name + "\",\"value\":" + json(value) + ",\"hex\":" + hex(bytes) + "}");
    }

    private static void bytes(String name, Serde<?> serde, String... inputs) {
        for (String input : inputs) {
            String outcome;
            try {
                outcome = "\"value\":" + json(serde.deserializer().deserialize("topic", HEX.parseHex(input)));
            } catch (Throwable refusal) {
                outcome = "\"refused\":\"" + refusal.getClass().getSimpleName() + "\"";
            }
            System.out.println("{\"serde\":\"" + name + "\",\"read\":\"" + input + "\"," + outcome + "}");
        }
    }

    private static String hex(byte[] bytes) {
        return bytes == null ? "null" : "\"" + HEX.formatHex(bytes) + "\"";
    }

    /** Numbers as strings, since JSON's lose the ends of longs and the sign of zero. */
    private static String json(Object value) {
        if (value == null) return "null";
        if (value instanceof Boolean) return value.toString();
        if (value instanceof List<?> list) return list.stream().map(SerdeCapture::json).toList().toString();
        StringBuilder text = new StringBuilder("\"");
        for (char c : value.toString().toCharArray()) {
            if (c < 0x20 || c == '"' || c == '\\' || c > 0x7e) text.append(String.format("\\u%04x", (int) c));
            else text.append(c);
        }
        return text.append('"').toString();
    }
}

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/**
 * Record batches as Kafka's own classes write and read them. `write` prints the golden batches, one JSON object per line with
 * their name, their bytes, and what Kafka reads in them; `read` answers each line of hex with what Kafka reads in it.
 */
public class RecordsHarness {
    private static final long NOW = 1_800_000_000_000L;
    /** Longer keys and values are printed as their digest. */
    private static final int HEX_MAX = 1000;

    public static void main(String[] args) throws Exception {
        if (args[0].equals("write")) {
            write();
            return;
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String answer;
            try {
                answer = describe(ByteBuffer.wrap(HexFormat.of().parseHex(line)));
            } catch (Exception e) {
                answer = "{\"error\":" + quote(String.valueOf(e)) + "}";
            }
            System.out.println(answer);
        }
    }

    private static void write() {
        print("no records kept by compaction", compacted((batch, record) -> false, 0));
        print("every other record kept by compaction", compacted((batch, record) -> record.offset() % 2 == 0, 0));
        print("tombstones with a delete horizon", compacted((batch, record) -> true, 5_000_000));
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            print(codec, records(builder(compression(codec, null), TimestampType.CREATE_TIME)));
            print(codec + ", append time", records(builder(compression(codec, null), TimestampType.LOG_APPEND_TIME)));
            print(codec + ", idempotent", records(producer(compression(codec, null), 7, (short) 3, 11, false, false)));
            print(codec + ", transactional", records(producer(compression(codec, null), 8, (short) 0, 0, true, false)));
            print(codec + ", gaps between offsets", gaps(builder(compression(codec, null), TimestampType.CREATE_TIME)));
            if (!codec.equals("none")) print(codec + ", several blocks", large(builder(compression(codec, null), TimestampType.CREATE_TIME)));
        }
        for (int level : new int[] {1, 9}) print("gzip level " + level, records(builder(compression("gzip", level), TimestampType.CREATE_TIME)));
        for (int level : new int[] {1, 17}) print("lz4 level " + level, records(builder(compression("lz4", level), TimestampType.CREATE_TIME)));
        for (int level : new int[] {-5, 1, 19, 22}) print("zstd level " + level, records(builder(compression("zstd", level), TimestampType.CREATE_TIME)));
        print("the greatest producer id", records(producer(Compression.NONE, Long.MAX_VALUE, Short.MAX_VALUE, Integer.MAX_VALUE - 2, false, false)));
        print("commit marker", MemoryRecords.withEndTransactionMarker(40L, NOW, 5, 9L, (short) 2, new EndTransactionMarker(ControlRecordType.COMMIT, 17)));
        print("abort marker", MemoryRecords.withEndTransactionMarker(41L, NOW, 5, 9L, (short) 2, new EndTransactionMarker(ControlRecordType.ABORT, 17)));
        print("leader change", MemoryRecords.withLeaderChangeMessage(42L, NOW, 6, ByteBuffer.allocate(512), new LeaderChangeMessage().setLeaderId(1)
            .setVoters(List.of(new LeaderChangeMessage.Voter().setVoterId(1))).setGrantingVoters(List.of(new LeaderChangeMessage.Voter().setVoterId(1)))));
        print("snapshot header", MemoryRecords.withSnapshotHeaderRecord(0L, NOW, 6, ByteBuffer.allocate(512), new SnapshotHeaderRecord().setLastContainedLogTimestamp(NOW)));
        print("snapshot footer", MemoryRecords.withSnapshotFooterRecord(9L, NOW, 6, ByteBuffer.allocate(512), new SnapshotFooterRecord()));
        print("kraft version", MemoryRecords.withKRaftVersionRecord(1L, NOW, 6, ByteBuffer.allocate(512), new KRaftVersionRecord().setKRaftVersion((short) 1)));
        print("voters", MemoryRecords.withVotersRecord(2L, NOW, 6, ByteBuffer.allocate(512), new VotersRecord().setVoters(List.of(
            new VotersRecord.Voter().setVoterId(1).setVoterDirectoryId(new Uuid(1, 2))))));
        for (byte magic : new byte[] {0, 1}) {
            MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), magic, Compression.NONE, TimestampType.CREATE_TIME, 0L, NOW);
            builder.append(NOW, bytes("key"), bytes("value"));
            System.out.println("{\"name\":\"message format " + magic + "\",\"hex\":\"" + hex(builder.build().buffer()) + "\"}");
        }
    }

    private static Compression compression(String codec, Integer level) {
        switch (codec) {
            case "gzip": return level == null ? Compression.gzip().build() : Compression.gzip().level(level).build();
            case "snappy": return Compression.snappy().build();
            case "lz4": return level == null ? Compression.lz4().build() : Compression.lz4().level(level).build();
            case "zstd": return level == null ? Compression.zstd().build() : Compression.zstd().level(level).build();
            default: return Compression.NONE;
        }
    }

    private static MemoryRecordsBuilder builder(Compression compression, TimestampType type) {
        return MemoryRecords.builder(ByteBuffer.allocate(1024), RecordBatch.CURRENT_MAGIC_VALUE, compression, type, 1000L, NOW + 77, 4);
    }

    private static MemoryRecordsBuilder producer(Compression compression, long id, short epoch, int sequence, boolean transactional, boolean control) {
        return MemoryRecords.builder(ByteBuffer.allocate(1024), RecordBatch.CURRENT_MAGIC_VALUE, compression, TimestampType.CREATE_TIME,
            0L, NOW, id, epoch, sequence, transactional, control, -1);
    }

    /** Records of every shape: null and empty parts, headers, timestamps that go back and forth. */
    private static MemoryRecords records(MemoryRecordsBuilder builder) {
        builder.append(NOW, bytes("key"), bytes("value"));
        builder.append(NOW - 1000, (byte[]) null, bytes("no key"));
        builder.append(NOW + 3_600_000, bytes("no value"), (byte[]) null);
        builder.append(NOW, (byte[]) null, (byte[]) null);
        builder.append(NOW + 1, bytes(""), bytes(""), new Header[] {
            new RecordHeader("trace", bytes("a1b2")), new RecordHeader("trace", null), new RecordHeader("", bytes("")), new RecordHeader("schl\u00fcssel", bytes("\u20ac"))});
        builder.append(NOW + 2, bytes("long"), bytes("abcdefgh".repeat(40)));
        return builder.build();
    }

    private static MemoryRecords gaps(MemoryRecordsBuilder builder) {
        builder.appendWithOffset(1000L, NOW, bytes("a"), bytes("1"));
        builder.appendWithOffset(1003L, NOW, bytes("b"), bytes("2"));
        builder.appendWithOffset(71_000L, NOW, bytes("c"), bytes("3"));
        return builder.build();
    }

    /** More than the block of any codec, of which little can be compressed away. */
    private static MemoryRecords large(MemoryRecordsBuilder builder) {
        byte[] value = new byte[20_000];
        long seed = 1;
        for (int record = 0; record < 4; record++) {
            for (int i = 0; i < value.length; i++) {
                if (i % 8 == 0) seed = seed * 6364136223846793005L + 1442695040888963407L;
                value[i] = i % 8 < 1 ? (byte) (seed >>> 56) : (byte) 'x';
            }
            builder.append(NOW + record, bytes("key-" + record), value.clone());
        }
        return builder.build();
    }

    private interface Keep {
        boolean test(RecordBatch batch, Record record);
    }

    private static MemoryRecords compacted(Keep keep, long deleteRetentionMs) {
        MemoryRecords records = records(producer(Compression.NONE, 7, (short) 3, 11, false, false));
        MemoryRecords.RecordFilter filter = new MemoryRecords.RecordFilter(NOW, deleteRetentionMs) {
            @Override
            protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
                return new BatchRetentionResult(BatchRetention.RETAIN_EMPTY, deleteRetentionMs > 0);
            }

            @Override
            protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
                return keep.test(batch, record);
            }
        };
        ByteBuffer target = ByteBuffer.allocate(4096);
        records.filterTo(filter, target, BufferSupplier.NO_CACHING, Integer.MAX_VALUE - 8);
        target.flip();
        return MemoryRecords.readableRecords(target);
    }

    private static void print(String name, MemoryRecords records) {
        ByteBuffer buffer = records.buffer();
        System.out.println("{\"name\":" + quote(name) + ",\"hex\":\"" + hex(buffer) + "\",\"batch\":" + describe(buffer.duplicate()) + "}");
    }

    private static String describe(ByteBuffer buffer) {
        List<String> batches = new ArrayList<>();
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(buffer).batches()) {
            batch.ensureValid();
            List<String> records = new ArrayList<>();
            for (Record record : batch) {
                record.ensureValid();
                List<String> headers = new ArrayList<>();
                for (Header header : record.headers()) {
                    headers.add("[" + quote(header.key()) + "," + (header.value() == null ? "null" : quote(HexFormat.of().formatHex(header.value()))) + "]");
                }
                records.add("{\"offset\":" + record.offset() + ",\"timestamp\":" + record.timestamp() + ",\"key\":" + hexOrNull(record.key())
                    + ",\"value\":" + hexOrNull(record.value()) + ",\"headers\":[" + String.join(",", headers) + "]}");
            }
            batches.add("{\"baseOffset\":" + batch.baseOffset() + ",\"lastOffset\":" + batch.lastOffset() + ",\"nextOffset\":" + batch.nextOffset()
                + ",\"sizeInBytes\":" + batch.sizeInBytes() + ",\"partitionLeaderEpoch\":" + batch.partitionLeaderEpoch() + ",\"magic\":" + batch.magic()
                + ",\"crc\":" + batch.checksum() + ",\"codecId\":" + batch.compressionType().id + ",\"timestampType\":" + batch.timestampType().id
                + ",\"isTransactional\":" + batch.isTransactional() + ",\"isControl\":" + batch.isControlBatch()
                + ",\"hasDeleteHorizon\":" + batch.deleteHorizonMs().isPresent() + ",\"maxTimestamp\":" + batch.maxTimestamp()
                + ",\"producerId\":\"" + batch.producerId() + "\",\"producerEpoch\":" + batch.producerEpoch() + ",\"baseSequence\":" + batch.baseSequence()
                + ",\"lastSequence\":" + batch.lastSequence() + ",\"recordCount\":" + batch.countOrNull()
                + ",\"records\":[" + String.join(",", records) + "]}");
        }
        if (batches.size() != 1) throw new IllegalStateException(batches.size() + " batches");
        return batches.get(0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hexOrNull(ByteBuffer buffer) {
        if (buffer == null) return "null";
        return quote(buffer.remaining() > HEX_MAX ? "sha256:" + sha256(buffer.duplicate()) : hex(buffer));
    }

    private static String sha256(ByteBuffer buffer) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(buffer);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < 0x20) out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }
}

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Plays groups whose members come, go and change their minds, with Kafka's own assignors and serializers, and prints one line of JSON for each rebalance:
 * the cluster, the members with the bytes of their subscriptions, and the bytes of what each was assigned. The same seed prints the same lines.
 */
public final class AssignorHarness {
    private static final String[] RACKS = {"r1", "r2", "r3"};

    private static final class Member {
        final String id;
        final String instanceId;
        final String rack;
        final ConsumerPartitionAssignor assignor;
        List<String> topics;
        List<TopicPartition> owned = List.of();
        int generation = -1;

        Member(String id, String instanceId, String rack, ConsumerPartitionAssignor assignor, List<String> topics) {
            this.id = id;
            this.instanceId = instanceId;
            this.rack = rack;
            this.assignor = assignor;
            this.topics = topics;
        }
    }

    public static void main(String[] args) throws Exception {
        Random random = new Random(Long.parseLong(args[0]));
        int groups = Integer.parseInt(args[1]);
        String[] assignors = {"range", "roundrobin", "sticky", "cooperative-sticky"};
        for (int group = 0; group < groups; group++) play(assignors[group % assignors.length], group, random);
    }

    private static ConsumerPartitionAssignor make(String name) {
        return switch (name) {
            case "range" -> new RangeAssignor();
            case "roundrobin" -> new RoundRobinAssignor();
            case "sticky" -> new StickyAssignor();
            default -> new CooperativeStickyAssignor();
        };
    }

    private static void play(String name, int group, Random random) {
        boolean hasRacks = random.nextInt(3) == 0;
        boolean isUniform = random.nextInt(3) > 0;
        boolean hasStatic = random.nextInt(3) == 0;
        Map<String, List<int[]>> topics = new TreeMap<>();
        int topicCount = 1 + random.nextInt(4);
        for (int topic = 0; topic < topicCount; topic++) {
            List<int[]> partitions = new ArrayList<>();
            grow(partitions, 1 + random.nextInt(9), random);
            topics.put("t" + topic, partitions);
        }
        List<Member> members = new ArrayList<>();
        int nextMember = 0;
        int rounds = 1 + random.nextInt(5);
        for (int round = 0; round < rounds; round++) {
            int arrivals = round == 0 ? 1 + random.nextInt(6) : random.nextInt(3);
            if (round > 0 && members.size() > 1 && random.nextInt(2) == 0) members.remove(random.nextInt(members.size()));
            for (int arrival = 0; arrival < arrivals; arrival++) {
                String id = "m" + (char) ('a' + random.nextInt(26)) + nextMember++;
                String instanceId = hasStatic && random.nextInt(2) == 0 ? "i" + random.nextInt(1000) : null;
                String rack = hasRacks && random.nextInt(5) > 0 ? RACKS[random.nextInt(RACKS.length)] : null;
                members.add(new Member(id, instanceId, rack, make(name), pick(topics.keySet(), isUniform, random)));
            }
            if (round > 0 && random.nextInt(4) == 0) {
                List<int[]> partitions = topics.get("t0");
                grow(partitions, partitions.size() + 1 + random.nextInt(3), random);
            }
            if (!isUniform && random.nextInt(3) == 0)
                members.get(random.nextInt(members.size())).topics = pick(topics.keySet(), false, random);
            rebalance(name, group, round, topics, members, hasRacks);
        }
    }

    private static void grow(List<int[]> partitions, int count, Random random) {
        while (partitions.size() < count) {
            List<Integer> nodes = new ArrayList<>(List.of(0, 1, 2, 3, 4));
            Collections.shuffle(nodes, random);
            partitions.add(nodes.subList(0, 1 + random.nextInt(3)).stream().mapToInt(Integer::intValue).toArray());
        }
    }

    private static List<String> pick(Set<String> topics, boolean isUniform, Random random) {
        List<String> picked = new ArrayList<>();
        for (String topic : topics) if (isUniform || random.nextInt(3) > 0) picked.add(topic);
        return picked.isEmpty() ? List.of(topics.iterator().next()) : picked;
    }

    private static void rebalance(String name, int group, int round, Map<String, List<int[]>> topics, List<Member> members, boolean hasRacks) {
        List<Node> nodes = new ArrayList<>();
        for (int id = 0; id < 5; id++) nodes.add(new Node(id, "h" + id, 9092, hasRacks ? RACKS[id % 3] : null));
        List<PartitionInfo> infos = new ArrayList<>();
        topics.forEach((topic, partitions) -> {
            for (int index = 0; index < partitions.size(); index++) {
                Node[] replicas = Arrays.stream(partitions.get(index)).mapToObj(nodes::get).toArray(Node[]::new);
                infos.add(new PartitionInfo(topic, index, replicas[0], replicas, replicas));
            }
        });
        Cluster cluster = new Cluster("c", nodes, infos, Set.of(), Set.of());
        Map<String, Subscription> subscriptions = new LinkedHashMap<>();
        Map<String, String> sent = new LinkedHashMap<>();
        for (Member member : members) {
            ByteBuffer userData = member.assignor.subscriptionUserData(new HashSet<>(member.topics));
            Subscription subscription = new Subscription(member.topics, userData, member.owned, member.generation, Optional.ofNullable(member.rack));
            ByteBuffer bytes = ConsumerProtocol.serializeSubscription(subscription);
            sent.put(member.id, hex(bytes));
            Subscription read = ConsumerProtocol.deserializeSubscription(bytes.duplicate());
            read.setGroupInstanceId(Optional.ofNullable(member.instanceId));
            subscriptions.put(member.id, read);
        }
        Map<String, Assignment> assigned = members.get(0).assignor.assign(cluster, new GroupSubscription(subscriptions)).groupAssignment();
        StringBuilder line = new StringBuilder();
        line.append("{\"group\":").append(group).append(",\"assignor\":\"").append(name).append("\",\"racks\":").append(hasRacks ? "[\"r1\",\"r2\",\"r3\",\"r1\",\"r2\"]" : "[]");
        line.append(",\"topics\":{").append(topics.entrySet().stream()
            .map(entry -> "\"" + entry.getKey() + "\":[" + entry.getValue().stream().map(Arrays::toString).collect(Collectors.joining(",")) + "]")
            .collect(Collectors.joining(","))).append("},\"members\":[");
        String separator = "";
        for (Member member : members) {
            line.append(separator).append("{\"id\":\"").append(member.id).append("\",\"instanceId\":")
                .append(member.instanceId == null ? "null" : "\"" + member.instanceId + "\"")
                .append(",\"subscription\":\"").append(sent.get(member.id))
                .append("\",\"assignment\":\"").append(hex(ConsumerProtocol.serializeAssignment(assigned.get(member.id)))).append("\"}");
            separator = ",";
        }
        System.out.println(line.append("]}").toString().replace(" ", ""));
        for (Member member : members) {
            member.owned = assigned.get(member.id).partitions();
            member.generation = round + 1;
            member.assignor.onAssignment(assigned.get(member.id), new ConsumerGroupMetadata("g", round + 1, member.id, Optional.ofNullable(member.instanceId)));
        }
    }

    private static String hex(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}

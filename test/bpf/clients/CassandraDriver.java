// The driver for Java: CassandraDriver.java PORT VERSION COMPRESSION
import com.datastax.driver.core.*;

public class CassandraDriver {
  public static void main(String[] args) {
    String keyspace = "java" + args[1] + args[2].toLowerCase();
    Cluster cluster = Cluster.builder()
        .addContactPoint("127.0.0.1")
        .withPort(Integer.parseInt(args[0]))
        .withCredentials("cassandra", "cassandra")
        .withProtocolVersion(ProtocolVersion.valueOf("V" + args[1]))
        .withCompression(ProtocolOptions.Compression.valueOf(args[2]))
        .withoutJMXReporting()
        .withoutMetrics()
        .build();
    try (Session session = cluster.connect()) {
      session.execute("CREATE KEYSPACE " + keyspace
          + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
      session.execute("CREATE TABLE " + keyspace + ".items (id int PRIMARY KEY, name text)");
      PreparedStatement put = session.prepare("INSERT INTO " + keyspace + ".items (id, name) VALUES (?, ?)");
      for (int i = 0; i < 50; i++) session.execute(put.bind(i, "item " + i));
      session.execute(put.bind(100, "long ".repeat(60000)));
      int rows = 0;
      for (Row row : session.execute(new SimpleStatement("SELECT id, name FROM " + keyspace + ".items").setFetchSize(20))) rows++;
      if (rows != 51) throw new IllegalStateException(rows + " rows");
      try {
        session.execute("SELECT nope FROM " + keyspace + ".items");
      } catch (RuntimeException expected) {
        rows--;
      }
    }
    cluster.close();
  }
}

import com.twitter.finagle.Dtab;
import com.twitter.finagle.Failure;
import com.twitter.finagle.ListeningServer;
import com.twitter.finagle.Mux;
import com.twitter.finagle.Mux$param$MaxFrameSize;
import com.twitter.finagle.Path;
import com.twitter.finagle.Service;
import com.twitter.finagle.context.Contexts;
import com.twitter.finagle.context.Deadline;
import com.twitter.finagle.context.Deadline$;
import com.twitter.finagle.mux.Request;
import com.twitter.finagle.mux.Response;
import com.twitter.finagle.service.RetryBudget;
import com.twitter.io.Buf;
import com.twitter.io.Bufs;
import com.twitter.util.Await;
import com.twitter.util.Duration;
import com.twitter.util.Future;
import com.twitter.util.Promise;
import com.twitter.util.StorageUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Finagle's own Mux: `FinagleMux server PORT`, or `FinagleMux client PORT WINDOW` where WINDOW is the size of fragments.
 * Each writes a line of JSON for each request; the server ends with its input, and says goodbye to its clients.
 */
public final class FinagleMux {
  public static void main(String[] args) throws Exception {
    if (args[0].equals("server")) serve(args[1]);
    else call(args[1], Long.parseLong(args[2]));
    System.exit(0);
  }

  private static void serve(String port) throws Exception {
    ListeningServer server = Mux.server().serve("127.0.0.1:" + port, new Service<Request, Response>() {
      @Override
      public Future<Response> apply(Request request) {
        String body = text(request.body());
        say(request.destination().show(), body.length(), head(body), "");
        if (body.startsWith("fail")) return Future.exception(new Exception("broken"));
        if (body.startsWith("reject")) return Future.exception(Failure.rejected("busy"));
        if (body.startsWith("wait")) return new Promise<Response>();
        return Future.value(Response.apply(Bufs.utf8Buf("re: " + body)));
      }
    });
    System.out.println("listening");
    while (System.in.read() >= 0) continue;
    Await.result(server.close(Duration.fromSeconds(2)));
  }

  private static void call(String port, long window) throws Exception {
    Object configured = Mux.client()
        .withRetryBudget(RetryBudget.Empty())
        .configured(new Mux$param$MaxFrameSize(StorageUnit.fromBytes(window)).mk());
    Service<Request, Response> client = ((Mux.Client) configured).newService("127.0.0.1:" + port, "test");
    wait(client, "/first", "hello");
    List<Runnable> later = new ArrayList<>();
    for (int i = 0; i < 40; i++) later.add(ask(client, "/many/" + i, "number " + i));
    later.forEach(Runnable::run);
    wait(client, "/bad", "fail");
    wait(client, "/bad", "reject");
    wait(client, "/big", "big " + "0123456789".repeat(20_000));
    Dtab.unwind(() -> {
      Dtab.setLocal(Dtab.read("/s=>/t;/u=>/v"));
      Contexts.broadcast().let(Deadline$.MODULE$, Deadline.ofTimeout(Duration.fromSeconds(60)), () -> {
        wait(client, "/s/timed", "in time");
        return null;
      });
      return null;
    });
    Future<Response> slow = client.apply(Request.apply(Path.read("/slow"), Bufs.utf8Buf("wait")));
    // When this has been answered, the one before has arrived.
    wait(client, "/after", "still there");
    slow.raise(new Exception("changed my mind"));
    System.out.println("done");
    while (System.in.read() >= 0) continue;
  }

  private static void wait(Service<Request, Response> client, String path, String body) {
    ask(client, path, body).run();
  }

  /** Sends it; what it returns waits for the answer. */
  private static Runnable ask(Service<Request, Response> client, String path, String body) {
    Future<Response> answer = client.apply(Request.apply(Path.read(path), Bufs.utf8Buf(body)));
    return () -> {
      try {
        String reply = text(Await.result(answer, Duration.fromSeconds(20)).body());
        say(path, body.length(), head(body), reply.length() + " " + head(reply));
      } catch (Exception error) {
        say(path, body.length(), head(body), "failed");
      }
    };
  }

  private static String text(Buf body) {
    return Bufs.asUtf8String(body);
  }

  private static String head(String text) {
    return text.substring(0, Math.min(text.length(), 40));
  }

  private static synchronized void say(String path, int size, String body, String reply) {
    System.out.println("[\"" + path + "\"," + size + ",\"" + body + "\",\"" + reply + "\"]");
  }
}

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.utils.Exit;

/**
 * Kafka's command line tools, one after the other in one virtual machine: starting one for each costs more than what they do. Argument: the jar of the tools,
 * whose classes are loaded anew for each run, as they keep counts in static fields.
 *
 * A line of standard input is a run: main class, standard input and arguments, in base64, with spaces between. A line of standard output is what came of it: the exit
 * code, and what the tool wrote to standard output, in base64.
 */
public class ToolHarness {
  private static final long DEADLINE_SECONDS = 60;

  private static final class Exited extends Error {
    Exited() {
      super(null, null, false, false);
    }
  }

  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    URL[] tools = {Path.of(args[0]).toUri().toURL()};
    BufferedReader runs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = runs.readLine(); line != null; line = runs.readLine()) {
      List<String> words = new ArrayList<>();
      for (String word : line.split(" ", -1)) {
        words.add(new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8));
      }
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
      System.setIn(new ByteArrayInputStream(words.get(1).getBytes(StandardCharsets.UTF_8)));
      String code = run(tools, words.get(0), words.subList(2, words.size()).toArray(new String[0]));
      System.out.flush();
      answers.println(code + " " + Base64.getEncoder().encodeToString(output.toByteArray()));
      answers.flush();
    }
    Runtime.getRuntime().halt(0);
  }

  private static String run(URL[] tools, String mainClass, String[] args) throws Exception {
    CompletableFuture<String> outcome = new CompletableFuture<>();
    // The first exit counts, and what was printed before it: a tool that catches everything meets its own exit again.
    Exit.setExitProcedure((code, message) -> {
      outcome.complete(String.valueOf(code));
      System.setOut(new PrintStream(OutputStream.nullOutputStream()));
      throw new Exited();
    });
    List<Runnable> hooks = new ArrayList<>();
    Exit.setShutdownHookAdder((name, hook) -> hooks.add(hook));
    ClassLoader loader = new URLClassLoader(tools, ToolHarness.class.getClassLoader());
    Thread thread = new Thread(() -> {
      try {
        loader.loadClass(mainClass).getMethod("main", String[].class).invoke(null, (Object) args);
        outcome.complete("0");
      } catch (InvocationTargetException e) {
        if (!(e.getCause() instanceof Exited)) e.getCause().printStackTrace();
        outcome.complete("1");
      } catch (Throwable e) {
        outcome.complete("not run: " + e);
      }
      // The end of its process, where some tools close and sum up.
      for (Runnable hook : List.copyOf(hooks)) {
        try {
          hook.run();
        } catch (Exited e) {
          outcome.complete("0");
        }
      }
    }, "tool");
    thread.setDaemon(true);
    thread.setContextClassLoader(loader);
    thread.start();
    try {
      String code = outcome.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      // What it closes on its way out must not write into the next one's output.
      thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
      return code.replace(' ', '_');
    } catch (TimeoutException e) {
      return "deadline";
    }
  }
}

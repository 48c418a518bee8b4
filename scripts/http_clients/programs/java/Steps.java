import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpCookie;
import java.util.List;
import java.util.Optional;

/** The steps that a client takes: lines of standard input, which are read before the first request. */
final class Steps {
    /** The body is JSON, or null. */
    record Step(String method, String path, String csrfCookie, String body) {
        /** Returns the CSRF value; none if the jar has no such cookie. */
        Optional<String> csrf(List<HttpCookie> jar) {
            return jar.stream().filter(one -> one.getName().equals(csrfCookie)).map(HttpCookie::getValue).findFirst();
        }
    }

    static List<Step> read() throws IOException {
        return new BufferedReader(new InputStreamReader(System.in)).lines().map(Steps::step).toList();
    }

    private static Step step(String line) {
        String[] words = line.split(" ", 4);
        return new Step(words[0], words[1], words[2], words.length > 3 ? words[3] : null);
    }
}

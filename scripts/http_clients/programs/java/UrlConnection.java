import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpURLConnection;
import java.net.URI;

/** java.net.HttpURLConnection with the CookieManager. */
final class UrlConnection {
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("--version")) {
            System.out.println("Java " + System.getProperty("java.version"));
            return;
        }
        var jar = new CookieManager();
        CookieHandler.setDefault(jar);
        for (var step : Steps.read()) {
            var connection = (HttpURLConnection) URI.create(arguments[0] + step.path()).toURL().openConnection();
            connection.setRequestMethod(step.method());
            var csrf = step.csrf(jar.getCookieStore().getCookies());
            csrf.ifPresent(value -> connection.setRequestProperty("X-CSRF-TOKEN", value));
            if (!step.method().equals("GET")) {
                connection.setDoOutput(true);
                if (step.body() != null) {
                    connection.setRequestProperty("Content-Type", "application/json");
                    connection.getOutputStream().write(step.body().getBytes());
                }
                connection.getOutputStream().close();
            }
            var answer = connection.getResponseCode() < 400 ? connection.getInputStream() : connection.getErrorStream();
            answer.readAllBytes();
        }
    }
}

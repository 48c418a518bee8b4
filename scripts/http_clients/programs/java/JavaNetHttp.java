import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** java.net.http.HttpClient with the CookieManager. */
final class JavaNetHttp {
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("--version")) {
            System.out.println("Java " + System.getProperty("java.version"));
            return;
        }
        var jar = new CookieManager();
        var client = HttpClient.newBuilder().cookieHandler(jar).build();
        for (var step : Steps.read()) {
            var body = step.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofString(step.body());
            var request = HttpRequest.newBuilder(URI.create(arguments[0] + step.path())).method(step.method(), body);
            step.csrf(jar.getCookieStore().getCookies()).ifPresent(csrf -> request.header("X-CSRF-TOKEN", csrf));
            if (step.body() != null) {
                request.header("Content-Type", "application/json");
            }
            client.send(request.build(), BodyHandlers.ofString());
        }
    }
}

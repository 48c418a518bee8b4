import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.cookie.Cookie;
import org.apache.http.entity.ContentType;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.BasicCookieStore;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.VersionInfo;

/** Apache HttpClient 4 with its BasicCookieStore, and the cookie specification in the first argument. */
final class ApacheHttpClient {
    public static void main(String[] arguments) throws Exception {
        if (arguments[1].equals("--version")) {
            System.out.println("Apache HttpClient " + VersionInfo.loadVersionInfo("org.apache.http.client", null).getRelease());
            return;
        }
        var jar = new BasicCookieStore();
        var settings = RequestConfig.custom().setCookieSpec(arguments[0]).build();
        try (var client = HttpClients.custom().setDefaultCookieStore(jar).setDefaultRequestConfig(settings).build()) {
            for (var step : Steps.read()) {
                var request = RequestBuilder.create(step.method()).setUri(arguments[1] + step.path());
                jar.getCookies().stream()
                        .filter(one -> one.getName().equals(step.csrfCookie()))
                        .map(Cookie::getValue)
                        .forEach(csrf -> request.setHeader("X-CSRF-TOKEN", csrf));
                if (step.body() != null) {
                    request.setEntity(new StringEntity(step.body(), ContentType.APPLICATION_JSON));
                }
                client.execute(request.build()).close();
            }
        }
    }
}

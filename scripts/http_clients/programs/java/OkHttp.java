import java.net.CookieManager;
import okhttp3.JavaNetCookieJar;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/** OkHttp, which Android and React Native use, with the jar of okhttp-urlconnection over Java's CookieManager. */
final class OkHttp {
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("--version")) {
            System.out.println(okhttp3.internal.Version.userAgent());
            return;
        }
        var jar = new CookieManager();
        var client = new OkHttpClient.Builder().cookieJar(new JavaNetCookieJar(jar)).build();
        for (var step : Steps.read()) {
            var json = step.body() == null ? null : MediaType.get("application/json");
            var body = step.method().equals("GET") ? null : RequestBody.create(json, step.body() == null ? "" : step.body());
            var request = new Request.Builder().url(arguments[0] + step.path()).method(step.method(), body);
            step.csrf(jar.getCookieStore().getCookies()).ifPresent(csrf -> request.header("X-CSRF-TOKEN", csrf));
            try (var answer = client.newCall(request.build()).execute()) {
                answer.body().bytes();
            }
        }
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}

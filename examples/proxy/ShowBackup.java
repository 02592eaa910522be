import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * One backup through cbr-proxy, by Java's own library: {@code java ShowBackup.java PROJECT_ID BACKUP_ID}.
 * Variables: CBR_PROXY_URL, CBR_PROXY_KEY. Prints the service's body, to be read by the JSON library of your choice.
 */
public class ShowBackup {
  public static void main(String[] args) throws Exception {
    var address = URI.create(System.getenv("CBR_PROXY_URL") + "/v3/" + args[0] + "/backups/" + args[1]);
    var request = HttpRequest.newBuilder(address)
        .header("Authorization", "Bearer " + System.getenv("CBR_PROXY_KEY"))
        .timeout(Duration.ofSeconds(30))
        .build();
    var client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() == 200) {
      System.out.println(response.body());
    } else {
      // A problem of RFC 9457.
      System.err.println(response.body());
      System.exit(1);
    }
  }
}

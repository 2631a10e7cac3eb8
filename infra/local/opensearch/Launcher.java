import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;

/** Runs one OpenSearch node until it is killed: Launcher HOME PORT DATA CLUSTER. Unlike OpenSearch's own start script it may run as root. */
public class Launcher {
    public static void main(String[] arguments) {
        try {
            Path home = Path.of(arguments[0]);
            Path data = Path.of(arguments[2]);
            Settings settings = Settings.builder()
                .put("path.home", home)
                .put("path.data", data)
                .put("path.logs", data.resolve("logs"))
                .put("http.port", arguments[1])
                .put("transport.port", "0")
                .put("cluster.name", arguments[3])
                .build();
            var environment = InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home.resolve("config"), () -> "local");
            LogConfigurator.registerErrorListener();
            LogConfigurator.setNodeName("local");
            LogConfigurator.configure(environment);
            new Node(environment).start();
            new CountDownLatch(1).await();
        } catch (Throwable failure) {
            failure.printStackTrace();
            System.exit(1);
        }
    }
}

using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Ringwright.Delivery;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.MediaHost;
using Ringwright.Net;
using Ringwright.Server.Telemetry;
using Ringwright.Speech;
using Ringwright.Store;
using Ringwright.Streams;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class MetricsReferenceTests
{
    private static readonly Type[] Projects =
    [
        typeof(WebhookDispatcher), typeof(Pipeline), typeof(InlineMediaHost), typeof(SipEngine), typeof(ISpeechProvider),
        typeof(Database), typeof(EgressClient), typeof(MediaStreamHost),
    ];

    [Fact]
    public async Task The_page_lists_every_metric_of_the_product()
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "reference", "metrics.md"));
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Name.StartsWith("ringwright.", StringComparison.Ordinal)
                    && !instrument.Meter.Name.Contains("Tests", StringComparison.Ordinal))
                lock (names) names.Add(new MetricFamily(instrument).Name);
        };
        listener.Start();
        foreach (var project in Projects)
            RuntimeHelpers.RunClassConstructor(
                project.Assembly.GetType(project.Assembly.GetName().Name + ".Metrics", throwOnError: true)!.TypeHandle); // it throws
        RuntimeHelpers.RunClassConstructor(typeof(Ringwright.Server.Metrics).TypeHandle);
        // A whole node has those too that belong to its parts.
        await using var node = await RunningNode.StartAsync();
        lock (names)
        {
            Assert.Contains("ringwright_gate_legs", names);
            Assert.All(names, name => Assert.Contains($"`{name}`", page));
        }
    }
}

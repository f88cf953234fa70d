using System.Text.Json.Nodes;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Api;

/// <summary>CPU time of a request on the node, less that of the same request and answer on a bare web server, in turns.</summary>
internal static class PipelineCost
{
    private const int WarmUp = 20_000, Requests = 20_000, Rounds = 5;

    private static readonly (string Name, string Method, string Path, string? Body)[] Cases =
    [
        ("get", "GET", "text-to-speech/voices?provider=elevenlabs", null),
        ("post_with_body", "POST", "text-to-speech/speech", """{"text": "", "voice": "AWS.Polly.Joanna"}"""),
    ];

    public static async Task<JsonNode> MeasureAsync(Action<string> say, CancellationToken stop)
    {
        await using var node = await NodeProcess.StartAsync(new(), stop);
        using var api = new CustomerApi(node.Api, node.Key);
        var figures = new JsonObject { ["goal"] = 60 };
        foreach (var (name, method, path, body) in Cases)
        {
            say($"pipeline, {name}");
            var (status, text) = await api.TrySendAsync(new(method), path, body, stop);
            using var bare = DriverProcess.Start(BareEndpoint.CommandName, $"{status}", text);
            using var plain = new CustomerApi(new Uri(await bare.StandardOutput.ReadLineAsync(stop) + "/v2/"), node.Key);
            await RunAsync(api, WarmUp);
            await RunAsync(plain, WarmUp);
            var (onNode, onBare) = (new List<double>(), new List<double>());
            for (int round = 0; round < Rounds; round++)
            {
                onNode.Add(await MicrosAsync(api, node.Tree.Root));
                onBare.Add(await MicrosAsync(plain, bare.Id));
            }

            bare.StandardInput.Close();
            await bare.WaitForExitAsync(stop);
            var (ours, least) = (Median(onNode), Median(onBare));
            figures[name] = new JsonObject
            {
                ["node"] = Math.Round(ours, 1), ["bare"] = Math.Round(least, 1), ["difference"] = Math.Round(ours - least, 1)
            };

            async Task<double> MicrosAsync(CustomerApi client, int process)
            {
                long before = CpuClock.NanosOf(process) ?? 0;
                await RunAsync(client, Requests);
                return ((CpuClock.NanosOf(process) ?? 0) - before) / 1e3 / Requests;
            }

            async Task RunAsync(CustomerApi client, int count)
            {
                for (int i = 0; i < count; i++)
                    if (await client.TrySendAsync(new(method), path, body, stop) is var answer && answer.Status != status)
                        throw new BenchFailure($"{method} {path} answered {answer.Status}");
            }
        }

        return figures;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}

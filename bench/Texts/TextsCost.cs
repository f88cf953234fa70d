using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Texts;

/// <summary>
/// Texts by SMPP: taken in by HTTP, and with the centre, by a node and by Debian's Kannel, one after the other at the same centre. The node
/// writes each text to its database before it answers, and each part before it leaves; Kannel keeps a file.
/// </summary>
internal static class TextsCost
{
    private const string From = "+15550100000", Words = "Your order is on its way and will be there tomorrow.";
    private const int Clients = 32, Window = 100, Rate = 5_000, OfWarmUp = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<JsonObject> MeasureAsync(int texts, Action<string> say, CancellationToken stop)
    {
        await using var centre = new TextCentre();
        say($"{texts} texts by a node");
        var ours = await OfNodeAsync(centre, texts, stop);
        say($"{texts} texts by Kannel");
        await using var kannel = await KannelGateway.StartAsync(centre.Port, Window, stop);
        var theirs = await RunAsync(centre, texts, kannel.Trees, i => kannel.SendAsync(From, NumberOf(i), Words, stop), stop);
        return new()
        {
            ["texts"] = texts, ["clients"] = Clients, ["window"] = Window, ["node"] = ours, ["kannel"] = theirs,
            ["speed_ratio"] = Math.Round((double)ours["texts_per_second"]! / (double)theirs["texts_per_second"]!, 2),
        };
    }

    private static async Task<JsonObject> OfNodeAsync(TextCentre centre, int texts, CancellationToken stop)
    {
        await using var node = await NodeProcess.StartAsync(new(), stop);
        using var operating = new CustomerApi(node.Operator, "", SocketHttp.Handler(Path.Combine(node.DataFolder, "admin.sock")));
        using var api = new CustomerApi(node.Api, node.Key);
        string account = (string)(await operating.SendAsync(HttpMethod.Get, "accounts", null, stop))[0]!["id"]!; // the first one is made
        await operating.SendAsync(HttpMethod.Post, $"accounts/{account}/numbers", new() { ["phone_number"] = From }, stop);
        var carrier = await operating.SendAsync(HttpMethod.Post, "text_carriers", new()
        {
            ["name"] = "bench", ["host"] = "127.0.0.1", ["port"] = centre.Port, ["system_id"] = "acme", ["password"] = "secret",
            ["prefixes"] = new JsonArray("+49"), ["window"] = Window, ["rate"] = Rate, ["receipts"] = false,
        }, stop);
        var profile = await api.SendAsync(HttpMethod.Post, "messaging_profiles",
            new() { ["name"] = "bench", ["whitelisted_destinations"] = new JsonArray("*") }, stop);
        await api.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(From)}/messaging",
            new() { ["messaging_profile_id"] = (string?)profile["id"] }, stop);
        for (var watch = Stopwatch.StartNew(); !await IsBoundAsync(operating, carrier, stop);)
        {
            if (watch.Elapsed > Patience) throw new BenchFailure("the node does not bind to the centre");
            await Task.Delay(100, stop);
        }
        return await RunAsync(centre, texts, [node.Tree], i => api.SendAsync(HttpMethod.Post, "messages",
            new() { ["from"] = From, ["to"] = NumberOf(i), ["text"] = Words }, stop), stop);
    }

    private static async Task<bool> IsBoundAsync(CustomerApi operating, JsonNode carrier, CancellationToken stop) =>
        (string?)(await operating.SendAsync(HttpMethod.Get, $"text_carriers/{carrier["id"]}", null, stop))["bind"]?["state"] is "bound";

    private static async Task<JsonObject> RunAsync(TextCentre centre, int texts, IReadOnlyList<ProcessTree> trees, Func<int, Task> send,
        CancellationToken stop)
    {
        await SendAsync(centre, texts, texts / OfWarmUp, send, stop);
        var before = trees.Select(tree => tree.ReadCpu()).ToList();
        var watch = Stopwatch.StartNew();
        double taken = await SendAsync(centre, 0, texts, send, stop);
        double seconds = watch.Elapsed.TotalSeconds, cpu = trees.Select((tree, i) => tree.ReadCpu().MillisecondsSince(before[i])).Sum();
        return new()
        {
            ["texts_per_second"] = Math.Round(texts / seconds, 1), ["taken_per_second"] = Math.Round(texts / taken, 1),
            ["cpu_ms_per_text"] = Math.Round(cpu / texts, 3), ["resident_mb"] = trees.Sum(tree => tree.ResidentBytes()) / 1_048_576,
        };
    }

    /// <summary>All of them are with the centre when this returns.</summary>
    /// <returns>Seconds until the last one was taken in.</returns>
    private static async Task<double> SendAsync(TextCentre centre, int first, int count, Func<int, Task> send, CancellationToken stop)
    {
        int before = centre.Taken;
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(first, count),
            new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = stop }, async (i, _) => await send(i));
        double taken = watch.Elapsed.TotalSeconds;
        for (watch.Restart(); centre.Taken - before < count;)
        {
            if (watch.Elapsed > Patience) throw new BenchFailure($"the centre has {centre.Taken - before} texts of {count}");
            await Task.Delay(2, stop);
        }
        return taken;
    }

    /// <summary>Each is to somebody else: texts to one keep their order, and wait for each other.</summary>
    private static string NumberOf(int index) => string.Create(CultureInfo.InvariantCulture, $"+49151{10_000_000 + index}");
}

using System.Text.Json.Nodes;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Soak.Calls;

namespace Ringwright.Bench.Soak.Judging;

/// <summary>What is left behind in the data folder and the database when all calls are over.</summary>
internal static class Remains
{
    /// <param name="events">Webhooks that the customer has seen; each is a delivery that came to a good end.</param>
    public static async Task<IReadOnlyList<Leak>> FindAsync(NodeProcess node, SoakApi api, Account account,
        int events, CancellationToken stop)
    {
        var leaks = new List<Leak>();
        await RowsAsync($"connections/{account.Application}/active_calls?page[limit]=1", "live calls", 0);
        await RowsAsync("webhook_deliveries?page[size]=1&filter[status][eq]=failed", "webhooks given up", 0);
        await RowsAsync("webhook_deliveries?page[size]=1&filter[status][eq]=delivered", "webhooks delivered", events);
        string[] parts = [.. Directory.EnumerateFiles(node.DataFolder, "*.part", SearchOption.AllDirectories)];
        if (parts.Length > 0)
            leaks.Add(new("data folder", "unfinished files", "0", $"{parts.Length}, for example {Path.GetFileName(parts[0])}"));

        string recordings = Path.Combine(node.DataFolder, "recordings");
        string[] files =
            Directory.Exists(recordings) ? [.. Directory.EnumerateFiles(recordings, "*", SearchOption.AllDirectories).Except(parts)] : [];
        await RowsAsync("recordings?page[size]=1", "recordings", files.Length);
        // One by one, so that a file that nobody knows is called by its name.
        foreach (string file in files)
        {
            var (status, _) = await api.SendAsync(HttpMethod.Get, $"recordings/{Path.GetFileNameWithoutExtension(file)}", null, stop);
            if (status == 404)
                leaks.Add(new("data folder", "file of no recording", "none",
                    $"{Path.GetRelativePath(node.DataFolder, file)}, written at {File.GetLastWriteTimeUtc(file):HH:mm:ss}"));
        }
        return leaks;

        async Task RowsAsync(string path, string what, int expected)
        {
            var (status, answer) = await api.SendAsync(HttpMethod.Get, path, null, stop);
            int? rows = (int?)answer?["meta"]?["total_results"] ?? (int?)answer?["meta"]?["total_items"];
            if (rows != expected)
                leaks.Add(new("database", what, $"{expected}", rows is { } found ? $"{found}" : $"no count, but {status}"));
        }
    }
}

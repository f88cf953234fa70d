using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary>The warnings of one account, listed and followed.</summary>
internal sealed class WarningReader
{
    /// <summary>That one look shows.</summary>
    public const int Most = 250;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly AdminClient _client;
    private readonly string _path;

    private WarningReader(AdminClient client, string path) => (_client, _path) = (client, path);

    /// <param name="account">Null takes the first one.</param>
    public static async Task<WarningReader> OpenAsync(AdminClient client, string? account, CancellationToken stop) =>
        new(client, AccountsClient.PathOf(await AccountsClient.FindAsync(client, account, stop), "warnings"));

    /// <summary>The newest first.</summary>
    public async Task<JsonArray> ListAsync(int limit, CancellationToken stop) =>
        (await _client.DataAsync(HttpMethod.Get, $"{_path}?page[size]={limit}", null, stop)).AsArray();

    /// <summary>The last ones, and then each that comes, the oldest first, until it is stopped.</summary>
    public async Task FollowAsync(TextWriter into, int limit, bool isJson, CancellationToken stop)
    {
        // What was seen, and not the last number: nodes of one database commit theirs in an order of their own.
        HashSet<string>? seen = null;
        while (true)
        {
            var page = await ListAsync(Most, stop);
            var fresh = page.Where(row => seen?.Contains(IdOf(row!)) is not true).Take(seen is null ? limit : Most).ToList();
            if (seen is { Count: > 0 } && fresh.Count == Most && !isJson)
                await into.WriteLineAsync("# more came at once than are shown: ringwright warnings --limit 250 lists the newest");
            foreach (var row in fresh.AsEnumerable().Reverse())
                await into.WriteLineAsync(isJson ? PlainJson.Of(row!) : string.Join("  ", Cells(row!).Select(Table.Printable)));
            seen = page.Select(row => IdOf(row!)).ToHashSet(StringComparer.Ordinal);
            await Task.Delay(Rest, stop);
        }
    }

    /// <summary>When, of what, in which call, where and why.</summary>
    public static IReadOnlyList<string> Cells(JsonNode row) =>
    [
        LiveText.Moment(row["at"]), $"{row["source"]}", $"{row["leg_id"] ?? "-"}",
        $"{row["url"] ?? "-"}{(row["line"] is { } line ? $":{line}" : "")}", $"{row["cause"]}",
    ];

    private static string IdOf(JsonNode row) => (string)row["id"]!;      // its schema says so
}

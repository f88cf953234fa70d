using System.Collections.Concurrent;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;

namespace Ringwright.Chakra.Telling;

/// <summary>Who wants to hear what of a team's calls.</summary>
/// <param name="Secret">Signs what is told; null for the node's own signatures alone.</param>
internal sealed record ChakraHook(TenantId Team, string Id, string Url, IReadOnlyList<string> Events, string? Secret,
    DateTimeOffset CreatedAt)
{
    public static ChakraHook Of(ResourceRow row) => new(row.Tenant, row.Id, (string)row.Body["url"]!,        // as the next one, required
        [.. row.Body["events"]!.AsArray().Select(name => (string)name!)], (string?)row.Body[ChakraHooks.Secret], row.CreatedAt);
}

/// <summary>
/// The subscriptions of this node's teams, in memory: what happens to calls is seen on the thread that commits it, which must not ask the
/// database. What was subscribed at another node is known some seconds later.
/// </summary>
internal sealed class ChakraHooks(Database store)
{
    public const string RecordType = "chakra_webhook", Secret = "secret";
    /// <summary>Of a team.</summary>
    public const int Most = 20;

    private static readonly ResourceKind Kind = new(RecordType) { Secrets = [Secret] };

    private readonly ConcurrentDictionary<TenantId, IReadOnlyList<ChakraHook>> _all = new();

    public IResourceRows Rows => store.Documents.Rows(Kind);

    public IReadOnlyList<TenantId> Teams => [.. _all.Keys];

    public IReadOnlyList<ChakraHook> Of(TenantId team) => _all.GetValueOrDefault(team) ?? [];

    public async Task ReadAsync(CancellationToken stop)
    {
        var ids = (await store.Documents.ListOfAllTenantsAsync(RecordType, stop)).ToLookup(row => row.Tenant, row => row.Id);
        foreach (var gone in Teams.Where(team => !ids.Contains(team))) _all.TryRemove(gone, out _);
        // One is never changed.
        foreach (var of in ids)
            if (!of.ToHashSet().SetEquals(Of(of.Key).Select(hook => hook.Id))) await ReadAsync(of.Key, stop);
    }

    public async Task ReadAsync(TenantId team, CancellationToken stop)
    {
        var page = await Rows.ListAsync(team, new() { Limit = Most }, stop);
        if (page.Rows.Count == 0) _all.TryRemove(team, out _);
        else _all[team] = [.. page.Rows.Select(ChakraHook.Of)];
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;

namespace Ringwright.Agency.Telling;

/// <summary>Who wants to hear what of an agency.</summary>
/// <param name="Client">Hears of this client's things alone; null hears of all.</param>
/// <param name="Secret">Signs what is told; empty where nobody has one.</param>
/// <param name="Since">What happened before is not told.</param>
internal sealed record OutboundHook(TenantId Agency, string Id, string Url, IReadOnlyList<string> Events, string? Client, string Secret,
    DateTimeOffset Since)
{
    public bool IsActive { get; init; }
    /// <summary>Of the row that was read.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>
    /// Moments before <see cref="Since"/> that are told all the same: the clock was set back after that. Null where it was not.
    /// </summary>
    public (DateTimeOffset From, DateTimeOffset To)? Again { get; init; }

    /// <summary>Nothing that happened before is told.</summary>
    public DateTimeOffset From => Again?.From ?? Since;

    public static OutboundHook Of(ResourceRow row) => new(row.Tenant, row.Id,
        (string)row.Body["url"]!, [.. row.Body["events"]!.AsArray().Select(name => (string)name!)],       // always there
        (string?)row.Body["client_id"], (string?)row.Body[OutboundHooks.Secret] ?? "",
        DateTimeOffset.Parse((string)row.Body[OutboundHooks.Since]!, CultureInfo.InvariantCulture))
    {
        // Of one that came by a snapshot without secrets nobody knows it: it is told nothing that it could not judge.
        IsActive = (bool)row.Body["is_active"]! && row.Body[OutboundHooks.Secret] is not null, UpdatedAt = row.UpdatedAt,
    };

    /// <param name="client">Whose it is that something happened to; null where it is the agency's.</param>
    public bool Wants(string type, string? client, DateTimeOffset at) => Events.Contains(type) && (Client is null || Client == client)
        && (Since <= at || Again is { } again && again.From <= at && at <= again.To);
}

/// <summary>
/// The webhooks of this node's agencies, in memory, so that nothing is asked of the database where nobody listens. What was changed at
/// another node is known some seconds later.
/// </summary>
internal sealed class OutboundHooks
{
    public const string RecordType = "agency_outbound_webhook", Secret = "secret", Since = "since";
    /// <summary>
    /// The number of the place that a webhook has among those of its agency, from 1 to <see cref="Most"/>: no second one has it. Those of
    /// older programs have none.
    /// </summary>
    public const string Place = "place";
    /// <summary>Of an agency.</summary>
    public const int Most = 20;

    private static readonly ResourceKind Kind = new(RecordType) { Secrets = [Secret], Unique = [Place] };

    private readonly ConcurrentDictionary<TenantId, IReadOnlyList<OutboundHook>> _all = new();

    /// <summary>Those of which somebody listens.</summary>
    public IReadOnlyList<TenantId> Agencies => [.. _all.Where(one => one.Value.Any(hook => hook.IsActive)).Select(one => one.Key)];

    public static IResourceRows RowsOf(Database store) => store.Documents.Rows(Kind);

    /// <summary>Those that listen.</summary>
    public IReadOnlyList<OutboundHook> Of(TenantId agency) => [.. Known(agency).Where(hook => hook.IsActive)];

    public async Task ReadAsync(Database store, CancellationToken stop)
    {
        var rows = (await store.Documents.ListOfAllTenantsAsync(RecordType, stop))
            .ToLookup(row => row.Tenant, row => (row.Id, row.UpdatedAt));
        foreach (var gone in _all.Keys.Where(agency => !rows.Contains(agency))) _all.TryRemove(gone, out _);
        foreach (var of in rows)
            if (!of.ToHashSet().SetEquals(Known(of.Key).Select(hook => (hook.Id, hook.UpdatedAt)))) await ReadAsync(store, of.Key, stop);
    }

    public async Task ReadAsync(Database store, TenantId agency, CancellationToken stop)
    {
        var page = await RowsOf(store).ListAsync(agency, new() { Limit = Most }, stop);
        if (page.Rows.Count == 0) _all.TryRemove(agency, out _);
        else _all[agency] = [.. page.Rows.Select(OutboundHook.Of)];
    }

    private IReadOnlyList<OutboundHook> Known(TenantId agency) => _all.GetValueOrDefault(agency) ?? [];
}

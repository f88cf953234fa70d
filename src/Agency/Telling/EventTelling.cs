using System.Text.Json.Nodes;
using Ringwright.Agency.Compliance;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Telling;

/// <summary>
/// Tells agencies' webhooks what has happened, in the outbox that all webhooks go out by. A look begins some time before the last one,
/// for what is written late, and after a start it looks back as far as it is remembered what was told: nothing is told twice, by
/// whatever node, and nothing is asked where nobody listens.
/// </summary>
internal sealed class EventTelling
{
    private const int AtOnce = 200;

    /// <summary>The outbox remembers what was told for a day.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1), Past = TimeSpan.FromHours(20);

    private readonly Dictionary<TenantId, Mark> _marks = [];

    /// <summary>By one at a time.</summary>
    public async Task LookAsync(AgencyParts parts, CancellationToken stop)
    {
        var agencies = parts.Outbound.Agencies;
        foreach (var gone in _marks.Keys.Except(agencies).ToList()) _marks.Remove(gone);
        foreach (var agency in agencies)
        {
            try
            {
                await LookAsync(parts, agency, stop);
            }
            catch (Exception failed) when (failed is not (StoreUnavailableException or OperationCanceledException))
            {
                // The others hear of theirs.
                parts.Log.NewsNotTold(failed);
            }
        }
    }

    /// <summary>Numbers have come onto a list of the agency or of a client: whoever waits with one is out by now.</summary>
    public static async Task TellListedAsync(AgencyParts parts, TenantId agency, TenantId owner, IEnumerable<string> numbers,
        CancellationToken stop)
    {
        var now = parts.Store.Time.GetUtcNow();
        // It has happened just now, also where the clock was set back behind when one was made.
        List<OutboundHook> hooks = [.. parts.Outbound.Of(agency).Where(hook => hook.Events.Contains(NewsTypes.NumberListed))
            .Select(hook => hook.Since > now ? hook with { Since = DateTimeOffset.MinValue } : hook)];
        if (hooks.Count == 0) return;
        foreach (string[] some in numbers.Chunk(AtOnce))
        {
            var messages = new List<OutboxMessage>();
            foreach (string number in some)
                if (await parts.Store.DoNotCall.FindAsync(owner, number, stop) is { } entry)
                {
                    string id = entry.Id.ToString();
                    messages.AddRange(MessagesOf(hooks, new(NewsTypes.NumberListed, id, $"{NewsTypes.NumberListed} {id}", entry.At),
                        ListOwner.ClientOf(agency, owner), AgencyDoNotCall.Show(entry, agency)));
                }
            if (messages.Count > 0) await parts.Store.Outbox.AddAsync(messages, stop);
        }
    }

    private async Task LookAsync(AgencyParts parts, TenantId agency, CancellationToken stop)
    {
        var listening = parts.Outbound.Of(agency);
        if (listening.Count == 0) return;
        var now = Times.Cut(parts.Store.Time.GetUtcNow());
        if (!_marks.TryGetValue(agency, out var mark)) _marks[agency] = mark = new();
        var hooks = mark.Hooks.Of(listening, now);
        var since = mark.At is { } before ? (before < now ? before : now) - Overlap : now - Past;
        if (hooks.Min(hook => hook.From) is var first && first > since) since = first;
        var reader = new AgencyNews(parts, agency);
        var all = await reader.ListAsync(hooks.SelectMany(hook => hook.Events).ToHashSet(), since, stop);
        foreach (var some in all.Where(one => !mark.Told.ContainsKey(one.Key)).Chunk(AtOnce))
        {
            var shown = await reader.ShowAsync(some, stop);
            var messages = some.Where(shown.ContainsKey)
                .SelectMany(one => MessagesOf(hooks, one, shown[one].Client, shown[one].Data)).ToList();
            if (messages.Count > 0) await parts.Store.Outbox.AddAsync(messages, stop);
        }
        foreach (var one in all) mark.Told[one.Key] = now;
        // What no look has found for so long none will find again.
        foreach (var (key, at) in mark.Told.ToList())
            if (at < now - Overlap - Overlap) mark.Told.Remove(key);
        mark.At = now;
    }

    private static IEnumerable<OutboxMessage> MessagesOf(IReadOnlyList<OutboundHook> hooks, News news, string? client, JsonObject data) =>
        hooks.Where(hook => hook.Wants(news.Type, client, news.At))
            .Select(hook => OutboundText.MessageOf(hook, news, client, data, TimeProvider.System.GetUtcNow()));

    /// <summary>What was told, and when it was found last.</summary>
    private sealed class Mark
    {
        public DateTimeOffset? At { get; set; }
        public HookMarks Hooks { get; } = new();
        public Dictionary<string, DateTimeOffset> Told { get; } = new(StringComparer.Ordinal);
    }
}

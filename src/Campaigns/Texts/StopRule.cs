using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Campaigns.Texts;

/// <summary>
/// Somebody has asked for no more texts. Where the account's policy says that this means calls too, the number comes onto the account's
/// do-not-call list: by a job that is committed with the text, so that it is never lost, and done within two minutes.
/// </summary>
public static class StopRule
{
    /// <summary>The job's kind, and what a policy calls it.</summary>
    public const string Job = TextReception.StopJob, Setting = "stop_means_do_not_call";

    private const string Number = "number", Sender = "sender";
    /// <summary>The list would keep the node's confirmation back, too: that goes first.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>Null where nobody asked for no more, or where who did has no number that is called.</summary>
    internal static NewJob? Of(TextBlock? block) => block is null || !E164.TryParse(block.Number, out _) ? null
        : new(Job, new JsonObject { [Number] = block.Number, [Sender] = block.Sender }) { DueAt = block.At + Rest };

    /// <summary>Done twice, the entry is there once.</summary>
    public static async ValueTask RunAsync(Database store, TenantId tenant, JsonObject input, CancellationToken stop)
    {
        if (!await MeansCallsAsync(store, tenant, stop).ConfigureAwait(false)) return;
        string number = (string)input[Number]!, sender = (string)input[Sender]!;       // written above
        var now = store.Time.GetUtcNow();
        await store.DoNotCall.AddAsync(
        [
            new()
            {
                Id = Guid.CreateVersion7(now), Owner = tenant, Number = number, Source = DoNotCallSource.Message,
                Reason = DoNotCallReason.CallerRequest, AddedBy = $"text to {sender}", At = now,
                Evidence = $"Asked {sender} by a text for no more texts, before {now:yyyy-MM-dd HH:mm:ss} UTC.",
            },
        ], static _ => null, stop).ConfigureAwait(false);
    }

    private static async ValueTask<bool> MeansCallsAsync(Database store, TenantId tenant, CancellationToken stop) =>
        await TextHours.PolicyOfAsync(store, tenant, stop).ConfigureAwait(false) is { } policy && ((bool?)policy[Setting] ?? false);
}

using Ringwright.Agency.Tables;
using Ringwright.Store;

namespace Ringwright.Agency.Providers;

/// <summary>Merges what providers have told, the oldest first; what cannot be merged is tried again, and then left for people.</summary>
internal sealed class WebhookFollower(AgencyParts parts)
{
    /// <summary>Of one look.</summary>
    public const int Most = 50;

    /// <summary>Before the second try; doubled for each further one.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private DateTimeOffset Now => Times.Cut(parts.Store.Time.GetUtcNow());

    /// <summary>Until none waits.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (await LookAsync(stop) == Most) { }
    }

    /// <returns>How many there were.</returns>
    public async Task<int> LookAsync(CancellationToken stop)
    {
        var due = await parts.Webhooks.ListDueAsync(Now, Most, stop);
        // In whatever order: a call comes out the same. The writer has them in few transactions so.
        await Task.WhenAll(due.Select(one => MergeAsync(one, stop)));
        return due.Count;
    }

    /// <summary>One that cannot be merged keeps no other from it.</summary>
    private async Task MergeAsync(QueuedEvent one, CancellationToken stop)
    {
        try
        {
            if (one.Payload["call"]?.AsObject() is not { } call) throw new FormatException("it has no call");
            await parts.Webhooks.MergeAsync(one, ProviderCallFacts.Read(one.EventType, call, one.CreatedAt), Now, stop);
        }
        catch (FormatException wrong)
        {
            await FailAsync(one, wrong.Message, stop);
        }
        catch (Exception failed) when (failed is not (StoreUnavailableException or OperationCanceledException))
        {
            parts.Log.WebhookNotMerged(failed, one.Id);
            await FailAsync(one, "it cannot be merged", stop);
        }
    }

    private ValueTask FailAsync(QueuedEvent one, string why, CancellationToken stop)
    {
        long nth = one.Attempts + 1;
        return parts.Webhooks.FailAsync(one, why, nth < one.MaxAttempts ? Now + Rest * Math.Pow(2, nth - 1) : null, Now, stop);
    }
}

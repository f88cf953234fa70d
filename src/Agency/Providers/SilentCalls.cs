using Ringwright.Agency.Privacy;
using Ringwright.Agency.Tables;
using Ringwright.Store;

namespace Ringwright.Agency.Providers;

/// <summary>
/// Asks providers about calls of which nobody has said that they are over, though they must be: a webhook was lost. A call that a provider
/// does not know, and one of which nothing is heard for a day, ends by a fault.
/// </summary>
internal sealed class SilentCalls(AgencyParts parts)
{
    /// <summary>Of one look, at the same time.</summary>
    private const int Most = 10;

    /// <summary>An hour, which a provider's call lasts at most unless somebody has said more, and what its last event may take.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(75);

    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMinutes(15), GivenUp = TimeSpan.FromHours(24);

    private DateTimeOffset Now => Times.Cut(parts.Store.Time.GetUtcNow());

    public async Task RunAsync(CancellationToken stop)
    {
        var silent = await parts.ProviderCalls.ListSilentAsync(Now - Longest, Now - BetweenQuestions, Most, stop);
        await Task.WhenAll(silent.Select(call => TryAsync(call, stop)));
    }

    /// <summary>One call of which nothing can be learned keeps no other from it.</summary>
    private async Task TryAsync(ProviderCall call, CancellationToken stop)
    {
        ProviderCallFacts? facts = null;
        try
        {
            facts = await AskAsync(call, stop);
        }
        catch (Exception failed) when (failed is not (StoreUnavailableException or OperationCanceledException))
        {
            parts.Log.CallNotAskedFor(failed, call.Id);
        }
        if (facts?.EndedAt is null && Now - call.StartedAt >= GivenUp) facts = LostOf(call);
        await parts.ProviderCalls.HearAsync(call, facts, Now, stop);
    }

    private async ValueTask<ProviderCallFacts?> AskAsync(ProviderCall call, CancellationToken stop)
    {
        if (await ProviderApi.OfAsync(parts, call.TenantId, stop) is not { } api) return null;
        var (row, status) = await api.FindAsync($"/api/calls/{Uri.EscapeDataString(call.ProviderCallId)}", stop);
        if (status is 404) return LostOf(call);
        if (row is null) return null;
        (await ProviderRedaction.OfAsync(parts, call.TenantId, stop))?.Cut(row);
        var facts = ProviderCallFacts.Read(ProviderCallFacts.Whole, row, Now);
        return facts.CallId == call.ProviderCallId ? facts : null;
    }

    private static ProviderCallFacts LostOf(ProviderCall call) =>
        ProviderCallFacts.Lost(call.ProviderCallId, call.JoinedAt ?? call.StartedAt);
}

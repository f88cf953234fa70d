using Ringwright.Store;

namespace Ringwright.Agency.Talking;

/// <summary>What follows the talks of agents, again and again, by whichever node looks: each look may be the first after a crash.</summary>
internal sealed class Enrichment(AgencyParts parts)
{
    /// <summary>Of one look.</summary>
    private const int MostTranscripts = 10;

    /// <summary>What was said last is written down behind the call's end.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken stop)
    {
        var now = Times.Cut(parts.Store.Time.GetUtcNow());
        var refused = new RefusedRecordings(parts);
        foreach (var talk in await parts.Enrichments.ListEndedAsync(now - LastWords, MostTranscripts, stop))
            if (await refused.AreGoneAsync(talk, now, stop)) await parts.Enrichments.WriteDownAsync(talk, now, stop);
    }
}

using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Texts;

/// <summary>The ways out of the node, as the courier sees them.</summary>
public interface ITextWays
{
    /// <summary>Takes on a text that is queued, or lets it wait for room; either is committed when this returns.</summary>
    /// <returns>False when no way leads to its number: nothing is changed then.</returns>
    ValueTask<bool> TakeAsync(TextMessage text, DateTimeOffset now, CancellationToken stop);

    /// <summary>A text that a way took on has not been heard of for a while: it waits on, or it is over.</summary>
    ValueTask LookAfterAsync(TextMessage text, DateTimeOffset now, CancellationToken stop);
}

using Ringwright.Store.Resources;

namespace Ringwright.Voipbin.Queueing;

/// <summary>What happens to one who waits, beside what his call says.</summary>
internal abstract record QueuedNews
{
    private QueuedNews() { }

    /// <summary>This agent is his: nobody else rings him.</summary>
    public sealed record Matched(ResourceRow Agent) : QueuedNews;

    /// <summary>Somebody takes him out.</summary>
    public sealed record Kicked : QueuedNews;

    /// <summary>There is no such queue any more.</summary>
    public sealed record QueueGone : QueuedNews;
}

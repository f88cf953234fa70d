using System.Collections.Concurrent;
using System.Threading.Channels;
using Ringwright.Calls;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin.Queueing;

/// <summary>One who waits in a queue, or talks to an agent of it, by a call of this process.</summary>
/// <param name="Row">His queuecall as it was made.</param>
/// <param name="Queue">As it was when he came.</param>
internal sealed record QueuedCaller(ResourceRow Row, ResourceRow Queue, LegFacts Leg)
{
    private readonly Channel<QueuedNews> _news = Channel.CreateUnbounded<QueuedNews>();

    public string Id => Row.Id;

    public ChannelReader<QueuedNews> News => _news.Reader;

    /// <summary>Agents who were rung for him in vain, and until when they are left alone.</summary>
    public Dictionary<string, DateTimeOffset> Tried { get; } = [];

    /// <summary>That he waits could not be written yet: whoever looks for agents does it first.</summary>
    public bool IsUnwritten { get; set; }

    /// <summary>The queue does not count him yet: whoever looks for agents does it first.</summary>
    public bool IsUncounted { get; set; }

    /// <summary>Ids of agents who are rung for him by nobody, and could not be let go yet.</summary>
    public ConcurrentQueue<string> ToFree { get; } = new();

    /// <summary>False when he listens no more.</summary>
    public bool Tell(QueuedNews news) => _news.Writer.TryWrite(news);

    /// <summary>He listens no more.</summary>
    /// <param name="pending">What he was reading at this moment.</param>
    /// <returns>Agents who were to be his, and are rung by nobody.</returns>
    public async ValueTask<IReadOnlyList<ResourceRow>> CloseAsync(Task<QueuedNews>? pending)
    {
        _news.Writer.TryComplete();
        var agents = new List<ResourceRow>();
        try
        {
            if (pending is not null && await pending is QueuedNews.Matched first) agents.Add(first.Agent);
        }
        catch (ChannelClosedException)
        {
            // Nothing came.
        }
        while (_news.Reader.TryRead(out var news))
            if (news is QueuedNews.Matched matched) agents.Add(matched.Agent);
        return agents;
    }
}

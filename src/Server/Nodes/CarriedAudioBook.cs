using System.Diagnostics;
using Ringwright.Calls;

namespace Ringwright.Server.Nodes;

/// <summary>What the node's live audio carries, for the operator. From any thread.</summary>
internal sealed class CarriedAudioBook(TimeProvider time) : ICarriedAudio
{
    /// <summary>Of those that have ended.</summary>
    internal const int Kept = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, CarriedAudio> _open = [];
    private readonly Queue<CarriedAudio> _ended = new();

    public IReadOnlyList<CarriedAudio> List()
    {
        lock (_lock) return [.. _open.Values.OrderByDescending(one => one.StartedAt), .. _ended.Reverse()];
    }

    /// <summary>An order begins.</summary>
    /// <param name="tell">Hears of it after the book has.</param>
    /// <returns>Who is to be told of it in place of <paramref name="tell"/>.</returns>
    public Action<LiveAudioNews> Begin(LiveAudioOrder order, Action<LiveAudioNews> tell)
    {
        var (kind, to) = order switch
        {
            StreamOrder stream => ("stream", stream.Terms.ToldUrl),
            ForkOrder fork => ("fork", string.Join(" and ", new[] { fork.Terms.Said, fork.Terms.Heard }.OfType<string>().Distinct())),
            SiprecOrder siprec => ("siprec", $"{siprec.Terms.Host}:{siprec.Terms.Port}"),
            TranscriptionOrder words => ("transcription", words.Terms.Recogniser ?? "the node's recogniser"),
            VoiceOrder => ("voice", "an agent of this node"),
            _ => throw new UnreachableException(),
        };
        lock (_lock) _open.TryAdd(order.Id, new(order.Id, kind, order.Leg, to, time.GetUtcNow()));
        return news =>
        {
            if (news is LiveAudioNews.Connected) Connected(order.Id);
            else if (news is LiveAudioNews.Ended ended) End(order.Id, ended.Failure);
            tell(news);
        };
    }

    /// <summary>Nothing happens for what has ended or was never here.</summary>
    public void End(Guid id, string? failure = null)
    {
        lock (_lock)
        {
            if (!_open.Remove(id, out var one)) return;
            _ended.Enqueue(one with { EndedAt = time.GetUtcNow(), Failure = failure });
            if (_ended.Count > Kept) _ended.Dequeue();
        }
    }

    private void Connected(Guid id)
    {
        lock (_lock)
            if (_open.TryGetValue(id, out var one) && one.ConnectedAt is null) _open[id] = one with { ConnectedAt = time.GetUtcNow() };
    }
}

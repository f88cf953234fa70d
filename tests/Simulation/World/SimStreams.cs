using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Simulation;

/// <summary>Sockets of streams and forks that open some time later, or do not, and may close or break while the call goes on.</summary>
internal sealed class SimStreams(SimWorld world, Rng rng)
{
    private readonly Dictionary<Guid, Action<LiveAudioNews>> _open = [];
    private readonly HashSet<Guid> _ordered = [];

    public TimeSpan Slowest { get; set; } = TimeSpan.FromMilliseconds(300);
    /// <summary>Of those that are to be opened.</summary>
    public double Refuses { get; set; } = 0.2;
    /// <summary>Of those that are open.</summary>
    public double Ends { get; set; } = 0.4;

    /// <summary>Sockets that somebody ought to have closed.</summary>
    public int Count => _open.Count;

    /// <summary>Keys that customers' sockets were told of, in order.</summary>
    public List<char> Pressed { get; } = [];

    public void Open(LiveAudioOrder order, Action<LiveAudioNews> tell)
    {
        if (!_open.TryAdd(order.Id, tell)) throw new SimulationException("a stream was opened twice");
        _ordered.Add(order.Id);
        After(Slowest, () =>
        {
            if (rng.Chance(Refuses)) End("the server refused");
            else
            {
                tell(new LiveAudioNews.Connected(new(order.Id, TracksOf(order), 8_000)));
                if (order is TranscriptionOrder) Speak(1);
                if (rng.Chance(Ends)) After(Slowest * 10, () => End(rng.Chance(0.5) ? "the connection was cut" : null));
            }
        });

        // Somebody says a word now and then.
        void Speak(int word) => After(Slowest * 2, () =>
        {
            tell(new LiveAudioNews.Transcribed(TapTracks.Said, $"word {word}", IsFinal: rng.Chance(0.5), Confidence: null));
            Speak(word + 1);
        });

        void End(string? failure)
        {
            _open.Remove(order.Id);
            tell(new LiveAudioNews.Ended(failure));
        }

        void After(TimeSpan most, Action act) => world.At(world.Now + most * rng.NextDouble(), () =>
        {
            if (_open.ContainsKey(order.Id)) act();
        });
    }

    private static TapTracks TracksOf(LiveAudioOrder order) => order switch
    {
        StreamOrder stream => stream.Terms.Tracks,
        TranscriptionOrder transcription => transcription.Terms.Tracks,
        ForkOrder => TapTracks.Said,
        SiprecOrder siprec => siprec.Terms.Tracks,
        _ => throw new UnreachableException(),
    };

    /// <summary>The last words come a little later, and then the end, where somebody hears it.</summary>
    public void Finish(Guid id, bool isOver)
    {
        if (isOver) _open.Remove(id);
        else world.At(world.Now + Slowest * rng.NextDouble(), () =>
        {
            if (!_open.Remove(id, out var tell)) return;
            tell(new LiveAudioNews.Transcribed(TapTracks.Said, "the last word", IsFinal: true, Confidence: null));
            tell(new LiveAudioNews.Ended(null));
        });
    }

    public void Close(Guid id) => _open.Remove(id);

    /// <summary>A socket that has just ended hears no key more, and the leg may not know that yet.</summary>
    public void Press(Guid id, char key)
    {
        if (!_ordered.Contains(id)) throw new SimulationException($"the key {key} is for a stream that nobody has ordered");
        if (_open.ContainsKey(id)) Pressed.Add(key);
    }

    /// <summary>The process is killed, and its sockets with it.</summary>
    public void Die() => _open.Clear();
}

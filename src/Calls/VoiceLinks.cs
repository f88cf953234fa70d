using System.Collections.Concurrent;

namespace Ringwright.Calls;

/// <summary>A leg's live audio for a program of this node, which hears and speaks by it itself.</summary>
public sealed record VoiceOrder(Guid Id, LegFacts Leg, StreamFormat Codec) : LiveAudioOrder(Id, Leg, Codec);

/// <summary>The program's end of it.</summary>
public interface IVoiceEnd
{
    /// <summary>Hertz, of what it hears and of what it says: as in <see cref="TapPlan.SampleRate"/>.</summary>
    int Rate { get; }

    /// <summary>The audio is there. Called once, on any thread; must not block.</summary>
    /// <param name="tap">Whoever opened it disposes of it, behind <see cref="Close"/>.</param>
    void Open(IAudioTap tap);

    /// <summary>There is no audio any more, or there was none.</summary>
    /// <param name="failure">Why, as part of a sentence; null where somebody ended it in order.</param>
    void Close(string? failure);
}

/// <summary>Programs of this node that wait for the audio of a leg, by the id under which they have ordered it.</summary>
public sealed class VoiceLinks
{
    private readonly ConcurrentDictionary<Guid, IVoiceEnd> _all = new();

    /// <param name="id">Of the order, minted by the program.</param>
    public void Place(Guid id, IVoiceEnd end) => _all[id] = end;

    /// <summary>For whoever carries the audio; null where nobody waits for it any more.</summary>
    public IVoiceEnd? Take(Guid id) => _all.TryRemove(id, out var end) ? end : null;

    /// <summary>Nobody waits for it.</summary>
    public void Forget(Guid id) => _all.TryRemove(id, out _);
}

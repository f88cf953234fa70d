using System.Collections.Concurrent;
using Ringwright.Calls;

namespace Ringwright.Server.Modules;

/// <summary>Gives programs of this node the audio of legs that they talk on by voices of their own.</summary>
internal sealed class VoiceCarrier(IAudioTaps taps, VoiceLinks links) : IAudioCarrier
{
    private readonly ConcurrentDictionary<Guid, Voice> _open = new();

    public bool TryOpen(LiveAudioOrder order, Action<LiveAudioNews> tell)
    {
        if (order is not VoiceOrder) return false;
        var voice = new Voice(links.Take(order.Id));
        _open[order.Id] = voice;
        // Later, as all else is told: who orders may not be ready to hear.
        _ = Task.Run(() =>
        {
            if (voice.Open(taps, order.Id, tell) is not { } fault) return;
            _open.TryRemove(order.Id, out _);
            tell(new LiveAudioNews.Ended(fault));
        }, CancellationToken.None);
        return true;
    }

    public void Close(Guid id)
    {
        if (_open.TryRemove(id, out var voice)) voice.Close();
    }

    public ValueTask DisposeAsync()
    {
        foreach (var id in _open.Keys) Close(id);
        return default;
    }

    /// <param name="end">Null where whoever ordered it is gone.</param>
    private sealed class Voice(IVoiceEnd? end)
    {
        private const string Full = "the node has no room for one more voice";

        private readonly Lock _lock = new();
        private IAudioTap? _tap;
        private bool _isClosed;

        /// <returns>Why there is none, as part of a sentence.</returns>
        public string? Open(IAudioTaps taps, Guid id, Action<LiveAudioNews> tell)
        {
            if (end is null) return "whoever ordered it is gone";
            try
            {
                lock (_lock)
                {
                    if (_isClosed) return null;
                    _tap = taps.Open(new(id, TapTracks.Said, end.HearsAt) { InjectionRate = end.SaysAt });
                    tell(new LiveAudioNews.Connected(_tap.Plan));
                    end.Open(_tap);
                }
                return null;
            }
            catch (IOException)
            {
                end.Close(Full);
                return Full;
            }
        }

        public void Close()
        {
            lock (_lock)
            {
                if (_isClosed) return;
                _isClosed = true;
                end?.Close(failure: null);
                _tap?.Dispose();
            }
        }
    }
}

using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Media.Native;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Recordings;

namespace Ringwright.Speech.Transcription;

/// <summary>All live transcriptions of a node.</summary>
/// <param name="find">The recogniser of that name, or the node's usual one for null; null when there is none.</param>
/// <param name="tellLate">Takes what is understood of legs that have ended.</param>
public sealed class TranscriptionHost(IAudioTaps taps, Func<string?, IRecogniser?> find, Action<Func<Instant, CallEvent>> tellLate,
    TranscriptionOptions options, TimeProvider time, ILogger log, SessionShares? shares = null) : ITranscriber, IAsyncDisposable
{
    private readonly SessionSet<TranscriptionSession> _sessions = new(options.Calls,
        $"{options.Calls} calls are being transcribed, and the node transcribes no more", 3 * options.FarewellTimeout, time, shares,
        count => log.TranscriptionsLeft(count, (3 * options.FarewellTimeout).TotalSeconds));

    /// <summary>Open, or being opened or closed.</summary>
    public int Count => _sessions.Count;

    public string? ProblemOf(string? recogniser, string language) => ProblemOf(find(recogniser), recogniser, language);

    public string? ProblemOf(RecordFormat format) =>
        format is RecordFormat.Ogg ? RecordedAudio.NoOgg
        : format is RecordFormat.Mp3 && !Mp3Reader.IsAvailable ? Mp3Reader.Missing.TrimEnd('.') : null;

    /// <inheritdoc cref="ILiveAudio.Open"/>
    public void Open(TranscriptionOrder order, Action<LiveAudioNews> tell)
    {
        var recogniser = find(order.Terms.Recogniser);
        string? problem = ProblemOf(recogniser, order.Terms.Recogniser, order.Terms.Language);
        // Later, as all else is told: who orders may not be ready to hear.
        if (problem is not null || recogniser is null) _ = Task.Run(() => Refuse(problem), CancellationToken.None);
        else _sessions.Open(order.Id, order.Leg.Tenant, Refuse, () => new(order, recogniser, tell, tellLate, taps, options, time, log));

        void Refuse(string? why)
        {
            Metrics.Ended.Add(1, new KeyValuePair<string, object?>("outcome", "refused"));
            tell(new LiveAudioNews.Ended(why));
        }
    }

    /// <inheritdoc cref="ILiveAudio.Finish"/>
    public void Finish(TranscriptionOrder order, LegFacts? over)
    {
        if (_sessions.Find(order.Id)?.Finish(over) is true || over is null) return;
        // It ended by itself just now, and whoever ordered it does not hear any more.
        tellLate(at => new CallEvent.TranscriptionEnded(order.Id, order.Terms.Tracks, null) { Leg = over, At = at });
    }

    /// <inheritdoc cref="ILiveAudio.Close"/>
    public void Close(Guid id) => _sessions.Close(id);

    /// <summary>Every recogniser has so long to let go as the options say.</summary>
    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    private static string? ProblemOf(IRecogniser? found, string? name, string language) =>
        found is null ? name is null ? "no recogniser is configured on this node" : $"no recogniser {name} is configured on this node"
        : found.Knows(language) ? null
        : $"the recogniser {found.Name} does not know the language {language}";
}

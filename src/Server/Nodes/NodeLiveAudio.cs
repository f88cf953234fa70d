using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Server.Modules;
using Ringwright.Server.Settings;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Transcription;
using Ringwright.Streams;
using Ringwright.Streams.Forks;
using Ringwright.Streams.Siprec;

namespace Ringwright.Server.Nodes;

/// <summary>Gives each order of a node's live audio to whoever carries its kind.</summary>
internal sealed class NodeLiveAudio : ILiveAudio, IAsyncDisposable
{
    private readonly MediaStreamHost _streams;
    private readonly ForkHost _forks;
    private readonly SiprecHost _siprec;
    private readonly TranscriptionHost _transcriptions;
    private readonly CarriedAudioBook _book;

    /// <summary>To be disposed when calls have ended, and before media and egress are.</summary>
    /// <param name="taps">Of the node's media.</param>
    /// <param name="modules">The last that knows a stream's call gives its frames their words.</param>
    /// <param name="recognisers">The recogniser of a name, or the node's usual one for null; null when there is none.</param>
    /// <param name="routing">Says what each account may have.</param>
    /// <param name="tellLate">Takes events of legs that have ended.</param>
    public NodeLiveAudio(IAudioTaps taps, EgressClient egress, Func<string?, IRecogniser?> recognisers,
        IReadOnlyList<JoinedModule> modules, IRouting routing, Action<Func<Instant, CallEvent>> tellLate, ServeSettings settings,
        Descriptors descriptors, TimeProvider time, ILoggerFactory loggers)
    {
        _book = new(time);
        var log = loggers.CreateLogger("Ringwright.Streams");
        var shares = new SessionShares(account => LimitsOf(routing.Current, account));
        _forks = new(taps, egress.Policy, new() { Forks = descriptors.Forks }, time, log, shares);
        _siprec = new(taps, egress.Policy, new() { Sessions = descriptors.Siprec, Advertise = settings.Advertise }, time, log, shares);
        _streams = new(taps, egress, new()
        {
            Identify = order => modules.Select(module => module.Identify(order)).LastOrDefault(identity => identity is not null)
                ?? throw new InvalidOperationException("no module knows the stream's call"),
            Streams = descriptors.Streams,
            IsLittleEndian = settings.IsStreamLittleEndian,
        }, time, log, shares);
        // Each may hold a connection for either speaker.
        _transcriptions =
            new(taps, recognisers, tellLate, new() { Calls = descriptors.Streams / 2 }, time,
                loggers.CreateLogger("Ringwright.Speech"), shares);
    }

    public ITranscriber Transcriber => _transcriptions;

    /// <summary>What goes on, and the last that have ended.</summary>
    public ICarriedAudio Carried => _book;

    public void Open(LiveAudioOrder order, Action<LiveAudioNews> tell)
    {
        tell = _book.Begin(order, tell);
        switch (order)
        {
            case StreamOrder stream:
                _streams.Open(stream, tell);
                break;
            case TranscriptionOrder transcription:
                _transcriptions.Open(transcription, tell);
                break;
            case ForkOrder fork:
                _forks.Open(fork, tell);
                break;
            case SiprecOrder siprec:
                _siprec.Open(siprec, tell);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static IEnumerable<(TenantId, int?)> LimitsOf(RoutingSnapshot routing, TenantId account)
    {
        for (var one = routing.FindTenant(account); one is not null; one = one.Parent is { } above ? routing.FindTenant(above) : null)
            yield return (one.Id, one.Limits.LiveAudio);
    }

    /// <inheritdoc cref="SiprecHost.SayRecoveryByes"/>
    public void SayRecoveryByes(IReadOnlyList<string> recoveryByes) => _siprec.SayRecoveryByes(recoveryByes);

    public void Press(Guid id, char key) => _streams.Press(id, key);

    public void Finish(TranscriptionOrder order, LegFacts? over)
    {
        // The end of a leg that is over is told to the ledger alone.
        if (over is not null) _book.End(order.Id);
        _transcriptions.Finish(order, over);
    }

    /// <summary>Ids are unique: whoever has none of this one does nothing.</summary>
    public void Close(Guid id)
    {
        _book.End(id);
        _streams.Close(id);
        _forks.Close(id);
        _siprec.Close(id);
        _transcriptions.Close(id);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_streams.DisposeAsync().AsTask(), _forks.DisposeAsync().AsTask(), _siprec.DisposeAsync().AsTask(),
            _transcriptions.DisposeAsync().AsTask());
    }
}

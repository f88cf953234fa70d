using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Media;

namespace Ringwright.Streams.Forks;

/// <summary>One fork from its order to its end: opens its tap and a socket for each track, sends, tells what became of it.</summary>
internal sealed class ForkSession(ForkOrder order, Action<LiveAudioNews> tell, IAudioTaps taps, TargetPolicy policy, ForkOptions options,
    TimeProvider time, ILogger log) : ICarrySession
{
    private const string Linear = "L16";

    private readonly Lock _lock = new();
    /// <summary>Has no timer, so nothing of it must be disposed.</summary>
    private readonly CancellationTokenSource _stop = new();
    private RtpTrack? _said, _heard;
    private bool _isClosed;
    /// <summary>A port that it sends to has become the node's own.</summary>
    private volatile bool _isTaken;

    public async Task RunAsync()
    {
        Metrics.Forks.Add(1);
        string? failure = null;
        try
        {
            failure = await CarryAsync();
            if (!_isClosed) log.ForkEnded(order.Id, order.Leg.Id, failure);
        }
        catch (OperationCanceledException) when (_isClosed)
        {
            // As asked.
        }
        catch (Exception fault)
        {
            log.ForkBroke(fault, order.Id);
            failure = "of a fault inside the node";
        }
        finally
        {
            _said?.Dispose();
            _heard?.Dispose();
            Metrics.Forks.Add(-1);
        }
        Metrics.ForksEnded.Add(1, new KeyValuePair<string, object?>("outcome", _isClosed ? "closed" : "failed"));
        lock (_lock)
        {
            if (!_isClosed) tell(new LiveAudioNews.Ended(failure));
            _isClosed = true;
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
        }
        // What then stops does so on the pool: our caller may be a shard in its turn.
        _ = _stop.CancelAsync();
    }

    /// <returns>Why it cannot go on.</returns>
    private async Task<string> CarryAsync()
    {
        var (name, rate) = order.Codec;
        // L16 alone is one name with several rates; of the others the rate is that of their audio, and not of their clock.
        if (Codecs.Find(name, name is Linear ? rate : 0) is not { } codec) return $"the node cannot send the call's codec, {name}";
        if ((Problem(order.Terms.Said) ?? Problem(order.Terms.Heard)) is { } forbidden) return forbidden;
        IReadOnlyList<IPEndPoint> targets =
            [.. new[] { order.Terms.Said, order.Terms.Heard }.OfType<string>().Select(target => IPEndPoint.Parse(target))];
        using var watch = policy.OwnPorts.Watch(targets, () =>
        {
            _isTaken = true;
            _ = _stop.CancelAsync();
        });
        try
        {
            _said = Track(order.Terms.Said, codec, isHeard: false);
            _heard = Track(order.Terms.Heard, codec, isHeard: true);
            using var tap = taps.Open(new(order.Id, order.Tracks, codec.SampleRate));
            lock (_lock)
            {
                if (_isClosed) return "";
                tell(new LiveAudioNews.Connected(tap.Plan));
            }
            short[] samples = new short[codec.FrameSamples];
            while (await tap.WaitAsync(_stop.Token))
            {
                while (tap.TryRead(samples, out var frame))
                {
                    if (frame.Kind is not TapFrameKind.Audio) continue;
                    var track = frame.Track is TapTracks.Said ? _said : _heard;
                    if (track?.Send(frame, samples) is { } refused) return refused;
                }
            }
        }
        catch (OperationCanceledException) when (_isTaken)
        {
            return TargetPolicy.Describe(TargetVerdict.OwnPort);
        }
        catch (IOException full)
        {
            log.NoRoomForFork(order.Id, full.Message);
            return "the node has no room for one more call's audio";
        }
        catch (System.Net.Sockets.SocketException none)
        {
            return $"no socket leads there: {none.Message}";
        }
        // The port is closed: usually the call has ended and says so in a moment.
        await Task.Delay(options.TapGrace, time, _stop.Token);
        return "the call's audio has gone";
    }

    /// <summary>Checked when it was ordered too, maybe on a node that may send elsewhere.</summary>
    private string? Problem(string? target) =>
        target is null ? null
        : !IPEndPoint.TryParse(target, out var address) ? $"{target} is no address"
        : policy.Check(address, TargetUse.Rtp) is not TargetVerdict.Allowed and var verdict ? $"{target}: {TargetPolicy.Describe(verdict)}"
        : null;

    private RtpTrack? Track(string? target, Codec codec, bool isHeard) =>
        target is null ? null : new(IPEndPoint.Parse(target), codec, isHeard, new(options.Patience, options.Forgiveness, time));
}

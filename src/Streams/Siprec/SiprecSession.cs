using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Sip.Transactions;

namespace Ringwright.Streams.Siprec;

/// <summary>One session with a recording server from its order to its end: sockets, dialog, audio, what is told of it.</summary>
internal sealed class SiprecSession(SiprecOrder order, Action<LiveAudioNews> tell, IAudioTaps taps, TargetPolicy policy,
    SiprecOptions options, NodeIdentity identity, TimeProvider time, ILogger log) : ICarrySession
{
    private const string NoRoom = "the node has no room for one more call's audio";
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    /// <summary>Has no timer, so nothing of it must be disposed.</summary>
    private readonly CancellationTokenSource _over = new();
    /// <summary>No more is told: it was closed, or its end has been.</summary>
    private bool _isTold;
    /// <summary>Over the addresses that it sends to.</summary>
    private IDisposable? _watch;

    private Instant Now => new((long)(time.GetTimestamp() * (1e9 / time.TimestampFrequency)));

    public async Task RunAsync()
    {
        Metrics.SiprecSessions.Add(1);
        try
        {
            await CarryAsync();
        }
        catch (Exception none) when (none is SiprecException or SocketException)
        {
            End(none.Message);
        }
        catch (OperationCanceledException)
        {
            End($"it could not be connected to within {options.Connect.TotalSeconds:0} s");
        }
        catch (Exception fault)
        {
            log.SiprecBroke(fault, order.Id);
            End("of a fault inside the node");
        }
        finally
        {
            _watch?.Dispose();
            await _over.CancelAsync();
            Metrics.SiprecSessions.Add(-1);
        }
    }

    public void Close()
    {
        lock (_lock) _isTold = true;
        _closing.TrySetResult();
    }

    private void End(string? failure)
    {
        lock (_lock)
        {
            if (_isTold) return;
            _isTold = true;
            if (failure is not null) log.SiprecFailed(order.Id, order.Leg.Id, order.Terms.Host, failure);
            Metrics.SiprecEnded.Add(1, new KeyValuePair<string, object?>("outcome", failure is null ? "server" : "failed"));
            tell(new LiveAudioNews.Ended(failure));
        }
    }

    private async Task CarryAsync()
    {
        using var wire = await ConnectAsync();
        using var tracks = new SiprecTracks(order.Terms, wire.Local.Address, policy.OwnPorts, options, time);
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dialog = Dialog(wire, tracks);
        dialog.Begin(Now);
        var receiving = wire.ReceiveAsync(_over.Token);
        Task<string?>? carrying = null;
        SiprecAnswer? agreed = null;
        var giveUp = Instant.Never;
        while (true)
        {
            await SendAsync(wire, dialog);
            if (!ReferenceEquals(dialog.Agreed, agreed) && !dialog.IsEnded)
            {
                agreed = dialog.Agreed!;
                _watch?.Dispose();
                _watch = policy.OwnPorts.Watch([.. agreed.Targets.Select(target => target.Remote).OfType<IPEndPoint>()],
                    () => taken.TrySetResult());
                if (Aim(tracks, agreed) is { } problem) dialog.Stop(Now, problem);
                else if (carrying is null)
                {
                    string? recoveryBye = dialog.RecoveryBye(order.Terms.Host, order.Terms.Port);
                    carrying = Task.Run(() => AudioAsync(tracks, agreed.SampleRate, recoveryBye));
                }
                continue;
            }
            if (dialog.IsEnded)
            {
                End(dialog.Failure);
                if (giveUp == Instant.Never) giveUp = Now + options.ByeWait;
                if (dialog.IsQuiet || giveUp <= Now) break;
            }
            var due = Instant.Min(dialog.NextDue, giveUp);
            using var sleep = new CancellationTokenSource();
            var sleeping = Task.Delay(Wait(due), time, sleep.Token);
            List<Task> news = [receiving, sleeping];
            if (!dialog.IsEnded) news.AddRange([_closing.Task, taken.Task]);
            if (!dialog.IsEnded && carrying is not null) news.Add(carrying);
            var first = await Task.WhenAny(news);
            await sleep.CancelAsync();
            if (first == receiving)
            {
                if (await ReceivedAsync(receiving) is not { } received)
                {
                    dialog.Stop(Now, "it closed the connection, or sends what is no SIP");
                    End(dialog.Failure);
                    break;
                }
                dialog.Receive(received.Message, received.From, Now);
                receiving = wire.ReceiveAsync(_over.Token);
            }
            else if (first == carrying) dialog.Stop(Now, await carrying);
            else if (first == _closing.Task) dialog.Stop(Now);
            else if (first == taken.Task) dialog.Stop(Now, TargetPolicy.Describe(TargetVerdict.OwnPort));
            dialog.HandleDue(Now);
        }
        await _over.CancelAsync();
        if (carrying is not null) await carrying;
    }

    private async Task<SiprecWire> ConnectAsync()
    {
        using var stop = new CancellationTokenSource(options.Connect, time);
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var connecting = SiprecWire.ConnectAsync(order.Terms, policy, options, closed.Token);
        if (await Task.WhenAny(connecting, _closing.Task) == _closing.Task) await closed.CancelAsync();
        return await connecting;
    }

    private SiprecDialog Dialog(SiprecWire wire, SiprecTracks tracks)
    {
        // A server in a network of ours knows the address of our socket.
        var own = options.Advertise is { } told && !TargetPolicy.IsPrivate(wire.Remote.Address) ? told : wire.Local.Address;
        var offer = new SiprecOffer(own, tracks.Offered, order.Codec);
        var (transport, offered, began) = (order.Terms.Transport, tracks.Offered, time.GetUtcNow());
        string host = order.Terms.Host.Contains(':', StringComparison.Ordinal) ? $"[{order.Terms.Host}]" : order.Terms.Host;
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(seed);
        return new(new(new SipFlow(transport, wire.Remote), $"sip:{host}:{order.Terms.Port}{transport.UriParameter()}",
            new IPEndPoint(own, wire.Local.Port).ToString(), offer, () => SiprecMetadata.Write(order, offered, began),
            order.Terms.SessionSeconds)
        { Headers = Headers() }, policy, options, identity, new(BitConverter.ToUInt64(seed)));
    }

    /// <summary>Of parameters that can be headers: their names are words.</summary>
    private IReadOnlyList<CustomSipHeader> Headers() => order.Terms.TellsHeaders ? []
        : [.. order.Terms.Parameters
            .Where(one => one.Name.Length > 0 && one.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
            .Select(one => new CustomSipHeader(one.Name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) ? one.Name : "X-" + one.Name,
                string.Concat(one.Value.Where(c => !char.IsControl(c)))))];

    private TimeSpan Wait(Instant due)
    {
        if (due == Instant.Never) return LongestSleep;
        var left = due - Now;
        // Rounded up: a timer that wakes us too early would make us ask again and again.
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left > LongestSleep ? LongestSleep : left + TimeSpan.FromMilliseconds(1);
    }

    private async Task SendAsync(SiprecWire wire, SiprecDialog dialog)
    {
        while (dialog.TryTake(out var message))
        {
            // A server that reads nothing must not hold us.
            using var patience = new CancellationTokenSource(options.ByeWait, time);
            try
            {
                await wire.SendAsync(message.Bytes, message.To.Remote, patience.Token);
            }
            catch (Exception failed) when (failed is SocketException or IOException or OperationCanceledException)
            {
                dialog.OnNotSent(message, failed is OperationCanceledException ? "it reads nothing" : failed.Message, Now);
            }
        }
    }

    private static async Task<(byte[] Message, IPEndPoint From)?> ReceivedAsync(Task<(byte[] Message, IPEndPoint From)?> receiving)
    {
        try
        {
            return await receiving;
        }
        catch (Exception lost) when (lost is SocketException or IOException)
        {
            return null;
        }
    }

    private static string? Aim(SiprecTracks tracks, SiprecAnswer agreed)
    {
        try
        {
            tracks.Aim(agreed);
            return null;
        }
        catch (SocketException none)
        {
            return $"no socket leads there: {none.Message}";
        }
    }

    /// <returns>Why it cannot go on; null when the session is over.</returns>
    private async Task<string?> AudioAsync(SiprecTracks tracks, int rate, string? recoveryBye)
    {
        try
        {
            using var tap = taps.Open(new(order.Id, order.Terms.Tracks, rate));
            lock (_lock)
            {
                if (_isTold) return null;
                tell(new LiveAudioNews.Connected(tap.Plan) { RecoveryBye = recoveryBye });
            }
            short[] samples = new short[rate / (1_000 / Limits.FrameMilliseconds)];
            while (await tap.WaitAsync(_over.Token))
            {
                while (tap.TryRead(samples, out var frame))
                {
                    if (frame.Kind is not TapFrameKind.Audio) continue;
                    if (tracks.Send(frame, samples) is { } refused) return refused;
                }
            }
            // The port is closed: usually the call has ended and says so in a moment.
            await Task.Delay(options.TapGrace, time, _over.Token);
            return "the call's audio has gone";
        }
        catch (IOException full)
        {
            log.NoRoomForSiprec(order.Id, full.Message);
            return NoRoom;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}

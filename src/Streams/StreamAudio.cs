using System.Net.WebSockets;
using Ringwright.Calls;
using Ringwright.Egress;

namespace Ringwright.Streams;

/// <summary>
/// What a stream has whichever socket carries it: its tap, and what waits for either side. It goes on while there is no socket: what the
/// application has sent is still played, and what is said meanwhile is dropped.
/// </summary>
internal sealed class StreamAudio : IDisposable
{
    private static readonly TimeSpan FeedInterval = TimeSpan.FromMilliseconds(Limits.FeedMilliseconds);

    private readonly MediaStreamOptions _options;
    private readonly TimeProvider _time;
    private readonly PlayQueue? _queue;
    private readonly TapReader _reader;
    private readonly Signal _more = new();
    private readonly CancellationTokenSource _life = new();
    private readonly TaskCompletionSource<StreamEnd> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamAudio(StreamOrder order, StreamIdentity identity, StreamCoders coders, IAudioTap tap, MediaStreamOptions options,
        TimeProvider time)
    {
        (_options, _time) = (options, time);
        int tracks = order.Terms.Tracks is (TapTracks.Said | TapTracks.Heard) ? 2 : 1;
        Out = new(tracks * Limits.TrackFrames);
        Text = new(order, identity, coders.Out);
        _queue = tap.Plan.InjectionRate is null ? null : new(tap);
        Input = new(order.Terms.Injection, _queue, coders.In, tap.Plan.InjectionRate ?? 0, Out, time, identity.Words.LongestSeconds);
        _reader = new(tap, coders.Out, Out, mark => _queue?.Reached(mark));
        Messages = new(Limits.MessagesAtOnce, Limits.MessagesPerSecond, time);
        Bytes = new(Limits.BytesAtOnce, Limits.BytesPerSecond, time);
        Out.Add(new(OutKind.Connected));
        Out.Add(new(OutKind.Start));
    }

    public OutFrames Out { get; }
    public FrameText Text { get; }
    public StreamInput Input { get; }
    /// <summary>Of all its connections together: whoever comes again may not send more for that.</summary>
    public FloodGauge Messages { get; }
    /// <inheritdoc cref="Messages"/>
    public FloodGauge Bytes { get; }

    /// <summary>The stream is to end, whatever its socket does.</summary>
    public Task<StreamEnd> Over => _over.Task;

    public void Press(char key) => Out.Add(new(OutKind.Digit) { Text = key.ToString(), At = _time.GetUtcNow() });

    /// <summary>Ends it in order.</summary>
    public void Close() => _over.TrySetResult(StreamEnd.Asked);

    /// <summary>More may have come for the tap.</summary>
    public void Feed()
    {
        if (Input.Feed()) _more.Set();
    }

    /// <summary>Until <see cref="Stop"/>.</summary>
    public Task RunAsync() => Task.WhenAll(GuardAsync(ReadTapAsync()), GuardAsync(FeedAsync()));

    public Task StopAsync() => _life.CancelAsync();

    /// <summary>There is a new connection: it begins as the first one did, and goes on with what has waited.</summary>
    public void Resume() => Out.Resume(new(OutKind.Connected), new(OutKind.Start), new(OutKind.Error)
    {
        Fault = StreamFault.Unknown("The connection broke: audio, and what was on its way, was dropped."),
    });

    public void Dispose()
    {
        Out.Finish(isDropped: true);
        _queue?.Dispose();
        _reader.Dispose();
        Input.Dispose();
        Text.Dispose();
        _life.Dispose();
    }

    private async Task GuardAsync(Task<StreamEnd?> loop)
    {
        try
        {
            if (await loop is { } end) _over.TrySetResult(end);
        }
        catch (Exception stopped) when (_life.IsCancellationRequested && stopped is OperationCanceledException or ObjectDisposedException)
        {
            // It was told to.
        }
        catch (Exception fault)
        {
            _over.TrySetException(fault);
        }
    }

    private async Task<StreamEnd?> ReadTapAsync()
    {
        await _reader.RunAsync(_life.Token);
        // Usually the call is over, and whoever has ended it closes this at once.
        await Task.Delay(_options.TapGrace, _time, _life.Token);
        return StreamEnd.GivenUp("the call's audio has gone", WebSocketCloseStatus.EndpointUnavailable);
    }

    /// <summary>A tap does not say when it has room again, so it is asked as long as something waits.</summary>
    private async Task<StreamEnd?> FeedAsync()
    {
        while (true)
        {
            await _more.WaitAsync(_life.Token);
            do await Task.Delay(FeedInterval, _time, _life.Token);
            while (Input.Feed());
        }
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Telnyx;
using Ringwright.Egress;
using Ringwright.Streams;
using Ringwright.Telnyx.Voice;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>The product's streams over taps of the test.</summary>
internal sealed class StreamRig : IAsyncDisposable
{
    public static readonly TargetPolicy Laptop = new() { IsLoopbackAllowed = true };

    /// <summary>For a server that takes the last frames and then closes too: however late it, or the node, comes to that.</summary>
    public static readonly Func<MediaStreamOptions, MediaStreamOptions> Polite = o => o with { FarewellTimeout = TimeSpan.FromMinutes(1) };

    private readonly EgressClient _egress;
    private readonly FakeTimeProvider? _time;
    private readonly Lines _lines = new();

    /// <param name="time">Of the streams; connections have the system's.</param>
    public StreamRig(TargetPolicy? policy = null, Func<MediaStreamOptions, MediaStreamOptions>? change = null,
        FakeTimeProvider? time = null)
    {
        _time = time;
        _egress = new(policy ?? Laptop, TimeProvider.System);
        var options = new MediaStreamOptions
        {
            Identify = order => StreamIdentities.Of(order, Samples.Ids(), new Samples.Fixed(Samples.Snapshot())),
            // A peer that is written byte by byte answers none.
            PingInterval = TimeSpan.FromMinutes(5),
        };
        // A clock that jumps says nothing about how long a message takes.
        if (time is not null) options = options with { MessageTimeout = TimeSpan.FromDays(1) };
        Host = new(Taps, _egress, change?.Invoke(options) ?? options, (TimeProvider?)time ?? TimeProvider.System, _lines);
    }

    public FakeTaps Taps { get; } = new();
    public MediaStreamHost Host { get; }
    public Guid Id { get; } = Guid.NewGuid();
    public ConcurrentQueue<LiveAudioNews> News { get; } = new();
    public IEnumerable<string> Logged => _lines.All;

    public StreamOrder Order(string url, StreamInjection injection = StreamInjection.Rtp, StreamFormat? into = null,
        StreamFormat? format = null, TapTracks tracks = TapTracks.Said) =>
        new(Id, Samples.Facts() with { Labels = Labels.Of((Ringwright.Telnyx.TelnyxLabels.ClientState, "c3RhdGU=")) },
            new(url, tracks) { Injection = injection, InjectionFormat = into ?? StreamFormat.Pcmu, Format = format }, StreamFormat.Pcmu);

    /// <summary>Until it is told as connected.</summary>
    public async Task<FakeTap> OpenAsync(StreamOrder order)
    {
        Host.Open(order, News.Enqueue);
        await Eventually.TrueAsync(() => !News.IsEmpty, "news");
        Assert.IsType<LiveAudioNews.Connected>(News.First());
        return Taps.Opened.Last();
    }

    /// <summary>What it ends by, which is told once and last.</summary>
    public async Task<string?> EndAsync()
    {
        await Eventually.TrueAsync(() => News.Any(n => n is LiveAudioNews.Ended), "its end");
        await Eventually.TrueAsync(() => Host.Count == 0, "nothing left");
        Assert.All(Taps.Opened, tap => Assert.True(tap.IsDisposed));
        return Assert.IsType<LiveAudioNews.Ended>(Assert.Single(News, n => n is LiveAudioNews.Ended)).Failure;
    }

    public async ValueTask DisposeAsync()
    {
        var ending = Host.DisposeAsync().AsTask();
        while (_time is not null && !ending.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, CancellationToken.None);
        }
        await ending;
        _egress.Dispose();
    }

    private sealed class Lines : ILogger
    {
        private readonly ConcurrentQueue<string> _all = new();

        public IEnumerable<string> All => _all;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => _all.Enqueue($"{formatter(state, exception)} {exception}");
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.MediaHost.Control;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Control;
using Ringwright.MediaHost.Taps;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost.Taps;

/// <summary>
/// Live audio between ports and another thread, over the real memory, with real ticks; and what becomes of it in the end.
/// </summary>
public sealed class AudioTapTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly SocketPair _sockets = new();
    private readonly BlockingCollection<MediaEvent> _events = [];
    private readonly string _folder = NewFolder();
    private readonly MediaHostOptions _options;
    private readonly RemoteMediaPlane _plane;
    private readonly RemoteMediaHost _host;

    public AudioTapTests()
    {
        int first = FreePort.UdpRange(80);
        _options = new()
        {
            Networks = [new() { FirstPort = first, LastPort = first + 79 }], WarmPairs = 4, Epoch = 78, TapFolder = _folder, Threads = 2
        };
        _plane = new(_options, _events.Add, _ => { }, NullLogger.Instance);
        _host = new(_options, NullLogger.Instance);
    }

    public void Dispose()
    {
        _plane.Dispose();
        _host.Dispose();
        _sockets.Dispose();
        _events.Dispose();
    }

    [Fact]
    public async Task A_phone_is_heard_by_the_tap_and_hears_what_is_written_and_the_mark_comes_back_when_it_was_played()
    {
        var lease = await StartAsync();
        using var phone = new RawPhone();
        var plan = new TapPlan(Guid.NewGuid(), TapTracks.Said, 8_000) { InjectionRate = 8_000 };
        using var tap = _plane.Taps.Open(plan);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(_folder)[0]));
        _plane.Post(new MediaCommand.Connect(lease.Port, phone.Plan()));
        _plane.Post(new MediaCommand.OpenTap(lease.Port, plan));
        short[] tone = [.. Enumerable.Range(0, 3_200).Select(i => (short)(8_000 * Math.Sin(2 * Math.PI * 700 * i / 8_000)))];
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(3_200, tap.Write(tone));
        Assert.True(tap.TryMark(31));

        var into = new short[160];
        long next = 0, lost = 0;
        bool isMarked = false;
        byte[] says = [.. Enumerable.Repeat((byte)0x10, 160)];
        bool isHeard = false;
        while (!isMarked || !isHeard)
        {
            phone.Say(lease.Local, says);
            Assert.True(await NewsAsync(tap));
            while (tap.TryRead(into, out var frame))
            {
                if (frame.Kind is TapFrameKind.Audio)
                {
                    // One after the other; where this thread was too late for some, and is told so, the others go on behind them. A stop of
                    // the media's thread that is longer than what it makes up for is a gap that nobody lost anything in.
                    long gap = frame.Milliseconds - next;
                    if (tap.Overflows == lost) Assert.True(gap is 0 or > 100, $"{gap} ms are missing");
                    else Assert.True(gap > 0 && (gap > 100 || gap % 20 == 0), $"{frame.Milliseconds} behind {next} ms");
                    (next, lost) = (frame.Milliseconds + 20, tap.Overflows);
                    isHeard |= into[80] < -10_000;      // 0x10 of the mu-law table is a loud negative step
                }
                else
                {
                    Assert.Equal(31, frame.Mark);
                    isMarked = true;
                }
            }
            // By the media's own time: a tick that is late is made up for by the next.
            Assert.True(!isMarked || next >= 360, $"the mark came before 400 ms were played, at {next}");
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience);
        }
        Assert.Equal(8_000, tap.Room);
        await Eventually.TrueAsync(() => phone.Heard.Count(packet => packet.AsSpan(12).ToArray().Distinct().Count() > 20) >= 19,
            "the phone has heard the tone", Patience);

        _plane.Post(new MediaCommand.Close(lease.Port));
        while (await NewsAsync(tap))
        {
            while (tap.TryRead(into, out _))
            {
            }
        }
        tap.Dispose();
        Assert.Empty(Directory.GetFiles(_folder));
        Assert.False(await tap.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal((0, false, false), (tap.Write(tone), tap.TryMark(1), tap.TryRead(into, out _)));
    }

    [Fact]
    public async Task A_reader_that_falls_behind_loses_the_oldest_and_hears_of_it_once()
    {
        var lease = await StartAsync();
        using var phone = new RawPhone();
        var plan = new TapPlan(Guid.NewGuid(), TapTracks.Said, 8_000);
        // The other one tells how much of the media's time has gone by.
        var other = plan with { Id = Guid.NewGuid() };
        using IAudioTap tap = _plane.Taps.Open(plan), clock = _plane.Taps.Open(other);
        _plane.Post(new MediaCommand.Connect(lease.Port, phone.Plan()));
        foreach (var opened in (TapPlan[])[plan, other]) _plane.Post(new MediaCommand.OpenTap(lease.Port, opened));
        var into = new short[160];
        Assert.True(await NewsAsync(tap));
        Assert.True(tap.TryRead(into, out var first));
        long before = tap.Overflows, now = await LastAsync(clock), end = now + 1_500;
        while (now < end) now = await LastAsync(clock);
        Assert.True(tap.TryRead(into, out var next));
        Assert.True(next.Milliseconds - first.Milliseconds > 100, $"{first.Milliseconds} and {next.Milliseconds} ms");
        Assert.Equal(before + 1, tap.Overflows);
        Assert.Equal(0, tap.Room);
    }

    [Fact]
    public async Task A_node_that_loses_its_media_process_or_ends_leaves_nobody_waiting_and_no_file()
    {
        await StartAsync();
        var tap = _plane.Taps.Open(new(Guid.NewGuid(), TapTracks.Said, 8_000));
        var waiting = NewsAsync(tap);
        _plane.Lose("it was killed");
        Assert.False(await waiting);
        tap.Dispose();

        var other = _plane.Taps.Open(new(Guid.NewGuid(), TapTracks.Said, 8_000));
        waiting = NewsAsync(other);
        _plane.Dispose();
        Assert.False(await waiting);
        Assert.False(Directory.Exists(_folder));
        Assert.Throws<IOException>(() => _plane.Taps.Open(new(Guid.NewGuid(), TapTracks.Said, 8_000)));
    }

    [Fact]
    public async Task Media_goes_on_when_the_memory_is_not_there_or_of_another_size()
    {
        var lease = await StartAsync();
        using var phone = new RawPhone();
        _plane.Post(new MediaCommand.Connect(lease.Port, phone.Plan()));
        var plan = new TapPlan(Guid.NewGuid(), TapTracks.Said, 8_000);
        _plane.Post(new MediaCommand.OpenTap(lease.Port, plan with { Id = Guid.NewGuid() }));
        using var tap = _plane.Taps.Open(plan);
        _plane.Post(new MediaCommand.OpenTap(lease.Port, plan with { SampleRate = 48_000 }));
        _plane.Post(new MediaCommand.CloseTap(lease.Port, plan.Id));
        Assert.NotEmpty(phone.WaitFor(25));
        Assert.False(tap.TryRead(new short[160], out _));
    }

    [Fact]
    public async Task What_a_killed_process_has_left_goes_with_the_next_start()
    {
        string parent = Path.GetDirectoryName(_folder)!;
        using var ended = Process.Start("true");
        ended.WaitForExit();
        string left = Path.Combine(parent, $"ringwright-{ended.Id}-{Guid.NewGuid():N}"), foreign = Path.Combine(parent, "ringwright-notes");
        Directory.CreateDirectory(foreign);
        // With all that is in it, for a test beside this one may start something too, and that removes it as well.
        string made = Directory.CreateDirectory(left + "-made").FullName;
        File.WriteAllText(Path.Combine(made, "some"), "thing");
        Directory.Move(made, left);
        string own = NewFolder();
        await Eventually.TrueAsync(() => !Directory.Exists(left), "what it has left is gone");
        Assert.True(Directory.Exists(foreign) && Directory.Exists(_folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(own));
        TapFolder.Remove(own);
        TapFolder.Remove(foreign);
    }

    [Fact]
    public void What_a_process_holds_that_this_machine_counts_otherwise_is_left_to_it()
    {
        // As in another container: its number is nobody's here. It runs until it is held, or whoever starts beside this test removes it.
        using var ending = Process.Start("sleep", "60");
        string elsewhere = Path.Combine(Path.GetDirectoryName(_folder)!, $"ringwright-{ending.Id}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(elsewhere);
        var taps = new AudioTaps(elsewhere);
        ending.Kill();
        ending.WaitForExit();
        using (var tap = taps.Open(new(Guid.NewGuid(), TapTracks.Said, 8_000)))
        {
            TapFolder.Remove(NewFolder());
            Assert.Single(Directory.GetFiles(elsewhere));
        }
        taps.Dispose();
        Assert.False(Directory.Exists(elsewhere) || File.Exists(elsewhere + ".lock"));
    }

    private static string NewFolder() => TapFolder.Create() ?? throw new IOException("There is no place for taps.");

    private static Task<bool> NewsAsync(IAudioTap tap) => tap.WaitAsync(TestContext.Current.CancellationToken).AsTask()
        .WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>When the last frame of all that wait began; waits for one.</summary>
    private static async Task<long> LastAsync(IAudioTap tap)
    {
        Assert.True(await NewsAsync(tap));
        long last = 0;
        short[] into = new short[160];
        while (tap.TryRead(into, out var frame)) last = frame.Milliseconds;
        return last;
    }

    private async Task<PortLease> StartAsync()
    {
        _host.Start(_sockets.Far);
        await _plane.ConnectAsync(_sockets.Near, _options.Epoch, TestContext.Current.CancellationToken);
        Assert.True(_plane.TryLease(new LegId(5), 0, out var lease));
        return lease;
    }
}

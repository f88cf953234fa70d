using System.Collections.Concurrent;
using System.Net;
using Microsoft.Win32.SafeHandles;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Faults;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost;
using Ringwright.Server.Clock;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost;

/// <summary>
/// The media plane as it runs, on a disk that takes nothing for a while.
/// The same with a real file system is among the interoperability tests.
/// </summary>
[Failure("recordings-disk-still")]
public sealed class StillDiskTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<MediaEvent> _events = [];
    private readonly TempFolder _folder = new();
    private readonly StillDisk _disk = new();
    private readonly Lines _log = new();
    private InlineMediaHost? _host;

    public void Dispose()
    {
        _disk.Go();
        _host?.Dispose();
        _events.Dispose();
        _folder.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public async Task What_the_backlog_holds_is_whole_when_the_disk_goes_on_and_media_never_waits_for_it()
    {
        var (host, port) = Connected();
        _disk.Stop();
        // No longer than a ring holds of it: the thread that collects may itself be kept waiting for a processor.
        var length = TimeSpan.FromSeconds(2.5);
        var plan = new RecordPlan { Id = Guid.NewGuid(), MaximumLength = length };
        host.Post(new MediaCommand.StartRecord(port, plan));
        host.Post(new MediaCommand.SendDigits(port, Guid.NewGuid(), "1", 100));
        Next<MediaEvent.DigitsSent>();
        Assert.Equal(RecordEndReason.MaxLength, Next<MediaEvent.RecordEnded>().Reason);
        await Eventually.TrueAsync(() => _log.Of(2615).Any(), "the log says that the disk stands still", Patience);
        var written = host.Recordings.WhenWrittenAsync(plan.Id);
        Assert.False(written.IsCompleted);

        _disk.Go();
        var file = await written;
        Assert.Equal((null, length, 0), (file.Error, file.Length, file.Gaps.Count));
        await Eventually.TrueAsync(() => _log.Of(2616).Any(), "the log says that it goes on", Patience);
        Assert.Empty(_log.Of(2617));
    }

    [Fact]
    public async Task What_it_does_not_hold_is_a_gap_that_has_a_name_and_all_the_rest_is_kept()
    {
        // By a clock of the test's, which waits until all is collected: what is missing is what the disk did not take, and nothing else.
        var time = new VirtualTime(VirtualWorld.UsualStart);
        var backlog = TimeSpan.FromSeconds(3);
        var (host, port) = Connected(options => options with { RecordBacklog = backlog, Stepping = new(time, new()) });
        var plan = new RecordPlan { Id = Guid.NewGuid(), IsDual = true };
        host.Post(new MediaCommand.StartRecord(port, plan));
        await PassAsync(host, time, TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => host.IsAtRest && _disk.Written > 8_000, "a quarter of a second is on the disk", Patience);
        _disk.Stop();
        while (!_log.Of(2617).Any())
        {
            Assert.True(time.Elapsed < Patience, "the log says that there is a gap");
            await PassAsync(host, time, TimeSpan.FromSeconds(0.2));
        }
        _disk.Go();
        await Eventually.TrueAsync(() => host.IsAtRest, "what waited is written", Patience);
        await PassAsync(host, time, TimeSpan.FromSeconds(1));
        host.Post(new MediaCommand.StopRecord(port, plan.Id));
        await PassAsync(host, time, TimeSpan.FromSeconds(0.2));
        var ended = Next<MediaEvent.RecordEnded>();

        var file = await host.Recordings.WhenWrittenAsync(plan.Id);
        Assert.Equal((RecordEndReason.Stopped, null), (ended.Reason, file.Error));
        var gap = Assert.Single(file.Gaps);
        Assert.True(gap.At >= backlog + TimeSpan.FromMilliseconds(250), $"it begins at {gap.At}");
        Assert.True(gap.Length > TimeSpan.Zero && gap.At + gap.Length < file.Length, $"{gap} of {file.Length}");
        Assert.Equal((ended.EndedAt - ended.StartedAt).TotalSeconds, file.Length.TotalSeconds, 0.05);
        Assert.Equal(44 + file.Length.TotalSeconds * 32_000, new FileInfo(file.Path).Length, 4);
    }

    [Fact, Depth("the gate has a disk that stands still under a recording")]
    public async Task A_flush_that_does_not_end_holds_up_no_other_recording()
    {
        var (host, port) = Connected();
        RecordPlan ending = new() { Id = Guid.NewGuid() }, running = new() { Id = Guid.NewGuid() };
        foreach (var plan in (RecordPlan[])[ending, running]) host.Post(new MediaCommand.StartRecord(port, plan));
        _disk.StopFlushes();
        host.Post(new MediaCommand.StopRecord(port, ending.Id));
        Next<MediaEvent.RecordEnded>();
        long written = _disk.Written;
        await Eventually.TrueAsync(() => _disk.Written > written + 16_000, "the other one is written", Patience);
        Assert.False(host.Recordings.WhenWrittenAsync(ending.Id).IsCompleted);
        _disk.Go();
        Assert.Null((await host.Recordings.WhenWrittenAsync(ending.Id)).Error);
    }

    private (InlineMediaHost Host, PortId Port) Connected(Func<MediaHostOptions, MediaHostOptions>? with = null)
    {
        int first = FreePort.UdpRange(40);
        var options = new MediaHostOptions
        {
            Networks = [new() { FirstPort = first, LastPort = first + 39 }], WarmPairs = 2, Threads = 1,
            RecordingFolder = _folder.Path, Disk = _disk
        };
        _host = new(with?.Invoke(options) ?? options, _events.Add, _log);
        _host.Start();
        Assert.True(_host.TryLease(new LegId(7), 0, out var lease));
        _host.Post(new MediaCommand.Connect(lease.Port,
            new StreamPlan { Codec = new("PCMU", 0, 8_000, 8_000), Remote = new IPEndPoint(IPAddress.Loopback, 9) }));
        return (_host, lease.Port);
    }

    /// <summary>As many ticks, of which a ring holds the audio; all of it is collected then.</summary>
    private static async Task PassAsync(InlineMediaHost host, VirtualTime time, TimeSpan by)
    {
        for (var end = time.Elapsed + by; time.Elapsed < end;) time.MoveTo(time.Elapsed + TickThread.Step);
        await Eventually.TrueAsync(() => ((RecordingWriter)host.Recordings).IsCollected, "all is collected", Patience);
    }

    private T Next<T>() where T : MediaEvent
    {
        Assert.True(_events.TryTake(out var happened, Patience), $"no {typeof(T).Name}");
        return Assert.IsType<T>(happened);
    }

    /// <summary>The machine's disk, which a test stops: whoever asks something of it waits.</summary>
    private sealed class StillDisk : IDisk, IDisposable
    {
        private readonly ManualResetEventSlim _goes = new(true), _flushes = new(true);
        private long _written;

        public long Written => Volatile.Read(ref _written);

        public void Stop() => _goes.Reset();

        public void StopFlushes() => _flushes.Reset();

        public void Go()
        {
            _goes.Set();
            _flushes.Set();
        }

        public SafeFileHandle Create(string path)
        {
            _goes.Wait();
            return LocalDisk.Instance.Create(path);
        }

        public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long at)
        {
            _goes.Wait();
            LocalDisk.Instance.Write(file, bytes, at);
            Interlocked.Add(ref _written, bytes.Length);
        }

        public void Flush(SafeFileHandle file)
        {
            _goes.Wait();
            _flushes.Wait();
            LocalDisk.Instance.Flush(file);
        }

        public void Dispose()
        {
            _goes.Dispose();
            _flushes.Dispose();
        }
    }
}

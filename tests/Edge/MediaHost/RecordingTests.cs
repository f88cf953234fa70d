using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost;

/// <summary>Recordings by the media plane as it runs, into real files.</summary>
public sealed class RecordingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly BlockingCollection<MediaEvent> _events = [];
    private readonly TempFolder _folder = new();
    private InlineMediaHost? _host;

    public void Dispose()
    {
        _host?.Dispose();
        _events.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_recording_is_stopped_and_written()
    {
        var (host, port) = Connected();
        var plan = new RecordPlan { Id = Guid.NewGuid(), MaximumLength = TimeSpan.FromMilliseconds(500) };
        host.Post(new MediaCommand.StartRecord(port, plan));
        Assert.Equal(RecordEndReason.MaxLength, Next<MediaEvent.RecordEnded>().Reason);
        var file = await host.Recordings.WhenWrittenAsync(plan.Id);
        Assert.Null(file.Error);
        Assert.Equal(TimeSpan.FromMilliseconds(500), file.Length);
        Assert.Equal(44 + 8_000, new FileInfo(file.Path).Length);
    }

    [Fact]
    public async Task A_port_that_closes_leaves_whole_files()
    {
        var (host, port) = Connected();
        RecordPlan[] plans = [new() { Id = Guid.NewGuid() }, new() { Id = Guid.NewGuid(), IsDual = true }];
        foreach (var plan in plans) host.Post(new MediaCommand.StartRecord(port, plan));
        host.Post(new MediaCommand.Close(port));
        Assert.Equal(RecordEndReason.Hangup, Next<MediaEvent.RecordEnded>().Reason);
        Assert.Equal(RecordEndReason.Hangup, Next<MediaEvent.RecordEnded>().Reason);
        Next<MediaEvent.Closed>();
        foreach (var plan in plans) Assert.Null((await host.Recordings.WhenWrittenAsync(plan.Id)).Error);
    }

    [Fact]
    [Failure("recordings-disk-full")]
    public async Task A_folder_that_cannot_be_written_fails_the_recording_and_not_the_port()
    {
        string file = _folder.File("no-folder");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var (host, port) = Connected(file);
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        host.Post(new MediaCommand.StartRecord(port, plan));
        Assert.Equal(RecordEndReason.Failed, Next<MediaEvent.RecordEnded>().Reason);
        Assert.NotNull((await host.Recordings.WhenWrittenAsync(plan.Id)).Error);
        host.Post(new MediaCommand.SendDigits(port, Guid.NewGuid(), "1", 100));
        Next<MediaEvent.DigitsSent>();
    }

    [Fact]
    [Failure("recordings-disk-full")]
    public async Task A_disk_without_room_is_named_without_the_names_of_our_files()
    {
        var (host, port) = Connected(disk: new FullDisk());
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        host.Post(new MediaCommand.StartRecord(port, plan));
        Assert.Equal(RecordEndReason.Failed, Next<MediaEvent.RecordEnded>().Reason);
        Assert.Equal("The disk for recordings is full.", (await host.Recordings.WhenWrittenAsync(plan.Id)).Error);
    }

    [Fact]
    public async Task A_host_that_stops_leaves_whole_files()
    {
        var (host, port) = Connected();
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        host.Post(new MediaCommand.StartRecord(port, plan));
        await Eventually.TrueAsync(() => Directory.GetFiles(_folder.Path, "*.part").Length == 1, "the recording has begun");
        host.Dispose();
        Assert.Null((await host.Recordings.WhenWrittenAsync(plan.Id)).Error);
        Assert.EndsWith(".wav", Assert.Single(Directory.GetFiles(_folder.Path)));
    }

    [Fact]
    public async Task What_was_never_begun_is_said_to_be_so()
    {
        var (host, _) = Connected();
        Assert.NotNull((await host.Recordings.WhenWrittenAsync(Guid.NewGuid())).Error);
    }

    /// <summary>The system's own: whatever is written there finds no room.</summary>
    private sealed class FullDisk : IDisk
    {
        public SafeFileHandle Create(string path) => File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long at) => RandomAccess.Write(file, bytes, at);
        public void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);
    }

    private (InlineMediaHost Host, PortId Port) Connected(string? folder = null, IDisk? disk = null)
    {
        int first = FreePort.UdpRange(40);
        _host = new(new()
        {
            Networks = [new() { FirstPort = first, LastPort = first + 39 }], WarmPairs = 2, Threads = 1,
            RecordingFolder = folder ?? _folder.Path,
            Disk = disk ?? LocalDisk.Instance,
        }, _events.Add, NullLogger.Instance);
        _host.Start();
        Assert.True(_host.TryLease(new LegId(7), 0, out var lease));
        _host.Post(new MediaCommand.Connect(lease.Port,
            new StreamPlan { Codec = new("PCMU", 0, 8_000, 8_000), Remote = new IPEndPoint(IPAddress.Loopback, 9) }));
        return (_host, lease.Port);
    }

    private T Next<T>() where T : MediaEvent
    {
        Assert.True(_events.TryTake(out var happened, Patience), $"no {typeof(T).Name}");
        return Assert.IsType<T>(happened);
    }
}

using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Control;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost.Control;

/// <summary>The plane with a far end that the test plays: what it is told, what it tells, and how it dies.</summary>
public sealed class RemoteMediaPlaneTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly Subject Leg = new LegId(7);

    private readonly TempFolder _folder = new();
    private readonly BlockingCollection<MediaEvent> _events = [];
    private readonly BlockingCollection<IReadOnlyList<MediaEvent.Lost>> _lost = [];
    private readonly BlockingCollection<object> _told = [];
    private readonly List<IDisposable> _ends = [];
    private readonly RemoteMediaPlane _plane;

    public RemoteMediaPlaneTests() => _plane = new(
        new()
        {
            Networks = [new() { FirstPort = 20_001, LastPort = 20_065, Advertise = IPAddress.Parse("203.0.113.5") }], WarmPairs = 4,
            RecordingFolder = _folder.Path
        }, _events.Add, _lost.Add, NullLogger.Instance);

    public void Dispose()
    {
        _plane.Dispose();
        foreach (var end in Enumerable.Reverse(_ends)) end.Dispose();
        _events.Dispose();
        _lost.Dispose();
        _told.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Leases_come_from_what_the_hello_names_and_commands_follow_in_order()
    {
        Assert.False(_plane.TryLease(Leg, 0, out _));
        await ConnectAsync(9, 2, 5);
        Assert.True(_plane.IsUp);
        Assert.True(_plane.TryLease(Leg, 0, out var lease));
        Assert.Equal((9u, 2), (lease.Port.Epoch, lease.Port.Index));
        Assert.Equal(new IPEndPoint(IPAddress.Parse("203.0.113.5"), 20_006), lease.Local);

        MediaCommand[] commands = [new MediaCommand.Echo(lease.Port, true), new MediaCommand.SignalledDtmf(lease.Port, '5', 160),
            new MediaCommand.Close(lease.Port)];
        foreach (var command in commands) Assert.True(_plane.Post(command));
        Assert.Equal((lease.Port, Leg), Told<(PortId, Subject)>());
        Assert.Equal(commands, commands.Select(_ => Told<MediaCommand>()));
    }

    [Fact]
    public async Task More_pairs_are_asked_for_before_the_last_is_gone()
    {
        var far = await ConnectAsync(9, 0, 1, 2);
        for (int i = 0; i < 3; i++) Assert.True(_plane.TryLease(Leg, 0, out _));
        Assert.False(_plane.TryLease(Leg, 0, out _));
        Assert.Equal(2, Told<int>());
        far.TrySend<(int, ushort[])>((0, [7]), PortFrames.Bound);
        await Eventually.TrueAsync(() => _plane.TryLease(Leg, 0, out _), "what was bound is leased");
    }

    [Fact]
    public async Task A_closed_port_is_free_before_its_leg_hears_of_it()
    {
        var far = await ConnectAsync(9, 0);
        _plane.TryLease(Leg, 0, out var first);
        _plane.Post(new MediaCommand.Close(first.Port));
        far.TrySend(new MediaEvent.Closed(Leg, first.Port, new(1, 2, 3, 4, 5, 6)), EventFrames.Write);
        Assert.Equal(new MediaEvent.Closed(Leg, first.Port, new(1, 2, 3, 4, 5, 6)), Event());
        Assert.True(_plane.TryLease(Leg, 0, out var second));
        Assert.NotEqual(first.Port, second.Port);
        Assert.True(_plane.Post(new MediaCommand.Echo(first.Port, true)), "a command for what is over is dropped");
        Assert.Equal(second.Port, ToldOpen(skip: 1).Port);
    }

    [Fact]
    public async Task A_process_that_dies_loses_all_its_ports_at_once_and_another_takes_its_place()
    {
        var far = await ConnectAsync(9, 0, 1);
        _plane.TryLease(Leg, 0, out var a);
        _plane.TryLease(new LegId(8), 0, out var b);
        far.Dispose();
        Assert.Equal("its socket was closed", await _closed!.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.False(_plane.IsUp);
        Assert.False(_plane.TryLease(Leg, 0, out _));
        _plane.Lose("It died.");
        Assert.True(_lost.TryTake(out var lost, Patience));
        Assert.Equal([new(Leg, a.Port, "It died."), new(new LegId(8), b.Port, "It died.")], lost);

        await ConnectAsync(10, 0, 1);
        Assert.True(_plane.TryLease(Leg, 0, out var next));
        Assert.NotEqual(a.Port, next.Port);
        // A leg that was being made when it happened, and has only the lease.
        Assert.True(_plane.Post(new MediaCommand.Connect(a.Port,
            new() { Codec = new("PCMU", 0, 8000, 8000), Remote = new IPEndPoint(IPAddress.Loopback, 9) })));
        Assert.True(_lost.TryTake(out lost, Patience));
        Assert.Equal([new(Leg, a.Port, "It died.")], lost);
        foreach (var lease in new[] { a, b, next }) _plane.Post(new MediaCommand.Close(lease.Port));
        Assert.Equal(1, _plane.Held);
    }

    [Fact]
    public async Task What_a_process_that_died_has_recorded_is_made_whole()
    {
        var far = await ConnectAsync(9, 0);
        _plane.TryLease(Leg, 0, out var lease);
        RecordPlan half = new() { Id = Guid.NewGuid() }, never = new() { Id = Guid.NewGuid() }, whole = new() { Id = Guid.NewGuid() };
        foreach (var plan in new[] { half, never, whole }) _plane.Post(new MediaCommand.StartRecord(lease.Port, plan));
        var file = RecordingFile.Create(_folder.Path, half);
        file.Write(new short[4_000], 8_000);
        far.TrySend((whole.Id, new RecordedFile { Path = "/there", Bytes = 44 }), RecordingFrames.Written);
        Assert.Equal("/there", (await _plane.Recordings.WhenWrittenAsync(whole.Id)).Path);
        far.Dispose();
        _plane.Lose("It died.");
        var repaired = await _plane.Recordings.WhenWrittenAsync(half.Id);
        Assert.Null(repaired.Error);
        Assert.Equal(TimeSpan.FromMilliseconds(500), repaired.Length);
        Assert.Contains("before anything", (await _plane.Recordings.WhenWrittenAsync(never.Id)).Error);
        Assert.NotNull((await _plane.Recordings.WhenWrittenAsync(Guid.NewGuid())).Error);
    }

    [Fact]
    public async Task What_recordings_lack_is_what_the_process_says()
    {
        await ConnectAsync(9, 0);
        Assert.Null(_plane.Recordings.Missing(RecordFormat.Wav));
        Assert.Equal("no library", _plane.Recordings.Missing(RecordFormat.Mp3));
    }

    [Fact]
    public async Task A_process_of_another_build_or_another_start_is_refused()
    {
        var refused = await Assert.ThrowsAsync<IOException>(() => ConnectAsync(9, hello => hello with { Build = Guid.NewGuid() }));
        Assert.Contains("another build", refused.Message);
        refused = await Assert.ThrowsAsync<IOException>(() => ConnectAsync(9, hello => hello with { Epoch = 8 }));
        Assert.Contains("another one", refused.Message);
        Assert.False(_plane.IsUp);
    }

    [Fact]
    public async Task Noise_from_the_far_end_ends_it()
    {
        var far = await ConnectAsync(9, 0);
        far.TrySend((0, 3), PortFrames.Bind);
        Assert.Equal("it sent what is no message", await _closed!.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.False(_plane.IsUp);
    }

    private Task<string>? _closed;

    private Task<ControlChannel> ConnectAsync(uint epoch, params ushort[] ports) =>
        ConnectAsync(epoch, hello => hello with { Ports = ports });

    private async Task<ControlChannel> ConnectAsync(uint epoch, Func<Hello, Hello> change)
    {
        var sockets = new SocketPair();
        _ends.Add(sockets);
        var far = new ControlChannel(sockets.Far, new(), Take, _ => { });
        _ends.Add(far);
        far.Start();
        far.TrySend(change(new()
        {
            Epoch = epoch, Build = Hello.OwnBuild, ProcessId = 1, HasOpus = false, MissingWav = null, MissingMp3 = "no library", Ports = []
        }), Hello.Write);
        _closed = await _plane.ConnectAsync(sockets.Near, epoch, TestContext.Current.CancellationToken);
        return far;
    }

    private bool Take(FrameKind kind, ref FrameReader fields)
    {
        object told = kind switch
        {
            FrameKind.Open => PortFrames.Open(ref fields),
            FrameKind.Bind => PortFrames.Bind(ref fields).Pairs,
            FrameKind.Unbind => PortFrames.List(ref fields),
            _ => CommandFrames.Read(kind, ref fields)!,      // null fails the test that waits for it
        };
        _told.Add(told);
        return fields.IsWhole;
    }

    private T Told<T>()
    {
        while (_told.TryTake(out object? told, Patience))
            if (told is T wanted) return wanted;
        throw new TimeoutException($"No {typeof(T).Name} was told.");
    }

    private (PortId Port, Subject Owner) ToldOpen(int skip)
    {
        for (; skip > 0; skip--) Told<(PortId, Subject)>();
        return Told<(PortId, Subject)>();
    }

    private MediaEvent Event() => _events.TryTake(out var happened, Patience) ? happened : throw new TimeoutException("No event came.");
}

using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Control;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost.Control;

/// <summary>Both ends of the control socket with real audio, in one process.</summary>
public sealed class RemoteMediaHostTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();
    private readonly SocketPair _sockets = new();
    private readonly BlockingCollection<MediaEvent> _events = [];
    private readonly MediaHostOptions _options;
    private readonly RemoteMediaPlane _plane;
    private readonly RemoteMediaHost _host;

    public RemoteMediaHostTests()
    {
        int first = FreePort.UdpRange(80);
        _options = new()
        {
            Networks = [new() { FirstPort = first, LastPort = first + 79 }], WarmPairs = 4, Epoch = 77, RecordingFolder = _folder.Path,
            Threads = 2
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
        _folder.Dispose();
    }

    [Fact]
    public async Task A_prompt_is_heard_and_recorded()
    {
        await StartAsync();
        using var phone = new RawPhone();
        var (lease, plan) = Record(phone);
        string file = _folder.File("prompt");
        await File.WriteAllBytesAsync(file, new PromptEncoder().Encode(ToneGenerator.Render(1000, 0, 1000, 0, 1000, 8_000), 8_000, "PCMU"),
            TestContext.Current.CancellationToken);
        _plane.Post(new MediaCommand.Play(lease.Port, Guid.NewGuid(), file, 1));
        Assert.False(Next<MediaEvent.PlayEnded>().IsFailed);
        _plane.Post(new MediaCommand.Close(lease.Port));
        Assert.Equal(new LegId(5), Next<MediaEvent.RecordEnded>().Owner);
        Assert.True(Next<MediaEvent.Closed>().Statistics.PacketsSent >= 50);
        var recorded = await _plane.Recordings.WhenWrittenAsync(plan.Id);
        Assert.Null(recorded.Error);
        Assert.True(recorded.Length >= TimeSpan.FromMilliseconds(900));
        Assert.Equal(0, _plane.Held);
    }

    [Fact]
    public async Task Every_pair_of_the_range_can_be_leased_and_comes_back()
    {
        await StartAsync();
        var leases = new List<PortLease>();
        await Eventually.TrueAsync(() =>
        {
            while (_plane.TryLease(new LegId(5), 0, out var lease)) leases.Add(lease);
            return leases.Count == 40;
        }, "all pairs are leased");
        Assert.Equal(40, leases.Select(l => l.Local).Distinct().Count());
        foreach (var lease in leases) _plane.Post(new MediaCommand.Close(lease.Port));
        foreach (var _ in leases) Next<MediaEvent.Closed>();
        Assert.Equal(0, _plane.Held);
        Assert.True(_plane.TryLease(new LegId(5), 0, out var again));
        Assert.DoesNotContain(again.Port, leases.Select(l => l.Port));
    }

    [Fact]
    public async Task A_host_whose_node_is_gone_says_so_and_frees_its_ports()
    {
        await StartAsync();
        using var phone = new RawPhone();
        Record(phone);
        await Eventually.TrueAsync(() => Directory.GetFiles(_folder.Path, "*.part").Length == 1, "the recording has begun");
        _plane.Dispose();
        await _host.Closed.WaitAsync(Patience, TestContext.Current.CancellationToken);
        _host.Dispose();
        Assert.EndsWith(".wav", Assert.Single(Directory.GetFiles(_folder.Path)));
        using var inline = new InlineMediaHost(_options, _ => { }, NullLogger.Instance);
        inline.Start();
        var free = Enumerable.Range(0, 40).Count(_ => inline.TryLease(new LegId(5), 0, out var _));
        Assert.Equal(40, free);
    }

    [Fact]
    public async Task It_knows_when_the_node_is_stopping()
    {
        await StartAsync();
        Assert.False(_host.IsToStay);
        _plane.Stay();
        await Eventually.TrueAsync(() => _host.IsToStay, "the host knows that the node is stopping");
    }

    private async Task StartAsync()
    {
        _host.Start(_sockets.Far);
        await _plane.ConnectAsync(_sockets.Near, _options.Epoch, TestContext.Current.CancellationToken);
    }

    /// <summary>A leg that talks to the phone and is recorded.</summary>
    private (PortLease Lease, RecordPlan Plan) Record(RawPhone phone)
    {
        Assert.True(_plane.TryLease(new LegId(5), 0, out var lease));
        _plane.Post(new MediaCommand.Connect(lease.Port, phone.Plan()));
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        _plane.Post(new MediaCommand.StartRecord(lease.Port, plan));
        return (lease, plan);
    }

    private T Next<T>() where T : MediaEvent
    {
        while (_events.TryTake(out var happened, Patience))
            if (happened is T wanted) return wanted;
        throw new TimeoutException($"No {typeof(T).Name} came.");
    }
}

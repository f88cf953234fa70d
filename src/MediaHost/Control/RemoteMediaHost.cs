using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Media;

namespace Ringwright.MediaHost.Control;

/// <summary>The media plane in its own process: the far end of <see cref="RemoteMediaPlane"/>, which decides who has which port.</summary>
public sealed class RemoteMediaHost : IDisposable
{
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(1), EventPatience = TimeSpan.FromSeconds(5),
        RoomPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RoomLook = TimeSpan.FromMilliseconds(1);

    private readonly MediaHostOptions _options;
    private readonly ILogger _logger;
    private readonly PortPool[] _pools;
    private readonly PortSlot[] _slots;
    private readonly MediaEngine _engine;
    private readonly MeterRelay _meters = new();
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private ControlChannel? _channel;
    private volatile bool _isToStay;

    public RemoteMediaHost(MediaHostOptions options, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        _pools = PortPool.Of(options);
        _slots = [.. _pools.SelectMany(pool => pool.Slots)];
        _engine = new(options, _slots, told => _channel?.SendAll(told, EventFrames.Write, EventPatience), tend: null, logger);
    }

    /// <summary>
    /// Completes with the reason when the control socket is closed: nobody is there any more for whom there could be calls.
    /// </summary>
    public Task<string> Closed => _closed.Task;

    /// <summary>The node is stopping, and needs media until it closes the socket.</summary>
    public bool IsToStay => _isToStay;

    /// <summary>Binds the first ports, starts the threads and says Hello.</summary>
    /// <param name="socket">Connected; belongs to the host from here on.</param>
    /// <exception cref="IOException">No port pair of a range can be bound; the message is one line for the operator.</exception>
    public void Start(Socket socket)
    {
        _channel = new(socket, new() { RestUntil = () => _engine.BeforeNextTick }, Handle, reason =>
        {
            if (!_isToStay) _logger.ControlLost(reason);
            _closed.TrySetResult(reason);
        });
        foreach (var pool in _pools) pool.Start();
        _engine.Start();
        var hello = new Hello
        {
            Epoch = _options.Epoch,
            Build = Hello.OwnBuild,
            ProcessId = Environment.ProcessId,
            HasOpus = Codecs.HasOpus,
            MissingWav = _engine.Recordings.Missing(RecordFormat.Wav),
            MissingMp3 = _engine.Recordings.Missing(RecordFormat.Mp3),
            Ports = [.. _pools.SelectMany(pool => Take(pool, 0))],
        };
        _channel.TrySend(hello, Hello.Write);
        _channel.Start();
        _ = BeatAsync(_channel);
    }

    /// <summary>Ends every port, frees the sockets, finishes the files.</summary>
    public void Dispose()
    {
        if (_ending.IsCancellationRequested) return;
        _ending.Cancel();
        _engine.Dispose();
        foreach (var pool in _pools) pool.Dispose();
        _channel?.Dispose();
        _meters.Dispose();
    }

    private bool Handle(FrameKind kind, ref FrameReader fields)
    {
        switch (kind)
        {
            case FrameKind.Open:
                var (port, owner) = PortFrames.Open(ref fields);
                if (!fields.IsWhole) return false;
                AwaitRoom();
                // A pair that is not bound can carry nothing: the party hears silence, and its leg says so.
                if (port.Index < _slots.Length && _slots[port.Index].IsBound) _engine.Open(port, owner);
                return true;
            case FrameKind.Bind:
                var (network, more) = PortFrames.Bind(ref fields);
                return fields.IsWhole && network >= 0 && network < _pools.Length
                    && _channel!.TrySend((network, Take(_pools[network], more)), PortFrames.Bound);       // handled by the channel itself
            case FrameKind.Unbind:
                ushort[] ports = PortFrames.List(ref fields);
                if (!fields.IsWhole) return false;
                foreach (ushort index in ports)
                    if (index < _slots.Length) _pools[_options.NetworkOf(index)].Unbind(_slots[index]);
                return true;
            case FrameKind.Stay:
                _isToStay = fields.Flag();
                return fields.IsWhole;
            default:
                if (CommandFrames.Read(kind, ref fields) is not { } command || !fields.IsWhole) return false;
                AwaitRoom();
                _engine.Post(command);
                if (command is Media.Protocol.MediaCommand.StartRecord start) _ = TellWrittenAsync(start.Plan.Id);
                return true;
        }
    }

    /// <summary>The socket is read on when the tick threads have taken what they have.</summary>
    private void AwaitRoom()
    {
        for (var waited = TimeSpan.Zero; !_engine.HasRoom; waited += RoomLook)
        {
            if (waited > RoomPatience || _ending.IsCancellationRequested)
                throw new InvalidOperationException("The tick threads take no more commands.");
            Thread.Sleep(RoomLook);
        }
    }

    private static ushort[] Take(PortPool pool, int more) => [.. pool.TakeAll(more).Select(slot => (ushort)slot.Index)];

    private async Task TellWrittenAsync(Guid recording)
    {
        var file = await _engine.Recordings.WhenWrittenAsync(recording).ConfigureAwait(false);
        _channel?.Send((recording, file), RecordingFrames.Written, EventPatience);
    }

    /// <summary>Told only when the socket is free: events go first.</summary>
    private async Task BeatAsync(ControlChannel channel)
    {
        while (!_ending.IsCancellationRequested)
        {
            Metrics.ProcessorTime.Record(Environment.CpuUsage.TotalTime.TotalSeconds);
            Metrics.Memory.Record(Environment.WorkingSet);
            Metrics.Collections.Record(GC.CollectionCount(0));
            Metrics.CollectionPause.Record(GC.GetTotalPauseDuration().TotalSeconds);
            if (channel.TrySendWhenIdle(_meters, MeterRelay.Write)) _meters.Told();
            await Task.Delay(Pulse, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

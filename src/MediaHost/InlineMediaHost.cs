using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost.Taps;

namespace Ringwright.MediaHost;

/// <summary>The media plane inside this process: for tests, the lab, and who wants one process only.</summary>
public sealed class InlineMediaHost : IMediaPlane, IDisposable
{
    private readonly Action<MediaEvent> _deliver;
    private readonly ILogger _logger;
    private readonly PortPool[] _pools;
    private readonly PortSlot[] _slots;
    private readonly MediaEngine _engine;
    private readonly AudioTaps _taps;
    private int _isTending;

    /// <param name="deliver">Gets every media event, one at a time, on a thread of the host's own;
    /// may block without hurting a tick.</param>
    public InlineMediaHost(MediaHostOptions options, Action<MediaEvent> deliver, ILogger logger)
    {
        (Options, _deliver, _logger) = (options, deliver, logger);
        _pools = PortPool.Of(options);
        _slots = [.. _pools.SelectMany(pool => pool.Slots)];
        _engine = new(options, _slots, Deliver, Tend, logger);
        _taps = new(options.TapFolder);
    }

    public MediaHostOptions Options { get; }

    /// <summary>The files of what is recorded.</summary>
    public IRecordingFiles Recordings => _engine.Recordings;

    /// <summary>Live audio of its ports.</summary>
    public IAudioTaps Taps => _taps;

    /// <summary>Binds the first ports and starts the threads.</summary>
    /// <exception cref="IOException">No port pair of a range can be bound; the message is one line for the operator.</exception>
    public void Start()
    {
        foreach (var pool in _pools) pool.Start();
        _engine.Start();
    }

    /// <summary>Between two ticks: no file is being read or written that the next one would want.</summary>
    public bool IsAtRest => _engine.IsAtRest;

    public bool IsUp => _engine.IsRunning;

    public bool TryLease(Subject owner, int network, out PortLease lease)
    {
        lease = default;
        var pool = _pools[network];
        if (!_engine.IsRunning || !pool.TryTake(out var slot))
        {
            Metrics.Refuse(Options, network);
            return false;
        }
        slot.Leases++;
        var id = PortId.Compose(Options.Epoch, slot.Index, slot.Leases);
        if (!_engine.Open(id, owner))
        {
            pool.Return(slot);
            Metrics.Refuse(Options, network);
            return false;
        }
        if (pool.IsLow && Interlocked.Exchange(ref _isTending, 1) == 0) _engine.WakeFiles();
        lease = Options.Lease(id);
        return true;
    }

    public bool Post(MediaCommand command) => _engine.Post(command);

    /// <summary>Ends every port, delivers what is left to say, closes the sockets.</summary>
    public void Dispose()
    {
        _engine.Dispose();
        _taps.Dispose();
        foreach (var pool in _pools) pool.Dispose();
    }

    private void Deliver(IReadOnlyList<MediaEvent> told)
    {
        foreach (var happened in told)
        {
            try
            {
                Deliver(happened);
            }
            catch (Exception e)
            {
                // A bug of the taker must not silence all other legs.
                _logger.DeliveryFailed(e, happened.Owner);
            }
        }
    }

    /// <summary>A closed port is free before its owner hears of it; the next lease has an id of its own.</summary>
    private void Deliver(MediaEvent happened)
    {
        if (happened is MediaEvent.Closed && _engine.IsRunning)
            _pools[Options.NetworkOf(happened.Port.Index)].Return(_slots[happened.Port.Index]);
        _deliver(happened);
    }

    private void Tend()
    {
        Volatile.Write(ref _isTending, 0);
        foreach (var pool in _pools) pool.Tend();
    }
}

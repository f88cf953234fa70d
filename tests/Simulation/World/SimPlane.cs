using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Simulation;

/// <summary>
/// One media process after another, as the shards see them: leases from memory, commands that a dead process never reads, and all its legs
/// told at once when its end is certain. The rules are those of the plane in front of the real process.
/// </summary>
internal sealed class SimPlane : IMediaPlane
{
    private const uint FirstEpoch = 9;

    private readonly SimWorld _world;
    /// <summary>Leases that their owners have not given up; those of earlier processes too.</summary>
    private readonly Dictionary<PortId, Subject> _held = [];
    private readonly HashSet<PortId> _closing = [];
    private SimMedia? _process;
    private uint _epoch = FirstEpoch;
    private bool _takesLeases = true, _isStuck;

    public SimPlane(SimWorld world, ulong seed)
    {
        _world = world;
        _process = new(world, _epoch, seed);
    }

    /// <summary>No new leases while set.</summary>
    public bool IsFull { get; set; }
    public bool IsUp => _takesLeases;
    /// <summary>Leased and not given up.</summary>
    public int OpenPorts => _held.Count;
    public int Rooms => _process?.Rooms ?? 0;
    public Instant NextDue => _process is { } process && !_isStuck ? process.NextDue : Instant.Never;

    public bool TryLease(Subject owner, int network, out PortLease lease)
    {
        lease = default;
        if (IsFull || !_takesLeases || _process is not { } process || !process.TryLease(owner, out lease)) return false;
        _held.Add(lease.Port, owner);
        return true;
    }

    public bool Post(MediaCommand command)
    {
        if (!_held.TryGetValue(command.Port, out var owner)) return true;
        bool isClose = command is MediaCommand.Close, isLost = command.Port.Epoch != _epoch || !_takesLeases;
        if (isClose && isLost) _held.Remove(command.Port);
        else if (isClose) _closing.Add(command.Port);
        else if (isLost) _world.Node.LoseMedia([new(owner, command.Port, Evidence)]);
        if (!isLost) _process?.Post(command);
        return true;
    }

    public void FireDue(Instant now)
    {
        if (!_isStuck) _process?.FireDue(now);
    }

    public void Receive(Parcel parcel, Instant now)
    {
        if (!_isStuck) _process?.Receive(parcel, now);
    }

    /// <summary>What the process says. A port is free before its owner hears that it is closed.</summary>
    public void Deliver(MediaEvent happened)
    {
        if (happened is MediaEvent.Closed)
        {
            _held.Remove(happened.Port);
            _closing.Remove(happened.Port);
        }
        _world.Node.PostMedia(happened);
    }

    public const string Evidence = "The media process ended.";

    /// <summary>The process does nothing any more, and nobody has noticed: leases are given, and commands go nowhere.</summary>
    public void Hang() => _isStuck = true;

    /// <summary>Its socket is closed: there are no leases, and what is asked of a port is answered with its loss.</summary>
    public void Stop() => (_takesLeases, _isStuck) = (false, true);

    /// <summary>It has ended for certain.</summary>
    public void Lose()
    {
        Stop();
        _process = null;
        List<MediaEvent.Lost> lost = [.. _held.Where(held => held.Key.Epoch == _epoch)
            .Select(held => new MediaEvent.Lost(held.Value, held.Key, Evidence))];
        foreach (var port in _closing) _held.Remove(port);
        _closing.Clear();
        _world.Node.LoseMedia(lost);
    }

    /// <summary>The next one is up.</summary>
    public void Begin(ulong seed)
    {
        _process = new(_world, ++_epoch, seed);
        (_takesLeases, _isStuck) = (true, false);
    }
}

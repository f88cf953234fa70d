using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rooms;
using Ringwright.Media.Rtp;

namespace Ringwright.Simulation;

/// <summary>
/// One media process: two media shards with their ports on the simulated network. Leases and commands wait for the next tick.
/// </summary>
internal sealed class SimMedia
{
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private const int Shards = 2, FirstPort = 16_384;

    private readonly SimWorld _world;
    private readonly uint _epoch;
    private readonly MediaShard[] _shards = new MediaShard[Shards];
    private readonly Queue<(PortId Port, Subject Owner, MediaCommand? Command, AudioLink? Link, RoomHub? Room)>[] _mail = [new(), new()];
    private readonly Dictionary<PortId, RoomHub> _rooms = [];
    private readonly List<RecordRing> _recordings = [];
    /// <summary>Made with the first recording: so long an array is collected dearly, and few seeds record.</summary>
    private short[]? _recorded;
    private readonly Instant[] _ticked = new Instant[Shards];
    private readonly Queue<int> _free = new();
    private readonly Slot[] _slots;

    public SimMedia(SimWorld world, uint epoch, ulong seed, int ports = 64)
    {
        (_world, _epoch) = (world, epoch);
        _slots = new Slot[ports];
        for (int i = 0; i < ports; i++)
        {
            _slots[i] = new(new(world.NodeAddress, FirstPort + 2 * i), new(world.NodeAddress, FirstPort + 2 * i + 1));
            _free.Enqueue(i);
        }
        for (int i = 0; i < Shards; i++)
        {
            _shards[i] = new(new() { Capacity = ports, Seed = seed + (ulong)i, Anchor = world.Anchor }, world.Prompts);
            _ticked[i] = world.Now - Step * i / Shards;
        }
    }

    /// <summary>Not yet closed.</summary>
    public int Rooms => _rooms.Count;

    public Instant NextDue
    {
        get
        {
            var next = Instant.Never;
            for (int i = 0; i < Shards; i++)
                if (_mail[i].Count > 0 || _shards[i].OpenPorts > 0) next = Instant.Min(next, NextTick(i));
            return next;
        }
    }

    public bool TryLease(Subject owner, out PortLease lease)
    {
        lease = default;
        if (!_free.TryDequeue(out int index)) return false;
        var slot = _slots[index];
        slot.Owner = owner;
        slot.Port = PortId.Compose(_epoch, index, ++slot.Leases);
        _mail[index % Shards].Enqueue((slot.Port, owner, null, null, null));
        lease = new(slot.Port, slot.Local);
        return true;
    }

    public void Post(MediaCommand command)
    {
        var link = command is MediaCommand.Bridge bridge ? new AudioLink(bridge.PassesDigits) : null;
        _mail[command.Port.Index % Shards].Enqueue((command.Port, default, command, link, RoomOf(command)));
        if (command is MediaCommand.Bridge { Peer: var peer }) _mail[peer.Index % Shards].Enqueue((peer, default, null, link, null));
    }

    public void FireDue(Instant now)
    {
        for (int i = 0; i < Shards; i++)
            if ((_mail[i].Count > 0 || _shards[i].OpenPorts > 0) && NextTick(i) <= now) Tick(i, now);
    }

    /// <summary>An RTP or RTCP packet for one of our ports; dropped when nobody has leased it.</summary>
    public void Receive(Parcel parcel, Instant now)
    {
        int offset = parcel.To.Port - FirstPort, index = offset / 2;
        if (offset < 0 || index >= _slots.Length || !_slots[index].IsOpen) return;
        _shards[index % Shards].HandlePacket(index, isControl: offset % 2 == 1, parcel.Bytes.Span, MediaAddress.From(parcel.From), now);
    }

    private Instant NextTick(int shard)
    {
        long step = Step.Ticks * TimeSpan.NanosecondsPerTick, behind = _world.Now.Nanos - _ticked[shard].Nanos;
        // idle ticks are not made up for
        return behind <= step ? _ticked[shard] + Step : new(_ticked[shard].Nanos + (behind + step - 1) / step * step);
    }

    private void Tick(int index, Instant now)
    {
        var shard = _shards[index];
        _ticked[index] = now;
        while (_mail[index].TryDequeue(out var message))
        {
            var slot = _slots[message.Port.Index];
            if (message is { Link: { } heard, Command: not null }) shard.Hear(message.Port, heard);
            else if (message.Link is { } spoken) shard.Speak(message.Port, spoken);
            else if (message.Command is MediaCommand.StartRecord start) shard.Record(start, Ring(start));
            else if (message is { Room: { } room, Command: MediaCommand.OpenRoom }) shard.OpenRoom(message.Port, room.Part(index));
            else if (message.Command is MediaCommand.JoinRoom join) shard.Join(join, message.Room?.Part(index));
            else if (message.Command is not null) shard.Handle(message.Command, now);
            else
            {
                shard.Open(message.Port, message.Owner, now);
                slot.IsOpen = true;
            }
        }
        shard.Tick(now);
        foreach (var ring in _recordings) ring.Read(_recorded ??= new short[64_000]);
        while (shard.TryPoll(out OutgoingPacket packet))
        {
            var slot = Owned(packet.Port, "sends a packet");
            if (slot.RemoteAddress != packet.To) (slot.RemoteAddress, slot.Remote) = (packet.To, packet.To.ToEndPoint());
            _world.Net.Handle(new(packet.IsControl ? slot.LocalControl : slot.Local, slot.Remote, packet.Bytes.ToArray(), IsMedia: true),
                now);
        }
        while (shard.TryPoll(out MediaEvent happened))
        {
            var slot = Owned(happened.Port, "says something");
            if (slot.Owner != happened.Owner)
                throw new SimulationException(
                    $"port {happened.Port} belongs to {slot.Owner} and speaks for {happened.Owner}");
            if (happened is MediaEvent.Closed)
            {
                slot.IsOpen = false;
                slot.Port = default;
                _free.Enqueue(happened.Port.Index);
            }
            _world.Media.Deliver(happened);
        }
        int open = 0;
        for (int i = index; i < _slots.Length; i += Shards)
            if (_slots[i].IsOpen) open++;
        if (open != shard.OpenPorts) throw new SimulationException($"media shard {index} ticks {shard.OpenPorts} ports, {open} are leased");
    }

    private RoomHub? RoomOf(MediaCommand command)
    {
        if (command is MediaCommand.OpenRoom open && !_rooms.ContainsKey(command.Port))
            return _rooms[command.Port] = new(open.Terms, Shards);
        if (command is MediaCommand.Close) _rooms.Remove(command.Port);
        return command is MediaCommand.JoinRoom join ? _rooms.GetValueOrDefault(join.Room) : null;
    }

    /// <summary>A disk that is never full and forgets at once.</summary>
    private RecordRing Ring(MediaCommand.StartRecord start)
    {
        var ring = new RecordRing(start.Plan.Channels);
        _recordings.Add(ring);
        return ring;
    }

    private Slot Owned(PortId port, string does)
    {
        var slot = _slots[port.Index];
        return slot.IsOpen && slot.Port == port ? slot : throw new SimulationException($"port {port} {does} and nobody has leased it");
    }

    private sealed class Slot(IPEndPoint local, IPEndPoint localControl)
    {
        public IPEndPoint Local { get; } = local;
        public IPEndPoint LocalControl { get; } = localControl;
        public PortId Port { get; set; }
        public Subject Owner { get; set; }
        public ushort Leases { get; set; }
        public bool IsOpen { get; set; }
        public MediaAddress RemoteAddress { get; set; }
        public IPEndPoint Remote { get; set; } = local;     // replaced before the first packet leaves
    }
}

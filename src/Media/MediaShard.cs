using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rooms;
using Ringwright.Media.Rtp;
using Ringwright.Media.Taps;

namespace Ringwright.Media;

/// <summary>
/// The ports of one media thread. Commands, packets and ticks go in; packets to send and events are polled. No sockets, no clock,
/// no threads; a tick allocates nothing once the ports have been in use for a moment.
/// </summary>
public sealed class MediaShard
{
    private static readonly TimeSpan MostLate = TimeSpan.FromMilliseconds(100);

    private readonly MediaSettings _settings;
    private readonly IPromptFrames _files;
    private readonly Port?[] _byIndex;
    private readonly List<Port> _open = [];
    private readonly Stack<Port> _spare = new();
    private readonly OutgoingPackets _outgoing = new();
    private readonly Queue<MediaEvent> _events = new();
    /// <summary>Few ports have one, and most nodes none.</summary>
    private readonly List<BadLine> _badLines = [];
    /// <summary>What this shard has of rooms.</summary>
    private readonly List<RoomPart> _rooms = [];
    private readonly Rng _random;
    /// <summary>When the present tick was due: the time of what is said and heard in it.</summary>
    private Instant _beat, _now;
    private bool _isPassingAcross;
    private Exception? _fault;

    public MediaShard(MediaSettings settings, IPromptFrames files)
    {
        (_settings, _files, _random) = (settings, files, new(settings.Seed));
        _byIndex = new Port?[settings.Capacity];
    }

    public MediaCounters Counters { get; } = new();
    public int OpenPorts => _open.Count;

    /// <summary>
    /// Some port sends on what a bridged peer says, as that comes: whoever reads often and calls <see cref="Pass"/> spares it the wait
    /// for the tick.
    /// </summary>
    public bool IsPassing { get; private set; }

    /// <summary>Somebody has leased the port. Until it is connected it sends and hears nothing.</summary>
    public void Open(PortId id, Subject owner, Instant now)
    {
        if (_byIndex[id.Index] is { } old) Close(old, now);
        var port = _spare.Count > 0 ? _spare.Pop() : new Port(_settings, Counters, _outgoing, _events, _files);
        port.Open(id, owner, _random, now);
        port.Place = _open.Count;
        _open.Add(port);
        _byIndex[id.Index] = port;
    }

    /// <summary>Carries out a command; one for a port that is closed is dropped. A bridge has two ends: see <see cref="Hear"/>.</summary>
    public void Handle(MediaCommand command, Instant now)
    {
        if (Find(command.Port) is not { } port) return;
        if (command is MediaCommand.Close) Close(port, now);
        else if (command is MediaCommand.Degrade degrade) _badLines.Add(new(degrade.Port, degrade.Fault));
        else port.Handle(command, now);
    }

    /// <summary>Nobody's sound goes to those addresses any longer: from now on they are a port of ours.</summary>
    public void Leave(Predicate<MediaAddress> isTaken)
    {
        foreach (var port in _open) port.Leave(isTaken);
    }

    /// <summary>
    /// The thread stood still until now and reads what has waited: that nothing was heard meanwhile says nothing about anybody.
    /// </summary>
    public void Excuse(Instant now)
    {
        foreach (var port in _open) port.Excuse(now);
    }

    /// <param name="index">Index of the port whose socket received it.</param>
    /// <param name="isControl">It came in by the RTCP socket.</param>
    public void HandlePacket(int index, bool isControl, ReadOnlySpan<byte> bytes, MediaAddress from, Instant arrival)
    {
        Counters.PacketsReceived++;
        if (_byIndex[index] is not { } port) Counters.PacketsForeign++;
        else if (LineOf(port.Id)?.Takes(isOutgoing: false, isControl, from, bytes, arrival) is not true)
            Take(port, bytes, isControl, from, arrival);
    }

    /// <summary>
    /// A fault of ours. It costs no more than the packet, the command or the step of one port that it came over: the other ports go on.
    /// </summary>
    public void Note(Exception fault)
    {
        Counters.Faults++;
        _fault ??= fault;
    }

    /// <summary>The first since this was asked last; the others are counted.</summary>
    public Exception? TakeFault()
    {
        var fault = _fault;
        _fault = null;
        return fault;
    }

    /// <summary>
    /// Half of <see cref="MediaCommand.Bridge"/>: the port sends what comes by the link. Whoever runs the shards makes the link and gives
    /// the other half, <see cref="Speak"/>, to the shard of the peer, which may be this one.
    /// </summary>
    public void Hear(PortId id, AudioLink link)
    {
        if (Find(id) is { } port) port.Hear(link);
        else link.Close();
    }

    /// <summary>What the port hears goes into the link.</summary>
    public void Speak(PortId id, AudioLink link)
    {
        if (Find(id) is { } port) port.Speak(link);
        else link.End();
    }

    /// <summary>
    /// <see cref="MediaCommand.OpenRoom"/> with what no command carries: whoever runs the shards makes a <see cref="RoomHub"/> of it, keeps
    /// it until the port is to close, and gives each shard its part.
    /// </summary>
    public void OpenRoom(PortId id, RoomPart part)
    {
        if (Find(id) is { } port && port.TryOpen(part)) Keep(part);
        else part.Close();
    }

    /// <summary>The same for <see cref="MediaCommand.JoinRoom"/>.</summary>
    /// <param name="part">This shard's of the room; null when there is no such room.</param>
    public void Join(MediaCommand.JoinRoom join, RoomPart? part)
    {
        if (Find(join.Port) is not { } port) return;
        port.Join(part, join.As);
        if (part is { IsEmpty: false }) Keep(part);
    }

    /// <summary>
    /// The other half of <see cref="MediaCommand.StartRecord"/>: from the next tick on the port is recorded into the ring.
    /// Whoever runs the shards makes the ring, and a file of what comes out of it.
    /// </summary>
    public void Record(MediaCommand.StartRecord start, RecordRing ring)
    {
        if (Find(start.Port) is { } port) port.Record(start.Plan, ring);
        else ring.End();
    }

    /// <summary>
    /// <see cref="MediaCommand.OpenTap"/> with what no command carries. Whoever runs the shards finds the memory, and lets go of it once it
    /// is released.
    /// </summary>
    public void OpenTap(PortId id, TapMemory memory)
    {
        if (Find(id) is { } port) port.OpenTap(memory);
        else memory.Release();
    }

    /// <summary>One step of 20 ms: every port hears, every room mixes what is said in it, every port sends.</summary>
    public void Tick(Instant now)
    {
        Counters.Ticks++;
        // Ticks come late, never early; when several are given up, time goes on from here.
        _beat += TimeSpan.FromMilliseconds(Limits.TickMilliseconds);
        if (now < _beat || now - _beat > MostLate) _beat = now;
        _now = now;
        foreach (var line in _badLines)
        {
            while (line.TryGive(isOutgoing: false, now, out bool isControl, out var from, out var bytes))
                if (Find(line.Port) is { } heard) Take(heard, bytes, isControl, from, now);
        }
        IsPassing = _isPassingAcross = false;
        foreach (var port in _open) Guard(port, static (shard, one) => one.Listen(shard._now, shard._beat));
        if (_rooms.Count > 0) MixRooms();
        foreach (var port in _open)
        {
            Guard(port, static (shard, one) => one.Send(shard._now));
            IsPassing |= port.IsPassing;
            _isPassingAcross |= port.IsPassingAcross;
        }
    }

    /// <summary>
    /// Between two ticks: what bridged peers have said meanwhile goes on, where nobody has to decode it. What peers of this shard say
    /// was sent when it was read; the links from others are looked into.
    /// </summary>
    public void Pass(Instant now)
    {
        _now = now;
        if (!_isPassingAcross) return;
        foreach (var port in _open) Guard(port, static (_, one) => one.Pass());
    }

    /// <summary>Ends every port, each with its closed event.</summary>
    public void CloseAll(Instant now)
    {
        while (_open.Count > 0) Close(_open[^1], now);
    }

    public bool TryPoll(out OutgoingPacket packet)
    {
        while (_outgoing.TryPoll(out packet))
        {
            if (LineOf(packet.Port)?.Takes(isOutgoing: true, packet.IsControl, packet.To, packet.Bytes, _now) is true) continue;
            Counters.PacketsSent++;
            return true;
        }
        foreach (var line in _badLines)
        {
            if (!line.TryGive(isOutgoing: true, _now, out bool isControl, out var to, out var bytes)) continue;
            packet = new(line.Port, isControl, to, bytes);
            Counters.PacketsSent++;
            return true;
        }
        return false;
    }

    public bool TryPoll(out MediaEvent happened) => _events.TryDequeue(out happened!);

    private void Keep(RoomPart part)
    {
        if (!_rooms.Contains(part)) _rooms.Add(part);
    }

    /// <summary>What a stranger sends ends neither the call nor the thread.</summary>
    private void Take(Port port, ReadOnlySpan<byte> bytes, bool isControl, MediaAddress from, Instant arrival)
    {
        try
        {
            port.HandlePacket(bytes, isControl, from, arrival);
        }
        catch (Exception e)
        {
            Note(e);
        }
    }

    /// <summary>One step of one port or room: the others have theirs.</summary>
    private void Guard<T>(T one, Action<MediaShard, T> step)
    {
        try
        {
            step(this, one);
        }
        catch (Exception e)
        {
            Note(e);
        }
    }

    private void MixRooms()
    {
        for (int i = _rooms.Count - 1; i >= 0; i--)
        {
            var part = _rooms[i];
            Guard(part, static (_, one) => one.Mix());
            if (!part.IsEmpty) continue;
            part.Rest();
            _rooms.RemoveAt(i);
        }
    }

    private Port? Find(PortId id) => id.Index < _byIndex.Length && _byIndex[id.Index] is { } port && port.Id == id ? port : null;

    private BadLine? LineOf(PortId port)
    {
        foreach (var line in _badLines)
            if (line.Port == port) return line;
        return null;
    }

    private void Close(Port port, Instant now)
    {
        if (LineOf(port.Id) is { } line) _badLines.Remove(line);
        port.Close(now);
        _byIndex[port.Id.Index] = null;
        var last = _open[^1];
        _open[port.Place] = last;
        last.Place = port.Place;
        _open.RemoveAt(_open.Count - 1);
        _spare.Push(port);
    }
}

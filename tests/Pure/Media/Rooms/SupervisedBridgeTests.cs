using Ringwright.Media;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;
using Ringwright.Testing;

namespace Ringwright.Pure.Media.Rooms;

/// <summary>Two bridged ports meet a third in a room over their bridge, and go on as before when he has gone.</summary>
public sealed class SupervisedBridgeTests
{
    private const double Loud = 2_000, Quiet = 120;

    private readonly RoomWorld _world = new();
    private readonly PortId _room;
    private readonly Party _agent, _caller, _supervisor;

    public SupervisedBridgeTests()
    {
        (_agent, _caller) = (_world.Add(400, talks: true), _world.Add(700, talks: true));
        _supervisor = _world.Add(1_100, talks: true);
        _world.Bridge(_agent, _caller);
        _world.Settle();
        _room = _world.OpenRoom();
    }

    public static TheoryData<int[]?, bool, bool> Roles => new()
    {
        { null, true, true }, // barge
        { [0], true, false }, // whisper
        { [], false, false }, // monitor
    };

    [Theory, MemberData(nameof(Roles))]
    public void A_supervisor_hears_both_and_is_heard_as_his_role_says(int[]? whispersTo, bool agentHears, bool callerHears)
    {
        Meet();
        _world.Join(_supervisor, _room, new() { WhispersTo = whispersTo?.Select(_ => _agent.Port).ToArray() });
        _world.Settle();
        AssertHears(_supervisor, _agent, true);
        AssertHears(_supervisor, _caller, true);
        AssertHears(_supervisor, _supervisor, false);
        AssertHears(_agent, _caller, true);
        AssertHears(_caller, _agent, true);
        AssertHears(_agent, _agent, false);
        AssertHears(_agent, _supervisor, agentHears);
        AssertHears(_caller, _supervisor, callerHears);

        Part();
        _world.Post(new MediaCommand.Unbridge(_supervisor.Port));
        _world.Settle();
        AssertHears(_agent, _caller, true);
        AssertHears(_caller, _agent, true);
        AssertHears(_agent, _supervisor, false);
        AssertHears(_supervisor, _agent, false);
        // byte for byte again, which no mix is
        byte[] payload = [.. Enumerable.Range(0, 160).Select(i => (byte)i)];
        _agent.Sends = false;
        Say(_agent, 0, payload);
        _world.Tick(2);
        Assert.Contains(_caller.Payloads, p => p.AsSpan().SequenceEqual(payload));
    }

    [Fact]
    public void Silence_goes_on_to_whom_nobody_is_heard_by_also_where_an_idle_call_gets_none()
    {
        _world.Post(new MediaCommand.Connect(_caller.Port, ShardWorld.Plan() with { OmitsSilence = true, Generation = 9 }));
        _agent.Talks = false;
        Meet();
        _world.Join(_supervisor, _room, new() { WhispersTo = [_agent.Port] });
        _world.Settle();
        _caller.Forget();
        _world.Tick(100);
        AssertHears(_caller, _supervisor, false);
        Assert.InRange(_caller.Payloads.Count, 99, 101);
    }

    [Fact]
    public void Neither_coming_nor_going_leaves_a_gap_between_the_two()
    {
        _caller.Forget();
        _agent.Forget();
        for (int i = 0; i < 5; i++)
        {
            Meet();
            _world.Join(_supervisor, _room, new() { WhispersTo = [] });
            _world.Tick(15);
            Part();
            _world.Post(new MediaCommand.Unbridge(_supervisor.Port));
            _world.Tick(15);
        }
        Assert.InRange(_caller.Payloads.Count, 149, 151);
        foreach (var party in (Party[])[_agent, _caller])
            Assert.True(LongestQuiet(party) <= 320, $"{party.Hertz} heard nothing for {LongestQuiet(party)} samples");
    }

    [Fact]
    public void A_key_is_heard_through_the_room_as_an_event_and_once()
    {
        Meet();
        _world.Join(_supervisor, _room);
        _world.Settle();
        _agent.Sends = false;
        for (int i = 1; i <= 5; i++)
        {
            Say(_agent, 101, [5, (byte)(i == 5 ? 0x8A : 0x0A), (byte)(i * 160 >> 8), (byte)(i * 160)], stamp: 9_000_000);
            _world.Tick();
        }
        _world.Tick(20);
        Assert.Contains((byte)101, _caller.Types);
        var ends = _caller.Payloads.Where((_, i) => _caller.Types[i] == 101 && _caller.Payloads[i][1] >= 0x80).ToList();
        Assert.All(ends, end => Assert.Equal(5, end[0]));
        Assert.Single(ends.Select(end => end[2] << 8 | end[3]).Distinct());
        Assert.DoesNotContain((byte)101, _supervisor.Types);
    }

    [Fact]
    public void A_thousand_ticks_of_a_supervised_bridge_allocate_nothing()
    {
        Meet();
        _world.Join(_supervisor, _room, new() { WhispersTo = [_agent.Port] });
        _world.Settle();
        (Party, byte[])[] talk = [.. _world.Parties.Select(party => (party, party.NextPacket()))];
        _world.Run(500, talk);
        AllocationBudget.Holds("tick: supervised bridge", 1_000, () => _world.Run(1_000, talk));
    }

    private void Meet()
    {
        foreach (var party in (Party[])[_agent, _caller]) _world.Join(party, _room, new() { KeepsBridge = true });
    }

    private void Part()
    {
        foreach (var party in (Party[])[_agent, _caller]) _world.Post(new MediaCommand.LeaveRoom(party.Port));
    }

    private void Say(Party party, byte type, byte[] payload, uint? stamp = null)
    {
        var packet = new byte[RtpPacket.HeaderBytes + payload.Length];
        payload.CopyTo(packet, RtpPacket.HeaderBytes);
        byte[] before = party.NextPacket();
        ushort sequence = (ushort)(before[2] << 8 | before[3]);
        uint timestamp = stamp ?? (uint)(before[4] << 24 | before[5] << 16 | before[6] << 8 | before[7]);
        RtpPacket.WriteHeader(packet, marker: false, type, sequence, timestamp, (uint)party.Port.Index + 7);
        _world.Hear(party, packet);
    }

    private static int LongestQuiet(Party party)
    {
        int longest = 0, run = 0;
        foreach (short sample in party.Heard) longest = Math.Max(longest, run = Math.Abs((int)sample) < 60 ? run + 1 : 0);
        return longest;
    }

    private static void AssertHears(Party hearer, Party other, bool isHeard) => Assert.True(
        isHeard ? hearer.LevelOf(other.Hertz) > Loud : hearer.LevelOf(other.Hertz) < Quiet,
        $"{hearer.Hertz} hears {other.Hertz} with {hearer.LevelOf(other.Hertz):F0}");
}

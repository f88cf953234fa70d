using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Testing;

namespace Ringwright.Pure.Media.Rooms;

/// <summary>Whatever is done to two rooms in whatever order: each party hears exactly those that it should, by their frequencies.</summary>
public sealed class RoomSeedTests
{
    private const double Loud = 1_200, Quiet = 100;
    private const int Slots = 8, Music = 2_700;
    private static readonly string[] Codecs = ["PCMU", "PCMA", "G722", "L16"];

    private readonly List<Guest> _guests = [];
    private readonly PortId?[] _rooms = new PortId?[2];
    private readonly bool[] _plays = new bool[2];
    private readonly List<string> _done = [];

    private sealed class Guest(Party party)
    {
        public Party Party => party;
        public PortId? Room { get; set; }
        public RoomMember Member { get; set; } = new();
        public bool IsPlayedTo { get; set; }
    }

    [Theory, Seeds(25)]
    public void Each_hears_exactly_those_it_should(ulong seed)
    {
        var random = new Rng(seed);
        var world = new RoomWorld(shards: 1 + random.Next(3));
        world.Files["music"] = ShardWorld.Encode("L16", Signals.Sine(Music, 16_000, 16_000, 2_000));
        world.Files["prompt"] = ShardWorld.Encode("PCMU", Signals.Sine(Music + 200, 8_000, 8_000, 2_000));
        for (int step = 0; step < 25; step++)
        {
            for (int i = random.Next(4); i >= 0; i--) Act(world, random);
            world.Settle();
            foreach (var hearer in _guests) Judge(hearer);
        }
    }

    private void Act(RoomWorld world, Rng random)
    {
        int which = random.Next(2);
        var guest = _guests.Count == 0 ? null : _guests[random.Next(_guests.Count)];
        switch (random.Next(10))
        {
            case 0 when _rooms[which] is null:
                _rooms[which] = world.OpenRoom(index: 40 + which + random.Next(3) * 2);
                _done.Add($"open {which}");
                break;
            case 0 when random.Next(3) == 0:
                world.Post(new MediaCommand.Close(_rooms[which]!.Value));
                foreach (var member in _guests.Where(g => g.Room == _rooms[which])) member.Room = null;
                (_rooms[which], _plays[which]) = (null, false);
                _done.Add($"close {which}");
                break;
            case 1 when _rooms[which] is { } room:
                _plays[which] = !_plays[which];
                var id = new Guid(which, 0, 0, new byte[8]);
                world.Post(_plays[which] ? new MediaCommand.Play(room, id, "music", 0) { Codec = "L16" }
                    : new MediaCommand.StopPlay(room, id));
                _done.Add($"music {which} {_plays[which]}");
                break;
            case 2 or 3 when _guests.Count < Slots:
                double hertz = Enumerable.Range(3, 20).Select(i => i * 100.0).First(f => _guests.All(g => g.Party.Hertz != f));
                int index = Enumerable.Range(0, 20).First(i => _guests.All(g => g.Party.Port.Index != i));
                _guests.Add(new(world.Add(hertz, Codecs[random.Next(4)], index, talks: random.Next(2) == 0, level: 2_000)));
                _done.Add($"add {hertz} on {index}");
                break;
            case 4 when guest is not null && random.Next(3) == 0:
                world.Remove(guest.Party);
                _guests.Remove(guest);
                _done.Add($"remove {guest.Party.Hertz}");
                break;
            case 5 when guest is not null:
                guest.Party.Talks = !guest.Party.Talks;
                _done.Add($"{guest.Party.Hertz} talks {guest.Party.Talks}");
                break;
            case 6 when guest is not null && random.Next(2) == 0:
                world.Post(new MediaCommand.Unbridge(guest.Party.Port));
                guest.Room = null;
                _done.Add($"{guest.Party.Hertz} leaves");
                break;
            case 7 when guest is not null:
                guest.IsPlayedTo = !guest.IsPlayedTo;
                var prompt = new Guid(9, 9, 9, new byte[8]);
                world.Post(guest.IsPlayedTo ? new MediaCommand.Play(guest.Party.Port, prompt, "prompt", 0) { Codec = "PCMU" }
                    : new MediaCommand.StopPlay(guest.Party.Port, prompt));
                _done.Add($"{guest.Party.Hertz} is played to {guest.IsPlayedTo}");
                break;
            default:
                if (guest is null || _rooms[which] is not { } joined) break;
                (guest.Room, guest.Member) = (joined, Role(random));
                world.Join(guest.Party, joined, guest.Member);
                _done.Add($"{guest.Party.Hertz} in {which} as {guest.Member}");
                break;
        }
    }

    private RoomMember Role(Rng random) => random.Next(6) switch
    {
        0 => new() { IsMuted = true },
        1 => new() { IsAway = true },
        2 => new() { WhispersTo = [] },
        3 => new() { WhispersTo = [.. _guests.Where(_ => random.Next(2) == 0).Select(g => g.Party.Port)] },
        _ => new(),
    };

    private void Judge(Guest hearer)
    {
        bool listens = hearer is { Room: not null, Member.IsAway: false, IsPlayedTo: false };
        foreach (var other in _guests)
        {
            bool isHeard = listens && other != hearer && other.Room == hearer.Room && other.Party.Talks
                && other.Member is { IsMuted: false, IsAway: false } && (other.Member.WhispersTo?.Contains(hearer.Party.Port) ?? true);
            Check(hearer, other.Party.Hertz, isHeard);
        }
        Check(hearer, Music, listens && _plays[Array.IndexOf(_rooms, hearer.Room)]);
        Check(hearer, Music + 200, hearer.IsPlayedTo);
        Assert.Equal(20, hearer.Party.Payloads.Count);
    }

    private void Check(Guest hearer, double hertz, bool isHeard)
    {
        double level = hearer.Party.LevelOf(hertz);
        Assert.True(isHeard ? level > Loud : level < Quiet,
            $"{hearer.Party.Hertz} hears {hertz} with {level:F0}, which it should{(isHeard ? "" : " not")}: {string.Join("; ", _done)}");
    }
}

using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class SupervisionInFairWeather() : SupervisionScenarios(Weather.Fair);

public sealed class SupervisionInFoulWeather() : SupervisionScenarios(Weather.Foul);

/// <summary>
/// Calls of two are listened in on: supervisors come, change who hears them, and go; whom they supervise is bridged to others, and hangs
/// up. Calls, bridges and their rooms live on any shard.
/// </summary>
public abstract class SupervisionScenarios(Weather weather) : Scenario(weather)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.2);
    private static readonly SupervisorRole[] Roles = [SupervisorRole.Barge, SupervisorRole.Monitor, SupervisorRole.Whisper];

    /// <summary>What the contract says of one call; it shares nothing with the switch.</summary>
    private sealed class Party(SimPhone phone)
    {
        public SimPhone Phone => phone;
        public Party? Partner { get; set; }
        public bool Parks { get; set; }
        /// <summary>Whom it supervises.</summary>
        public Party? Of { get; set; }
        public SupervisorRole Role { get; set; }
        public bool IsGone { get; set; }

        public bool Hears(Party other)
        {
            if (other == this || IsGone || other.IsGone) return false;
            if (Of is { Partner: { } partner } of && (other == of || other == partner)) return true;
            if (Partner == other) return true;
            // One who supervises is heard by those who are on that call, as his role says.
            if (other.Of is not { Partner: { } second } first) return false;
            bool isOfThem = this == first || this == second, listens = Of is { Partner: not null } && (Of == first || Of == second);
            return other.Role switch
            {
                SupervisorRole.Barge => isOfThem || listens,
                SupervisorRole.Whisper => this == first,
                _ => false,
            };
        }
    }

    [Theory, Seeds(30)]
    public void Each_hears_exactly_those_whom_the_roles_say(ulong seed)
    {
        var (world, phones) = Begin(seed);
        List<Party> parties = [.. phones[..3].Select(phone => new Party(phone))];
        List<string> done = [];
        Bridge(world, parties, parties[0], parties[1], parks: false);
        for (int step = 0; step < 10; step++)
        {
            Act(world, phones, parties, done);
            if (world.Rng.Chance(0.4)) Act(world, phones, parties, done);
            world.RunFor(Settling);
            if (IsFair) Judge(parties, done);
        }
        Finish(world);
    }

    [Theory, Seeds(40)]
    public void Whatever_they_do_at_once_each_call_ends_once_and_no_room_is_left(ulong seed)
    {
        var (world, phones) = Begin(seed);
        Disturb(world, phones, seconds: 6);
        world.RunFor(TimeSpan.FromSeconds(8));
        Finish(world);
    }

    [Theory, Seeds(40)]
    public void Killed_at_any_moment_each_call_ends_once(ulong seed)
    {
        var (world, phones) = Begin(seed);
        world.MayLoseByes = true;
        Disturb(world, phones, seconds: 4);
        world.RunFor(world.Between(0, 4));
        world.Crash(world.Between(0.1, 1));
        world.RunFor(TimeSpan.FromSeconds(20));
        Finish(world);
    }

    [Theory, Seeds(30)]
    [Failure("media-killed")]
    public void When_media_dies_all_of_them_end_and_the_next_ones_are_supervised(ulong seed)
    {
        var (world, phones) = Begin(seed);
        Disturb(world, phones, seconds: 3);
        world.RunFor(world.Between(0, 3));
        world.KillMedia(world.Rng.Chance(0.3) ? world.Between(0, 6) : default, world.Between(0, 1), world.Between(0.05, 3));
        world.RunFor(TimeSpan.FromSeconds(30));
        foreach (var phone in phones) phone.Hangup();
        world.RunFor(TimeSpan.FromSeconds(5));
        foreach (var phone in phones[..3]) phone.Dial(Ours);
        world.RunFor(TimeSpan.FromSeconds(1));
        if (IsFair)
        {
            List<Party> parties = [.. phones[..3].Select(phone => new Party(phone))];
            Bridge(world, parties, parties[0], parties[1], parks: false);
            Supervise(world, parties, phones[3], parties[0], Roles[seed % 3]);
            world.RunFor(Settling);
            Judge(parties, ["media died"]);
        }
        Finish(world);
    }

    /// <summary>Three call; three more can be called to supervise.</summary>
    private (SimWorld World, SimPhone[] Phones) Begin(ulong seed)
    {
        var world = World(seed);
        world.Customer("telnyx").On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); });
        var phones = Enumerable.Range(0, 6).Select(i => world.Phone($"+49301230003{i}")).ToArray();
        for (int i = 0; i < phones.Length; i++) (phones[i].Tone, phones[i].AnswersAfter) = (400 + 200 * i, world.Between(0.05, 0.4));
        foreach (var phone in phones[..3]) phone.Dial(Ours);
        if (IsFair) world.RunUntil(() => phones[..3].All(phone => phone.IsEstablished && CallOf(world, phone) is not null));
        else world.RunFor(TimeSpan.FromSeconds(2));
        if (world.Rng.Chance(0.3)) phones[0].Switch("G722");
        return (world, phones);
    }

    private static SimWebhook? CallOf(SimWorld world, SimPhone phone) => world.Events.FindLast(e => e.Name is "call.initiated"
        && (e["from"] == phone.Number || e["to"] == phone.Number));

    private void Act(SimWorld world, SimPhone[] phones, List<Party> parties, List<string> done)
    {
        var rng = world.Rng;
        Party[] live = [.. parties.Where(p => !p.IsGone && CallOf(world, p.Phone) is not null)];
        var idle = phones.Where(phone => phone.IsIdle).ToArray();
        var party = live.Length > 0 ? live[rng.Next(live.Length)] : null;
        int act = rng.Next(10);
        if (party is null || act is 0)
        {
            if (idle.Length == 0) return;
            var phone = idle[rng.Next(idle.Length)];
            done.Add($"{phone.Tone} calls");
            parties.RemoveAll(p => p.Phone == phone);
            parties.Add(new(phone));
            phone.Dial(Ours);
            Await(world, () => phone.IsEstablished);
            world.RunFor(TimeSpan.FromMilliseconds(200));
        }
        else if (act is 1 or 2 or 3 or 4)
        {
            var role = Roles[rng.Next(3)];
            if (party.Of is not null || idle.Length == 0) return;
            var supervisor = idle[rng.Next(idle.Length)];
            done.Add($"{supervisor.Tone} supervises {party.Phone.Tone} as {role}");
            Supervise(world, parties, supervisor, party, role);
        }
        else if (act is 5 or 6)
        {
            party.Role = Roles[rng.Next(3)];
            done.Add($"{party.Phone.Tone} is {party.Role}");
            world.Api.SwitchRole(CallOf(world, party.Phone)!, party.Role.ToString().ToLowerInvariant());     // it is live
            world.RunFor(TimeSpan.FromMilliseconds(100));
            if (IsFair) Assert.Equal(party.Of is null ? "10015" : null, world.Replies[^1].Code);
        }
        else if (act is 7)
        {
            done.Add($"{party.Phone.Tone} hangs up");
            HangUp(parties, party);
            if (rng.Chance(0.5)) party.Phone.Hangup();
            else world.Api.Hangup(CallOf(world, party.Phone)!);     // it is live
            world.RunFor(TimeSpan.FromMilliseconds(300));
        }
        else
        {
            var other = live[rng.Next(live.Length)];
            if (other == party || other == party.Partner) return;
            bool parks = rng.Chance(0.5);
            done.Add($"{party.Phone.Tone} is bridged to {other.Phone.Tone}{(parks ? " and parks" : "")}");
            Bridge(world, parties, party, other, parks);
        }
    }

    private void Supervise(SimWorld world, List<Party> parties, SimPhone supervisor, Party of, SupervisorRole role)
    {
        parties.RemoveAll(p => p.Phone == supervisor);
        parties.Add(new(supervisor) { Of = of, Role = role });
        var leg = CallOf(world, of.Phone)!.Leg;     // it is live
        world.Api.DialWith(supervisor.Number, Ours, request => request with { Supervises = new(leg, role) });
        Await(world, () => supervisor.IsEstablished);
        world.RunFor(TimeSpan.FromMilliseconds(100));
    }

    /// <summary>Who is bridged supervises nobody any more; those whom the two leave alone are hung up, or stay.</summary>
    private void Bridge(SimWorld world, List<Party> parties, Party commanded, Party other, bool parks)
    {
        if (CallOf(world, commanded.Phone) is not { } one || CallOf(world, other.Phone) is not { } two) return;
        (commanded.Of, other.Of) = (null, null);
        Unbridge(parties, commanded);
        Unbridge(parties, other);
        (commanded.Partner, other.Partner, commanded.Parks, other.Parks) = (other, commanded, parks, false);
        world.Api.Bridge(one, two, parks ? [("park_after_unbridge", "self")] : []);
        world.RunFor(TimeSpan.FromMilliseconds(300));
    }

    private static void Unbridge(List<Party> parties, Party party)
    {
        if (party.Partner is not { } partner) return;
        party.Partner = partner.Partner = null;
        if (!partner.Parks) HangUp(parties, partner);
    }

    private static void HangUp(List<Party> parties, Party party)
    {
        if (party.IsGone) return;
        party.IsGone = true;
        Unbridge(parties, party);
        foreach (var supervisor in parties.Where(p => p.Of == party).ToArray()) HangUp(parties, supervisor);
    }

    private void Await(SimWorld world, Func<bool> condition)
    {
        if (IsFair) world.RunUntil(condition, withinSeconds: 20);
        else world.RunFor(TimeSpan.FromMilliseconds(400));
    }

    private static void Judge(List<Party> parties, List<string> done)
    {
        string after = string.Join("; ", done);
        foreach (var hearer in parties)
        {
            Assert.True(hearer.IsGone ? hearer.Phone.IsIdle : hearer.Phone.IsEstablished,
                $"{hearer.Phone.Tone} is {(hearer.IsGone ? "still there" : "gone")} after: {after}");
            if (hearer.IsGone) continue;
            foreach (var other in parties)
            {
                double level = hearer.Phone.LevelOf(other.Phone.Tone!.Value);       // all have one
                Assert.True(other.IsGone || SimPhone.IsAs(hearer.Hears(other), level), $"{hearer.Phone.Tone} hears {other.Phone.Tone} with "
                    + $"{level:F0}, which it should{(hearer.Hears(other) ? "" : " not")}, after: {after}");
            }
        }
    }

    /// <summary>Without waiting for anything.</summary>
    private static void Disturb(SimWorld world, SimPhone[] phones, double seconds)
    {
        var rng = world.Rng;
        world.After(TimeSpan.Zero, () => Bridge(0, 1));
        for (int i = 0; i < 40; i++) world.After(world.Between(0.05, seconds), Act);

        void Bridge(int one, int two)
        {
            if (one != two && CallOf(world, phones[one]) is { } first && CallOf(world, phones[two]) is { } second)
                world.Api.Bridge(first, second, rng.Chance(0.3) ? [("park_after_unbridge", "self")] : []);
        }

        void Act()
        {
            var phone = phones[rng.Next(phones.Length)];
            int act = rng.Next(12);
            if (act is 0 && phone.IsIdle) phone.Dial(Ours);
            else if (phone.IsIdle || act is 1 or 2)
            {
                if (CallOf(world, phones[rng.Next(phones.Length)]) is { Leg: var of })
                    world.Api.DialWith(phone.Number, Ours, request => request with { Supervises = new(of, Roles[rng.Next(3)]) });
            }
            else if (act is 3) phone.Hangup();
            else if (CallOf(world, phone) is not { } call) return;
            else if (act is 4) world.Api.Hangup(call);
            else if (act is 5) world.Api.Transfer(call, phones[rng.Next(phones.Length)].Number);
            else if (act is 6) world.Api.Enqueue(call, "support", ("max_wait_time_secs", 1));
            else if (act is 7 or 8 && world.MayLoseByes) return;        // a phone that holds would wait for a lost BYE for ever
            else if (act is 7) phone.Hold();
            else if (act is 8) phone.Resume();
            else if (act is 9) Bridge(rng.Next(phones.Length), rng.Next(phones.Length));
            else world.Api.SwitchRole(call, Roles[rng.Next(3)].ToString().ToLowerInvariant());
        }
    }

    private static void Finish(SimWorld world)
    {
        world.RunFor(TimeSpan.FromSeconds(5));
        world.Node.Stop(HangupCause.NodeShutdown);
        world.AssertNothingLeft();
        foreach (var leg in Told<CallEvent.LegInitiated>(world))
            Assert.Single(Told<CallEvent.LegEnded>(world), e => e.Leg.Id == leg.Leg.Id);
    }
}

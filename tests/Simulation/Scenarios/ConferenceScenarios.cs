using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class ConferencesInFairWeather() : ConferenceScenarios(Weather.Fair);

public sealed class ConferencesInFoulWeather() : ConferenceScenarios(Weather.Foul);

/// <summary>
/// Calls make conferences, join and leave them, are muted, held and supervised, hang up, and are bridged elsewhere. Calls and conferences
/// live on any shard. In fair weather each party hears exactly whom it should, by frequency.
/// </summary>
public abstract class ConferenceScenarios(Weather weather) : Scenario(weather)
{
    private const int Parties = 6;

    /// <summary>Gates have closed, filters have forgotten, and an ear is full of what is heard now.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.2);

    [Theory, Seeds(30)]
    public void Each_hears_exactly_those_whom_the_contract_says(ulong seed)
    {
        var world = World(seed);
        var customer = new ConferenceCustomer(world);
        customer.Begin();
        for (int step = 0; step < 12; step++)
        {
            for (int i = world.Rng.Next(3); i >= 0; i--) customer.Act();
            world.RunFor(Settling);
            if (IsFair) customer.Judge();
        }
        Finish(world);
    }

    [Theory, Seeds(40)]
    public void Whatever_they_do_at_once_the_ledger_says_who_hears_whom(ulong seed)
    {
        var world = World(seed);
        var phones = Crowd(world, seconds: 6);
        world.RunFor(TimeSpan.FromSeconds(10));
        if (IsFair) Judge(world, phones);
        Finish(world);
    }

    [Theory, Seeds(60)]
    public void Killed_at_any_moment_each_conference_and_each_call_ends_once(ulong seed)
    {
        var world = World(seed);
        world.MayLoseByes = true;
        Crowd(world, seconds: 4);
        world.RunFor(world.Between(0.3, 4));
        world.Crash(world.Between(0.1, 1));
        world.RunFor(TimeSpan.FromSeconds(20));
        Finish(world);
    }

    [Theory, Seeds(40)]
    [Failure("media-killed")]
    public void When_media_dies_every_conference_ends_with_its_calls_and_the_next_one_works(ulong seed)
    {
        var world = World(seed);
        var phones = Crowd(world, seconds: 3);
        world.RunFor(world.Between(0.3, 3));
        bool hangs = world.Rng.Chance(0.3);
        world.KillMedia(hangs ? world.Between(0, 6) : default, world.Between(0, 1), world.Between(0.05, 3));
        world.RunFor(TimeSpan.FromSeconds(30));
        foreach (var phone in phones) phone.Hangup();
        world.RunFor(TimeSpan.FromSeconds(5));
        int begun = world.Ledger.Conferences.OfType<ConferenceEvent.ConferenceBegan>().Count();
        Call(phones[0]);
        Call(phones[1]);
        world.RunFor(TimeSpan.FromSeconds(1));
        if (IsFair)
        {
            world.Conferences.Create(LastCall(world, phones[0])!, "afterwards");
            world.RunFor(TimeSpan.FromMilliseconds(200));
            world.Conferences.Join(LastCall(world, phones[1])!, "afterwards");
            world.RunFor(Settling);
            Assert.Equal(begun + 1, world.Ledger.Conferences.OfType<ConferenceEvent.ConferenceBegan>().Count());
            Judge(world, phones);
        }
        Finish(world);
    }

    [Theory, Seeds(20)]
    public void A_ledger_that_refuses_conferences_keeps_their_calls_out_and_up(ulong seed)
    {
        var world = World(seed);
        world.Ledger.RefusesConferences = true;
        Crowd(world, seconds: 3);
        world.RunFor(TimeSpan.FromSeconds(4));
        Assert.Empty(world.Ledger.Conferences);
        Assert.DoesNotContain(world.Replies, reply => reply is { Command: nameof(LegCommand.CreateConference), Code: null });
        Finish(world);
    }

    /// <summary>Calls come and go, and their customer commands them without waiting for anything.</summary>
    private static SimPhone[] Crowd(SimWorld world, double seconds)
    {
        world.Customer("telnyx").On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); });
        var phones = Enumerable.Range(0, Parties).Select(i => world.Phone($"+49301230002{i}")).ToArray();
        for (int i = 0; i < phones.Length; i++)
        {
            var phone = phones[i];
            (phone.Tone, phone.AnswersAfter) = (400 + 200 * i, world.Between(0.05, 0.4));
            if (i > 0) world.After(world.Between(0, seconds / 6), () => Call(phone));
        }
        for (int i = 0; i < 60; i++) world.After(world.Between(0.2, seconds), () => Act(world, phones));
        return phones;
    }

    private static void Call(SimPhone phone)
    {
        if (phone.IsIdle) phone.Dial(Ours);
    }

    private static void Act(SimWorld world, SimPhone[] phones)
    {
        var (rng, conferences) = (world.Rng, world.Conferences);
        string name = rng.Chance(0.6) ? "board" : "sales";
        var phone = phones[rng.Next(phones.Length)];
        if (phone.IsIdle)
        {
            if (rng.Chance(0.5)) phone.Dial(Ours);
            else conferences.Dial(phone.Number, Ours, name, new() { IsMuted = rng.Chance(0.2) });
            return;
        }
        if (LastCall(world, phone) is not { } call) return;
        var others = phones.Select(p => LastCall(world, p)).OfType<SimWebhook>().Select(c => c.Leg).ToArray();
        LegId[] some = [.. Enumerable.Range(0, rng.Next(3)).Select(_ => others[rng.Next(others.Length)])];
        switch (rng.Next(18))
        {
            case 0 or 1:
                conferences.Create(call, name, new() { MaxParticipants = 2 + rng.Next(5), Beeps = (ConferenceBeeps)rng.Next(4) });
                break;
            case >= 2 and <= 6:
                bool whispers = rng.Chance(0.2);
                conferences.Join(call, name, new()
                {
                    IsMuted = rng.Chance(0.2), IsOnHold = rng.Chance(0.1), EndsConference = rng.Chance(0.05), EndsSoftly = rng.Chance(0.05),
                    Role = whispers ? SupervisorRole.Whisper : (SupervisorRole)rng.Next(3), WhispersTo = whispers ? some : [],
                });
                break;
            case 7:
                conferences.Command(name, new ConferenceCommand.Leave(call.Leg));
                break;
            case 8:
                conferences.Command(name, new ConferenceCommand.Hold(some, rng.Chance(0.5) ? SimPrompts.ToneOf(3_000) : null));
                break;
            case 9:
                conferences.Command(name, new ConferenceCommand.Unhold(some));
                break;
            case 10:
                conferences.Command(name, new ConferenceCommand.Mute(some, rng.Chance(0.5)));
                break;
            case 11:
                conferences.Command(name, new ConferenceCommand.Supervise(call.Leg, (SupervisorRole)rng.Next(4), []));
                break;
            case 12:
                conferences.Command(name, new ConferenceCommand.Play(some, SimPrompts.ToneOf(3_000), 1 + rng.Next(3)));
                break;
            case 13:
                conferences.Command(name, rng.Chance(0.5) ? new ConferenceCommand.StopAudio(some)
                    : new ConferenceCommand.Speak(some, new("a word", "female", null, false)));
                break;
            case 14:
                conferences.Command(name, rng.Chance(0.5) ? new ConferenceCommand.RecordStop(null)
                    : new ConferenceCommand.RecordStart(new() { Id = new Guid(rng.Next(int.MaxValue), 0, 7, new byte[8]) }));
                break;
            case 15:
                phone.Hangup();
                break;
            case 16 when rng.Chance(0.5):
                world.Api.Hangup(call);
                break;
            case 16:
                world.Api.Enqueue(call, "support", ("max_wait_time_secs", 1));
                break;
            default:
                if (LastCall(world, phones[rng.Next(phones.Length)]) is { } other && other.Leg != call.Leg) world.Api.Bridge(call, other);
                break;
        }
    }

    private static SimWebhook? LastCall(SimWorld world, SimPhone phone) => world.Events.FindLast(e => e.Name is "call.initiated"
        && (e["from"] == phone.Number || e["to"] == phone.Number));

    /// <summary>Not one that found the phone busy.</summary>
    private static SimWebhook? LiveCall(SimWorld world, SimPhone phone) => world.Events.FindLast(e => e.Name is "call.initiated"
        && (e["from"] == phone.Number || e["to"] == phone.Number)
        && !world.Events.Exists(end => end.Leg == e.Leg && end.Name is "call.hangup"));

    /// <summary>By what is told of each conference alone.</summary>
    private static void Judge(SimWorld world, SimPhone[] phones)
    {
        Dictionary<Guid, (LegId Leg, ConferenceId In, Participation As)> there = [];
        foreach (var happened in world.Ledger.Conferences)
        {
            if (happened is ConferenceEvent.ParticipantJoined joined)
                there.Add(joined.Participant, (joined.Who.Leg, joined.Conference.Id, joined.As));
            else if (happened is ConferenceEvent.ParticipantChanged changed)
                there[changed.Participant] = there[changed.Participant] with { As = changed.As };
            else if (happened is ConferenceEvent.ParticipantLeft left) there.Remove(left.Participant);
        }
        Assert.Equal(there.Values.Select(one => one.Leg).Distinct().Count(), there.Count);
        foreach (var hearer in phones.Where(phone => phone.IsEstablished))
        {
            if (there.Values.FirstOrDefault(one => one.Leg == LiveCall(world, hearer)?.Leg) is not { As: { } own } me) continue;
            foreach (var other in phones.Where(phone => phone.Tone is not null))
            {
                var said = there.Values.FirstOrDefault(one => one.Leg == LiveCall(world, other)?.Leg);
                bool isHeard = other != hearer && other.IsEstablished && said.As is { IsMuted: false, IsOnHold: false } how
                    && said.In == me.In && !own.IsOnHold && how.Role is not SupervisorRole.Monitor
                    && (how.Role is not SupervisorRole.Whisper || how.WhispersTo.Contains(me.Leg));
                double level = hearer.LevelOf(other.Tone!.Value);       // those that have one
                Assert.True(SimPhone.IsAs(isHeard, level), $"{hearer.Tone} hears {other.Tone} with {level:F0}, which it should"
                    + $"{(isHeard ? "" : " not")}: {string.Join(' ', there.Values)}");
            }
        }
    }

    private static void Finish(SimWorld world)
    {
        world.RunFor(TimeSpan.FromSeconds(5));
        world.Node.Stop(HangupCause.NodeShutdown);
        world.AssertNothingLeft();
        foreach (var conference in world.Ledger.Conferences.GroupBy(e => e.Conference.Id))
        {
            Assert.Single(conference.OfType<ConferenceEvent.ConferenceBegan>());
            Assert.Single(conference.OfType<ConferenceEvent.ConferenceEnded>());
            Assert.Equal(conference.OfType<ConferenceEvent.ParticipantJoined>().Select(e => e.Participant).Order(),
                conference.OfType<ConferenceEvent.ParticipantLeft>().Select(e => e.Participant).Order());
        }
        foreach (var leg in Told<CallEvent.LegInitiated>(world))
            Assert.Single(Told<CallEvent.LegEnded>(world), e => e.Leg.Id == leg.Leg.Id);
    }
}

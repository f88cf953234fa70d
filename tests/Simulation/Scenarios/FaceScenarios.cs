using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Pure.Calls;
using Ringwright.Testing;

namespace Ringwright.Simulation;

/// <summary>
/// Calls of every kind, in fair weather and foul, and through crashes: what each API says of a call is what was written down by hand of
/// such an end, and all of them agree on who called whom, when, and how long they talked.
/// </summary>
public sealed class FaceScenarios() : Scenario(Weather.Fair)
{
    private const int Calls = 4;
    private const string Third = "+493012300007", Beyond = "+2348012345678", Mailed = "+4989457", FromWire = "wire or ";

    private static readonly int[] Refusals = [486, 603, 404, 480, 488, 500];

    /// <summary>What becomes of a call: first of calls in, then of calls out.</summary>
    private enum Kind
    {
        Talks, IsRejected, IsTurnedAway, GivesUp, LeavesMessage, IsTransferred, Waits, Confers,
        Answers, Refuses, Rings, IsCancelled, Forks, IsDetected, IsLimited, Vanishes, IsAway, IsBlocked,
    }

    private static readonly Kind[] Kinds = Enum.GetValues<Kind>();

    [Theory, Seeds(2_000, Gate = 100)]
    public void Whatever_becomes_of_a_call_all_APIs_say_the_same_of_it(ulong seed)
    {
        var world = Play(seed);
        foreach (var call in FacesOf(world)) Agree(call);
        // What is refused before it is dialled is no call of any API.
        Assert.DoesNotContain(Told<CallEvent.LegInitiated>(world), e => e.Leg.To == Beyond);
    }

    [Fact, Depth("the gate has the calls of a hundred seeds; other scenarios bring about each of these ends by itself")]
    public void The_calls_end_in_every_way_that_people_a_customer_and_a_crash_bring_about()
    {
        HangupCause[] ways =
        [
            HangupCause.RemoteHangup, HangupCause.ApiHangup, HangupCause.ApiCancel, HangupCause.PartnerHangup, HangupCause.CallerCancel,
            HangupCause.ApiReject, HangupCause.ApiRejectBusy, HangupCause.CalleeBusy, HangupCause.CalleeDeclined, HangupCause.NotFound,
            HangupCause.RingTimeout, HangupCause.RemoteTimeout, HangupCause.TimeLimit, HangupCause.MediaMismatch,
            HangupCause.RemoteFailure, HangupCause.RtpTimeout, HangupCause.NodeRestart,
        ];
        var seen = new HashSet<HangupCause>();
        int messages = 0;
        for (ulong seed = 1; seed <= 300; seed++)
        {
            var calls = FacesOf(Play(seed));
            seen.UnionWith(calls.Select(call => call.End.Cause));
            messages += calls.Count(call => call is { End.IsAnswered: true, Ended.Leg.Application.Kind: ApplicationKind.Voicemail });
        }
        Assert.Empty(ways.Except(seen));
        Assert.True(messages > 0, "nobody has left a message");
    }

    private static List<SimFaces> FacesOf(SimWorld world) =>
    [
        .. world.Ledger.Committed.GroupBy(e => e.Leg.Id).Select(leg => new SimFaces([.. leg], world.Anchor,
            world.Events.Single(e => e.Leg == leg.Key && e.Name is "call.hangup"))),
    ];

    private static void Agree(SimFaces call)
    {
        foreach (var (column, word) in call.Words)
            Assert.Equal($"{column} of {call.End}: {Expected(column, call.Ended)}", $"{column} of {call.End}: {word}");
        Assert.Equal(call.End.IsAnswered, call.Leg.AnsweredAt is not null);
        (string?, string?) who = (PartyAlias.Of(call.Leg.From), PartyAlias.Of(call.Leg.To));
        long? started = call.Leg.StartedAt.ToUnixTimeMilliseconds(), answered = call.Leg.AnsweredAt?.ToUnixTimeMilliseconds(),
            ended = call.Leg.EndedAt?.ToUnixTimeMilliseconds();
        int? talked = (int)Math.Ceiling(((call.Leg.EndedAt - call.Leg.AnsweredAt) ?? default).TotalSeconds);
        Assert.All(call.Parties, parties => Assert.Equal(who, parties));
        Assert.All(call.Starts, at => Assert.Equal(started, at));
        Assert.All(call.Answers, at => Assert.Equal(answered, at));
        Assert.All(call.Ends, at => Assert.Equal(ended, at));
        Assert.Equal(call.Leg.StartedAt.ToUnixTimeSeconds(), call.StartSecond);
        Assert.Equal((call.Leg.AnsweredAt ?? call.Leg.StartedAt).ToUnixTimeSeconds(), call.AnswerSecond);
        Assert.All(call.EndSeconds, at => Assert.Equal(call.Leg.EndedAt?.ToUnixTimeSeconds(), at));
        Assert.All(call.TalkSeconds, seconds => Assert.Equal(talked, seconds));
    }

    /// <summary>By hand; where the wire has a word in it, what the far end said.</summary>
    private static string Expected(string column, CallEvent.LegEnded ended)
    {
        string word = FaceOracle.Of(column, new(ended));
        return !word.StartsWith(FromWire, StringComparison.Ordinal) ? word
            : ended.SipStatus?.ToString(CultureInfo.InvariantCulture) ?? word[FromWire.Length..];
    }

    /// <summary>A few calls beside one another, until nothing is left of them.</summary>
    private SimWorld Play(ulong seed)
    {
        var world = World(seed);
        if (seed % 4 == 0) world.Weather = Weather.Foul;
        world.Mailboxes.Open(Mailed);
        var kinds = new Dictionary<string, Kind>();
        var legs = new Dictionary<LegId, Kind>();
        world.Customer("telnyx").On("call.initiated", OnInitiated).On("call.answered", OnAnswered);
        var third = world.Phone(Third);
        third.AnswersAfter = world.Between(0.1, 1);
        third.HangsUpAfter = world.Between(1, 4);
        var phones = new List<SimPhone> { third };
        for (int i = 0; i < Calls; i++)
        {
            var kind = Kinds[world.Rng.Next(Kinds.Length)];
            string number = $"+49301230001{i}";
            kinds[number] = kind;
            phones.AddRange(kind <= Kind.Confers ? Caller(world, kind, number) : Callees(world, kind, number));
        }
        if (world.Rng.Chance(0.15))
        {
            world.MayLoseByes = true;
            world.RunFor(world.Between(0, 6));
            world.Crash(world.Between(0.1, 2));
            world.RunFor(TimeSpan.FromSeconds(40));
            foreach (var phone in phones) phone.Hangup();
        }
        world.AssertNothingLeft();
        return world;

        void OnInitiated(SimWebhook call, SimApi api)
        {
            bool isIn = call["direction"] is "incoming";
            var kind = legs[call.Leg] = kinds.GetValueOrDefault((isIn ? call["from"] : call["to"]) ?? "", Kind.Answers);
            if (kind is Kind.IsRejected) api.Reject(call);
            else if (kind is Kind.IsTurnedAway) api.Reject(call, "USER_BUSY");
            else if (kind is Kind.IsCancelled) world.After(world.Between(0.1, 1), () => api.Hangup(call));
            // Nobody takes the call of whoever leaves a message, until voicemail does.
            else if (isIn && kind is not (Kind.GivesUp or Kind.LeavesMessage)) world.After(world.Between(0, 1), () => api.Answer(call));
        }

        void OnAnswered(SimWebhook call, SimApi api)
        {
            var kind = legs.GetValueOrDefault(call.Leg, Kind.Answers);
            if (kind is Kind.IsTransferred) api.Transfer(call, Third);
            else if (kind is Kind.Waits) api.Enqueue(call, "support", ("max_wait_time_secs", 1));
            else if (kind is Kind.Confers) world.Conferences.Create(call, $"room {call["from"]}");
            else if (kind is Kind.IsDetected || kind is Kind.Talks && world.Rng.Chance(0.5))
                world.After(world.Between(0.5, 4), () => api.Hangup(call));
        }
    }

    /// <summary>Whoever has not been hung up on hangs up after a while.</summary>
    private static SimPhone[] Caller(SimWorld world, Kind kind, string number)
    {
        var phone = world.Phone(number);
        if (kind is Kind.GivesUp) phone.GivesUpAfter = world.Between(1, 4);
        else phone.GivesUpAfter = TimeSpan.FromSeconds(kind is Kind.LeavesMessage ? 60 : 20);
        phone.HangsUpAfter = world.Between(3, 8);
        world.After(world.Between(0, 1), () => phone.Dial(kind is Kind.LeavesMessage ? Mailed : Ours));
        return [phone];
    }

    private static SimPhone[] Callees(SimWorld world, Kind kind, string number)
    {
        var api = world.Api;
        if (kind is Kind.IsBlocked)
        {
            world.After(world.Between(0, 1), () => api.Dial(Beyond, Ours));
            return [];
        }
        SimPhone[] phones = kind is Kind.Forks ? [world.Place("a" + number[^1]), world.Place("b" + number[^1])] : [world.Phone(number)];
        if (kind is Kind.Forks) world.Fork(number, phones);
        foreach (var phone in phones)
        {
            if (kind is not (Kind.Rings or Kind.IsCancelled)) phone.AnswersAfter = world.Between(0.1, 2);
            if (kind is Kind.Refuses) phone.RefusesWith = Refusals[world.Rng.Next(Refusals.Length)];
            if (kind is Kind.Answers or Kind.Forks) phone.HangsUpAfter = world.Between(0, 4);
            if (kind is Kind.IsAway) phone.Vanish();
            if (kind is Kind.Vanishes) world.After(world.Between(4, 6), phone.Vanish);
        }
        world.After(world.Between(0, 1), () => api.Dial(number, Ours, ringSeconds: 5, limitSeconds: kind is Kind.IsLimited ? 30 : 600,
            machineDetection: kind is Kind.IsDetected ? "detect" : "disabled"));
        return phones;
    }
}

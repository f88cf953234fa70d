using System.Collections.Concurrent;
using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Delivery;
using Ringwright.Store;
using Ringwright.Store.Forwarding;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Commands between two nodes of one PostgreSQL.</summary>
public sealed class CommandForwarderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly IReadOnlyList<LegCommand> OneOfEach =
    [
        new LegCommand.Answer
        {
            PreferredCodecs = ["PCMA"], Headers = [new("X-One", "ü")], Record = Plan, CommandId = "c1", Labels = Labels.Of(("a", "b")),
            Agent = new(Plan.Id) { IsFromAnswer = true }, Echoes = true,
        },
        new LegCommand.Reject(IsBusy: true) { Status = 480 },
        new LegCommand.Hangup { Cause = HangupCause.ApiHangup, Evidence = "so", Headers = [new("X-Two", "2")] },
        new LegCommand.Play
        {
            Source = new PromptSource.Content(new byte[] { 1, 2, 255 }), Loops = 0, Stop = StopWhat.All, IsReported = false
        },
        new LegCommand.Speak { Speech = new("Hello", "female", "en-US", IsSsml: true), Loops = 3 },
        new LegCommand.StopPlayback(StopWhat.Current),
        new LegCommand.PausePlayback(IsOn: true),
        new LegCommand.Gather
        {
            Prompt = new PromptSource.Url("http://192.0.2.1/a.wav") { IsCached = false }, InvalidPrompt = new PromptSource.Stored("no"),
            MorePrompts = [new PromptSource.Stored("and"), new PromptSource.Recording(Plan.Id)], MaximumTries = 4,
            TotalTimeout = TimeSpan.FromSeconds(7.5), GatherId = "g",
            Speech = new(new("de-AT", TapTracks.Said) { Recogniser = "openai", HasInterim = true, Hints = ["grüß Gott"] })
            {
                TakesDigits = false, EndSilence = TimeSpan.FromSeconds(1.5), LongestSpeech = TimeSpan.FromSeconds(30),
                InterruptsPrompt = false
            },
        },
        new LegCommand.StopGather(),
        new LegCommand.SendDigits("12w#", 100),
        new LegCommand.SendInfo("application/x", "body"),
        new LegCommand.Note(NoteKind.Warning, "no such verb"),
        new LegCommand.Enqueue("support")
        {
            MaxSize = 5, MostWaiting = 3, MaxWait = TimeSpan.FromSeconds(7.5), ParksAfterUnbridge = true, CommandId = "in"
        },
        new LegCommand.LeaveQueue { CommandId = "out" },
        new LegCommand.Park { Labels = Labels.Of(("x", "y")) },
        new LegCommand.CreateConference(Guid.Parse("33333333-3333-3333-3333-333333333333"), "board")
        {
            Terms = new() { MaxParticipants = 3, Length = TimeSpan.FromMinutes(5), HoldAudio = new PromptSource.Stored("music") },
            As = new() { EndsConference = true, Role = SupervisorRole.Monitor }, Beeps = ConferenceBeeps.Always, JoinsExisting = true,
        },
        new LegCommand.JoinConference(new(9)) { HoldAudio = new PromptSource.Url("http://a/b.wav"), Starts = true },
        new LegCommand.SwitchSupervisorRole(SupervisorRole.Whisper),
        new LegCommand.ChangeEntry
        {
            IsMuted = true, IsOnHold = false, EndsSoftly = true, Role = SupervisorRole.Whisper, WhispersTo = [new(7)],
            HoldAudio = new PromptSource.Stored("music"),
        },
        new LegCommand.BridgeQueue("support", new LegCommand.Bridge(default) { ParksAfterUnbridge = true, Mute = DigitMute.Both })
        {
            CommandId = "take"
        },
        new LegCommand.Refer("sip:a@b") { Headers = [new("X-Three", "3")], AuthUser = "u", AuthPassword = "not-to-be-read" },
        new LegCommand.AnswerReferral(503),
        new LegCommand.JoinConference(new(9))
        {
            HoldAudio = new PromptSource.Sequence([new PromptSource.Content(new byte[] { 7 }), new PromptSource.Stored("music")])
            {
                RepeatsFrom = 1,
            },
        },
        new LegCommand.LimitTime(TimeSpan.FromSeconds(90)) { Labels = Labels.Of(("x", "y")) },
        new LegCommand.SetLabels { Labels = Labels.Of(("x", "y")) },
        new LegCommand.Hold(IsOn: true),
        new LegCommand.Echo(IsOn: false),
        new LegCommand.SuppressNoise(IsOfSaid: true, IsOfHeard: false),
        new LegCommand.Degrade(new(0.25, TimeSpan.FromMilliseconds(30), ulong.MaxValue)),
        new LegCommand.WatchVoice(TimeSpan.FromSeconds(1)),
        new LegCommand.DetectMachine(new(MachineMode.GreetingEnd) { MaximumWords = 3 }) { KeepsSounds = true },
        new LegCommand.DetectMachine(new(MachineMode.Classify) { PromptEnd = TimeSpan.FromSeconds(4) }),
        new LegCommand.Bridge(new(UInt128.MaxValue - 5))
        {
            ParksAfterUnbridge = true, Mute = DigitMute.Opposite, Ringback = new(440, 480, [1, 2]), Record = Plan,
        },
        new LegCommand.RecordStart(Plan),
        new LegCommand.RecordPause(null),
        new LegCommand.RecordPause(Plan.Id) { IsSilent = true },
        new LegCommand.RecordResume(Plan.Id),
        new LegCommand.RecordStop(Plan.Id),
        new LegCommand.StartStream(Streamed),
        new LegCommand.StopStream(Plan.Id),
        new LegCommand.StartTranscription(new("de-AT", TapTracks.Said | TapTracks.Heard)
        {
            Recogniser = "deepgram", Model = "nova-3", HasInterim = true, Hints = ["Ringwright", "trunk"]
        }),
        new LegCommand.StopTranscription(),
        new LegCommand.StartFork(new("192.0.2.1:4000", "[2001:db8::1]:4002")),
        new LegCommand.StopFork(),
        new LegCommand.StartSiprec(new("archive", "srs.example.com", 5061)
        {
            Tracks = TapTracks.Heard, Transport = SipTransport.Tls, IsSecure = true, SessionSeconds = 90, TellsHeaders = true,
        }),
        new LegCommand.StopSiprec(),
        new LegCommand.StartAgent(new(Plan.Id)
        {
            Assistant = "assistant-1", Model = "some/model", Voice = "female", Recogniser = "own",
            Gather = new() { TellsResults = true, TellsMessages = true },
        }),
        new LegCommand.TellAgent(Plan.Id, new(Plan.Id, 2, AnswersNow: true)),
        new LegCommand.OpenVoice(Plan.Id),
        new LegCommand.CloseVoice(),
        new LegCommand.ReportAgent(Plan.Id, new("{\"age\":42}", "[]", IsComplete: true), GatherChange.Messages),
        new LegCommand.StopAgent { Conversation = Plan.Id, Reason = "assistant_hangup" },
        new LegCommand.Transfer
        {
            To = "sip:a@b", From = "+15550100000", CallerName = "me", TimeLimit = TimeSpan.FromHours(1), HearsEarlyMedia = false,
            PromptOnAnswer = new PromptSource.Tone(1, 2, 3, 4, 5), MachineDetection = new(MachineMode.DetectBeep) { MaximumWords = 9 },
            TargetLabels = Labels.Of(("t", "l")), InheritedLabels = ["a"], Transport = SipTransport.Tls,
            AuthUser = "u", AuthPassword = "not-to-be-read", Encryption = MediaEncryption.Required,
        },
    ];

    private static IReadOnlyList<ConferenceCommand> OneOfEachToConferences
    {
        get
        {
            IReadOnlyList<LegId> legs = [new(7), new(UInt128.MaxValue - 5)];
            return
            [
                new ConferenceCommand.Leave(legs[0], ConferenceBeeps.OnExit) { CommandId = "c1" },
                new ConferenceCommand.Hold(legs, new PromptSource.Url("http://192.0.2.1/a.wav")),
                new ConferenceCommand.Unhold(legs),
                new ConferenceCommand.Mute([], IsOn: true),
                new ConferenceCommand.Play(legs, new PromptSource.Content(new byte[] { 1, 2, 255 }), Loops: 0),
                new ConferenceCommand.Speak([], new("Hello", "female", "en-US", IsSsml: true)),
                new ConferenceCommand.StopAudio(legs),
                new ConferenceCommand.RecordStart(Plan),
                new ConferenceCommand.RecordPause(null),
                new ConferenceCommand.RecordResume(Plan.Id),
                new ConferenceCommand.RecordStop(Plan.Id),
                new ConferenceCommand.Supervise(legs[1], SupervisorRole.Whisper, legs),
                new ConferenceCommand.Change(legs[0]) { EndsConference = false, HoldAudio = new PromptSource.Stored("music") },
                new ConferenceCommand.End(),
            ];
        }
    }

    private static StreamTerms Streamed => new("wss://a.example/in?x=1", TapTracks.Said | TapTracks.Heard)
    {
        Format = new("OPUS", 16_000), Injection = StreamInjection.Rtp, InjectionFormat = new("L16", 24_000),
        CustomParameters = [new("name", "value"), new("other", "")], AuthToken = "not-to-be-read",
    };

    private static RecordPlan Plan => new()
    {
        Id = Guid.Parse("22222222-2222-2222-2222-222222222222"), Format = RecordFormat.Mp3, IsDual = true,
        MaximumLength = TimeSpan.FromMinutes(1), FileName = "f",
    };

    [Fact]
    public async Task Every_command_arrives_as_it_was_sent_and_the_answer_comes_back()
    {
        var all = typeof(LegCommand).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(LegCommand)));
        Assert.Equal(all.Select(t => t.Name).Order(), OneOfEach.Select(c => c.GetType().Name).Distinct().Order());
        await using var server = await Peer.ServerAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false, Patient());
        await using var two = await Peer.StartAsync(server, 2, delivers: false, Patient());
        var calls = new Calls();
        await using var from = Forwarder(one, new Calls());
        await using var into = Forwarder(two, calls);
        var leg = LegOf(two);
        foreach (var command in OneOfEach)
        {
            Assert.Equal(Ack.Accepted, await from.SendAsync(Subject.Of(leg), command, Stop));
            Assert.True(calls.Heard.TryDequeue(out var heard));
            Assert.Equal(Subject.Of(leg), heard.To);
            Assert.Equal(command.GetType(), heard.Command.GetType());
            Assert.True(CommandJson.TryWrite(command, out string? sent) && CommandJson.TryWrite(heard.Command, out string? arrived)
                && sent == arrived, sent);
        }
        var rooms = typeof(ConferenceCommand).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(ConferenceCommand)));
        Assert.Equal(rooms.Select(t => t.Name).Order(), OneOfEachToConferences.Select(c => c.GetType().Name).Order());
        var conference = Subject.Of(new ConferenceId(leg.Value));
        foreach (var command in OneOfEachToConferences)
        {
            Assert.Equal(Ack.Accepted, await from.SendAsync(conference, command, Stop));
            Assert.True(calls.Heard.TryDequeue(out var heard));
            Assert.Equal(conference, heard.To);
            Assert.Equal(command.GetType(), heard.Command.GetType());
            Assert.True(CommandJson.TryWrite(command, out string? sent) && CommandJson.TryWrite(heard.Command, out string? arrived)
                && sent == arrived, sent);
        }
        calls.Answer = Refusal.NotYetAnswered;
        Assert.Equal(Refusal.NotYetAnswered, (await from.SendAsync(Subject.Of(leg), OneOfEach[0], Stop)).Refusal);
        // Nothing of them stays.
        await NoneAsync(server, "true");
    }

    [Fact, Depth("the gate has nodes that die, stand still and are taken over")]
    public async Task A_start_that_is_over_has_no_legs_and_a_node_that_says_nothing_is_not_waited_for()
    {
        await using var server = await Peer.ServerAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false);
        await using var two = await Peer.StartAsync(server, 2, delivers: false, Patient());
        await using var from = Forwarder(one, new Calls());
        var earlier = LegId.Compose(2, 0, two.Database.Node.Epoch - 1, 1, 1);
        Assert.Equal(Refusal.AlreadyEnded, (await from.SendAsync(Subject.Of(earlier), new LegCommand.StopGather(), Stop)).Refusal);
        Assert.Equal(Refusal.AlreadyEnded,
            (await from.SendAsync(Subject.Of(LegId.Compose(77, 0, 1, 1, 1)), new LegCommand.StopGather(), Stop)).Refusal);

        long begun = Stopwatch.GetTimestamp();
        Assert.Equal(Refusal.Overloaded, (await from.SendAsync(Subject.Of(LegOf(two)), new LegCommand.StopGather(), Stop)).Refusal);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), CommandForwarder.Patience * 0.9, TimeSpan.FromSeconds(20));
        // It comes up too late: nobody waits for it any more, so it is not done.
        await NoneAsync(server, "true");
        var calls = new Calls();
        await using var into = Forwarder(two, calls);
        Assert.Equal(Ack.Accepted, await from.SendAsync(Subject.Of(LegOf(two)), new LegCommand.Hold(IsOn: true), Stop));
        Assert.IsType<LegCommand.Hold>(Assert.Single(calls.Heard).Command);
    }

    [Fact]
    public async Task A_call_that_has_ended_is_no_secret_of_a_dead_node()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false, Patient());
        await using var two = await Peer.StartAsync(server, 2, delivers: false);
        var ledger = new Ledger(two.Database, Script.Anchor, [], NullLogger.Instance);
        var over = new Script(tenant);
        over.Facts = over.Facts with { Id = LegOf(two) };
        Assert.True(await ledger.AppendAsync(over.Initiated()));
        Assert.True(await ledger.AppendAsync(over.Ended()));
        // Its clock stands still: nobody is waited for.
        await using var from = Forwarder(one, new Calls());
        Assert.Equal(Refusal.AlreadyEnded, (await from.SendAsync(Subject.Of(LegOf(two)), new LegCommand.StopGather(), Stop)).Refusal);
        await NoneAsync(server, "true");
    }

    [Fact]
    public async Task Who_has_the_database_and_not_the_key_reads_no_command_and_gives_none()
    {
        await using var server = await Peer.ServerAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false, Patient());
        await using var two = await Peer.StartAsync(server, 2, delivers: false, Patient());
        var calls = new Calls { Waits = new() };
        await using var from = Forwarder(one, new Calls());
        await using var into = Forwarder(two, calls);
        var transfer = from.SendAsync(Subject.Of(LegOf(two)), OneOfEach[^1], Stop).AsTask();
        await Eventually.TrueAsync(() => calls.Heard.Count == 1, "it is heard");
        string row = Assert.Single(await server.QueryAsync("select cast(c as text) from rw_forwarded_command c"));
        Assert.DoesNotContain("not-to-be-read", row, StringComparison.Ordinal);
        Assert.DoesNotContain("sip:a@b", row, StringComparison.Ordinal);

        // Somebody else's words, and the nodes' own for another leg.
        var other = LegId.Compose(2, 0, two.Database.Node.Epoch, 9, 9);
        await server.Database.Sql.WriteAsync(db =>
        {
            const string Into =
                "insert into rw_forwarded_command (id, from_node, to_node, subject_kind, subject_id, body, is_taken, made_at, take_until)";
            db.Execute($"{Into} values ('{Guid.NewGuid()}', 1, 2, 'leg', '{other}', 'hangup', false, now(), 9000000000000)");
            db.Execute($"{Into} select '{Guid.NewGuid()}', 1, 2, 'leg', '{other}', body, false, now(), 9000000000000 from "
                + "rw_forwarded_command where body <> 'hangup'");
            server.Database.Sql.Engine.Tell(db, 2);
            return 0;
        }, Stop);
        await NoneAsync(server, "not is_taken");
        calls.Waits.SetResult();
        Assert.Equal(Ack.Accepted, await transfer);
        Assert.Equal(Ack.Accepted, await from.SendAsync(Subject.Of(LegOf(two)), new LegCommand.StopGather(), Stop));
        Assert.Equal(2, calls.Heard.Count);
        Assert.DoesNotContain(calls.Heard, heard => heard.To == Subject.Of(other));
    }

    /// <summary>Whoever gave it is about to be told that nobody knows, and may give it again.</summary>
    [Fact, Depth("the gate has a node that comes up too late for what was sent")]
    public async Task What_could_be_taken_only_late_is_not_done_at_all()
    {
        await using var server = await Peer.ServerAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false, lease: Peer.LongLease);
        await using var two = await Peer.StartAsync(server, 2, delivers: false, lease: Peer.LongLease);
        await using var from = Forwarder(one, new Calls());
        long since = Stopwatch.GetTimestamp();
        var asked = from.SendAsync(Subject.Of(LegOf(two)), new LegCommand.StopGather(), Stop).AsTask();
        // Until nobody may take it any more, by the database's clock.
        await Eventually.SomeAsync(async () => asked.IsCompleted || (await server.QueryAsync(
            "select cast(id as text) from rw_forwarded_command where take_until < extract(epoch from clock_timestamp()) * 1000")).Count > 0
            ? "late" : null, "its time is over");
        var calls = new Calls();
        await using var into = Forwarder(two, calls);
        Assert.Equal(Refusal.Overloaded, (await asked).Refusal);
        // Not refused at the door: it was there to be taken.
        Assert.True(Stopwatch.GetElapsedTime(since) > 0.9 * CommandForwarder.Patience);
        Assert.Empty(calls.Heard);
    }

    private static Task NoneAsync(TestDatabase server, string where) => Eventually.SomeAsync(async () =>
        (await server.QueryAsync($"select id from rw_forwarded_command where {where}")).Count == 0 ? "none" : null,
        $"there are none: {where}");

    /// <summary>A clock that stands still: a busy machine may take its time between two steps.</summary>
    private static FakeTimeProvider Patient() => new(DateTimeOffset.UtcNow);

    private static LegId LegOf(Peer peer) => LegId.Compose(peer.Number, 0, peer.Database.Node.Epoch, 1, 1);

    private static CommandForwarder Forwarder(Peer peer, ICallControl calls)
    {
        var forwarder = new CommandForwarder(peer.Database, NullLogger.Instance);
        forwarder.Start(calls);
        return forwarder;
    }

    /// <summary>Notes what it is asked.</summary>
    private sealed class Calls : ICallControl
    {
        public ConcurrentQueue<(Subject To, SubjectCommand Command)> Heard { get; } = new();
        public Ack Answer { get; set; } = Ack.Accepted;
        public TaskCompletionSource? Waits { get; init; }

        public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) => throw new NotSupportedException();

        public async ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
        {
            Heard.Enqueue((to, command));
            if (Waits is { } waits) await waits.Task.WaitAsync(stop);
            return Answer;
        }
    }
}

using Ringwright.Bench.Driving;
using Ringwright.Bench.Driving.Sound;

namespace Ringwright.Bench.Workloads;

/// <summary>The workloads that there are.</summary>
internal static class Catalogue
{
    private const string Everything = "all";

    private static readonly string[] CallHooks = ["call.initiated", "call.answered", "call.hangup"];
    private static readonly CallPlan Nowhere =
        new() { Calls = 0, PerSecond = 1, Node = "", Api = new("http://127.0.0.1"), Key = "", Number = "", PromptMilliseconds = 0 };

    /// <summary>What a run measures when nobody says.</summary>
    public static readonly IReadOnlyList<Workload> Usual =
    [
        new("W1", "signalling: INVITE, 200, ACK, BYE at 200 calls a second", "call")
        {
            FirstBar = 0.8, Goal = 0.3, Needs = NodeNeeds.EchoLine, IsPerSecond = false, WarmUpCalls = 2_000,
            Plan = Nowhere with { Calls = 2_000, PerSecond = 200, Ends = HangsUp.Caller },
        },
        new("W2", "a prompt of 10 s to 100 callers who talk", "call-second")
        {
            FirstBar = 1.0, Goal = 0.35, Needs = NodeNeeds.Application, IsPerSecond = true, WarmUpCalls = 500,
            Plan = Nowhere with
            {
                Calls = 100, PerSecond = 50, Ends = HangsUp.Node, CallerTalks = true, Habit = ApplicationHabit.Plays,
                PromptMilliseconds = 10_000, Webhooks = [.. CallHooks, "call.playback.started", "call.playback.ended"],
            },
        },
        new("W3", "100 bridges, both sides talk, 10 s each", "bridged call-second")
        {
            FirstBar = 1.1, Goal = 0.65, Needs = NodeNeeds.Equipment, IsPerSecond = true, WarmUpCalls = 500,
            Plan = Nowhere with
            {
                Calls = 100,
                PerSecond = 50,
                Ends = HangsUp.Caller,
                HoldMilliseconds = 10_000,
                CallerTalks = true,
                CalleeTalks = true,
                HasCallee = true
            },
        },
        new("W4", "one room of 100, of whom 3 talk, 10 s each", "participant-second")
        {
            FirstBar = 1.0, Goal = 0.4, Needs = NodeNeeds.Application, IsPerSecond = true, WarmUpCalls = 500,
            Plan = Nowhere with
            {
                Calls = 100, PerSecond = 50, Ends = HangsUp.Caller, HoldMilliseconds = 10_000, CallerTalks = true, Talkers = 3,
                Habit = ApplicationHabit.Confers,
                Webhooks = [.. CallHooks, "conference.participant.joined", "conference.participant.left"],
            },
        },
        new("W5", "calls of 1 s dialled through the API, 50 a second", "call")
        {
            FirstBar = 1.9, Goal = 0.8, Needs = NodeNeeds.Application, IsPerSecond = false, WarmUpCalls = 500,
            Plan = Nowhere with
            {
                Calls = 500,
                PerSecond = 50,
                Start = CallStart.ByApi,
                Ends = HangsUp.Callee,
                HoldMilliseconds = 1_000,
                HasCallee = true,
                Webhooks = CallHooks
            },
        },
    ];

    private static Workload Signalling => Usual[0];
    private static Workload Bridges => Usual[2] with { WarmUpCalls = 250 };
    private static Workload Dialled => Usual[4];

    /// <summary>Nobody else's figures are known for these: they have no bars.</summary>
    private static readonly IReadOnlyList<Workload> Others =
    [
        Like(Bridges, "W6", "100 bridges with SRTP on both sides", p => p with { IsSecure = true }),
        Like(Bridges, "W7", "100 bridges between PCMA and PCMU", p => p with { CallerCodec = Codec.Pcma }),
        Like(Bridges, "W8", "100 bridges between G.722 and PCMU", p => p with { CallerCodec = Codec.G722 }),
        Like(Bridges, "W9", "100 bridges between Opus and PCMU", p => p with { CallerCodec = Codec.Opus }),
        Like(Bridges, "W10", "100 bridges, each recorded as WAV of two channels") with { Recording = "wav" },
        Like(Bridges, "W10-mp3", "100 bridges, each recorded as MP3 of two channels") with { Recording = "mp3" },
        Like(Signalling, "W11", "W1's calls over one TLS connection", p => p with { IsTls = true }),
        Like(Signalling, "W12", "W1's calls with PostgreSQL") with { IsOnPostgres = true },
        Like(Dialled, "W12-dial", "W5's calls with PostgreSQL") with { IsOnPostgres = true },
        new("W13", "200 calls, each streamed to a WebSocket and back, 10 s each", "stream-second")
        {
            Needs = NodeNeeds.Application, IsPerSecond = true, WarmUpCalls = 400, WatchesTicks = true,
            Plan = Nowhere with
            {
                Calls = 200, PerSecond = 50, Ends = HangsUp.Caller, HoldMilliseconds = 10_000, CallerTalks = true,
                Habit = ApplicationHabit.Streams, Webhooks = [.. CallHooks, "streaming.started", "streaming.stopped"],
            },
        },
    ];

    /// <summary>A question in one second of a voice, one key, and the end; by commands, and by documents.</summary>
    private static readonly Workload Menu = new("W14-commands", "a menu by call control: a question, one key, hang up, 40 a second", "call")
    {
        Needs = NodeNeeds.Application, IsPerSecond = false, WarmUpCalls = 400,
        Plan = Nowhere with
        {
            Calls = 400,
            PerSecond = 40,
            Ends = HangsUp.Node,
            Habit = ApplicationHabit.Asks,
            Question = "Press one.",
            PressMilliseconds = 800,
            Webhooks = [.. CallHooks, "call.gather.ended", "call.dtmf.received"],
        },
    };

    /// <summary>Nobody says anything: what is left is that they wait.</summary>
    private static readonly Workload Waiting = new("W15-commands", "1,000 calls that wait in a gather, 50 a second", "call-second")
    {
        Needs = NodeNeeds.Application, IsPerSecond = true, WarmUpCalls = 400,
        Plan = Nowhere with
        {
            Calls = 1_000,
            PerSecond = 50,
            Ends = HangsUp.Caller,
            HoldMilliseconds = 35_000,
            Habit = ApplicationHabit.Asks,
            Webhooks = [.. CallHooks, "call.gather.ended"],
        },
    };

    /// <summary>Nor does the node do anything but hold them: what they keep of its memory is measured by a command of its own.</summary>
    public static Workload Held { get; } = Like(Waiting, "held", "calls that are up and do nothing",
        p => p with { Habit = ApplicationHabit.Answers, Webhooks = CallHooks });

    private static readonly string[] Statuses = ["initiated", "in-progress", "completed"];

    /// <summary>What documents command, beside the same calls by call control.</summary>
    private static readonly IReadOnlyList<Workload> OfDocuments =
    [
        Like(Menu, "W14", "a menu by documents: a question, one key, hang up, 40 a second",
            p => p with { Habit = ApplicationHabit.Documents, Webhooks = [.. Statuses, "menu", "chosen"] })
            with { Needs = NodeNeeds.Documents },
        Menu,
        Like(Waiting, "W15", "1,000 calls that wait in a document's <Gather>",
            p => p with { Habit = ApplicationHabit.Documents, Webhooks = [.. Statuses, "menu"] })
            with { Needs = NodeNeeds.Documents },
        Waiting,
    ];

    /// <summary>Model, voice and recogniser answer at once: what is left is the node's own.</summary>
    private static readonly Workload Conversations =
        new("W16", "50 conversations with an assistant, ten turns each, one in four seconds", "conversation-second")
        {
            Needs = NodeNeeds.Conversations, IsPerSecond = true, WarmUpCalls = 50, WatchesTicks = true,
            Plan = Nowhere with
            {
                Calls = 50,
                PerSecond = 25,
                Ends = HangsUp.Caller,
                HoldMilliseconds = 42_000,
                CallerTalks = true,
                Habit = ApplicationHabit.Converses,
                Webhooks = [.. CallHooks, "call.conversation.created", "call.conversation.ended"],
            },
        };

    public static IReadOnlyList<Workload> All { get; } = [.. Usual, .. Others, .. OfDocuments, Conversations];

    /// <summary>Workloads by their names; W10 is W10 and its variants, "all" is all.</summary>
    /// <exception cref="BenchFailure">There is no such workload.</exception>
    public static IReadOnlyList<Workload> Choose(string? names)
    {
        if (names is null) return Usual;
        string[] wanted = names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string name in wanted)
            if (!All.Any(w => Answers(w, name)))
                throw new BenchFailure($"there is no workload {name}");
        return [.. All.Where(w => wanted.Any(name => Answers(w, name)))];
    }

    private static bool Answers(Workload workload, string name) =>
        name.Equals(Everything, StringComparison.OrdinalIgnoreCase) || workload.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
        || workload.Name.StartsWith($"{name}-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Another workload with the calls of one, but for what is changed.</summary>
    private static Workload Like(Workload like, string name, string title, Func<CallPlan, CallPlan>? change = null) => like with
    {
        Name = name,
        Title = title,
        FirstBar = null,
        Goal = null,
        Plan = change is null ? like.Plan : change(like.Plan),
    };
}

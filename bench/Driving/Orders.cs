using System.Text.Json.Serialization;
using Ringwright.Bench.Driving.Sound;

namespace Ringwright.Bench.Driving;

/// <summary>What the customer's application of a run does with its webhooks.</summary>
internal enum ApplicationHabit { Listens, Answers, Plays, Confers, Streams, Asks, Documents, Converses }

/// <summary>Who begins the calls; the driver does not begin those of a campaign.</summary>
internal enum CallStart { BySip, ByApi, ByCampaign }

internal enum HangsUp { Node, Caller, Callee }

/// <summary>One run of calls, as the driver is told to make it.</summary>
internal sealed record CallPlan
{
    /// <summary>Of <see cref="ApplicationHabit.Converses"/>: from one turn of the caller's to the next, and what he says in each.</summary>
    public const int TurnMilliseconds = 4_000, SaidMilliseconds = 600;

    /// <summary>Behind what is said, until the answer is surely heard; and the shortest call of those without.</summary>
    private const int AnswerMilliseconds = 2_000, BriefMilliseconds = 1_000;

    public required int Calls { get; init; }
    public required double PerSecond { get; init; }

    /// <summary>The node's SIP address, host:port.</summary>
    public required string Node { get; init; }
    public required Uri Api { get; init; }
    public required string Key { get; init; }

    /// <summary>Who is called (by SIP), or who calls (by the API).</summary>
    public required string Number { get; init; }

    public CallStart Start { get; init; }
    public HangsUp Ends { get; init; }

    /// <summary>From the answer on, where one of the driver's ends hangs up.</summary>
    public int HoldMilliseconds { get; init; }
    public bool CallerTalks { get; init; }
    public bool CalleeTalks { get; init; }

    /// <summary>Of callers who talk so many say something, each its own tone; the others send packets of silence.</summary>
    public int Talkers { get; init; } = int.MaxValue;
    public bool HasCallee { get; init; }

    /// <summary>The application that dials by the API, or whose calls they are; empty when there is none.</summary>
    public string Application { get; init; } = "";
    public ApplicationHabit Habit { get; init; }

    /// <summary>What <see cref="ApplicationHabit.Plays"/> plays.</summary>
    public int PromptMilliseconds { get; init; } = 10_000;

    /// <summary>
    /// What <see cref="ApplicationHabit.Asks"/> and <see cref="ApplicationHabit.Documents"/> say; empty asks without a word.
    /// </summary>
    public string Question { get; init; } = "";

    /// <summary>From the answer on, when the caller presses a key; null for callers who press none.</summary>
    public int? PressMilliseconds { get; init; }

    /// <summary>Webhooks that each call must bring, by type.</summary>
    public IReadOnlyList<string> Webhooks { get; init; } = [];

    public Codec CallerCodec { get; init; }
    public Codec CalleeCodec { get; init; }

    /// <summary>Both ends of a call speak SRTP.</summary>
    public bool IsSecure { get; init; }

    /// <summary>Callers speak SIP over one TLS connection.</summary>
    public bool IsTls { get; init; }
    public bool IsTranscoded => HasCallee && CallerCodec != CalleeCodec;

    /// <summary>Turns of each call that are answered; 0 where nobody converses.</summary>
    public int Turns => Habit is ApplicationHabit.Converses ? Math.Max(0, HoldMilliseconds - AnswerMilliseconds) / TurnMilliseconds : 0;

    /// <summary>The shortest call of the kind in which all that it is about happens.</summary>
    public int LeastMilliseconds => Habit is ApplicationHabit.Converses ? TurnMilliseconds + AnswerMilliseconds : BriefMilliseconds;

    /// <summary>Requests a second beside the calls, for load on the API; 0 for none.</summary>
    public double Questions { get; init; }
}

/// <summary>Datagrams for the baseline: one after the other to each of its ports in turn, evenly paced.</summary>
/// <param name="IsTls">They are messages of one TLS connection.</param>
internal sealed record FeedPlan(IReadOnlyList<int> Ports, long Packets, int Bytes, double PerSecond, bool IsTls);

/// <summary>A line to the driver: one of the two.</summary>
internal sealed record DriverOrder(CallPlan? Calls, FeedPlan? Feed);

/// <summary>Where the driver's callers, callees and application are.</summary>
internal sealed record DriverPlace(string Caller, string Callee, Uri Application);

/// <summary>Of a run: its first call, all calls up at once, the first of these over, the last webhook, the report.</summary>
internal enum DriverMoment { Ready, Began, Full, Emptying, Done, Ended, Failed }

/// <summary>A line from the driver.</summary>
internal sealed record DriverWord(DriverMoment Moment)
{
    public DriverPlace? Place { get; init; }
    public CallReport? Report { get; init; }
    public string? Problem { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(DriverOrder)), JsonSerializable(typeof(DriverWord))]
internal sealed partial class DriverJson : JsonSerializerContext;

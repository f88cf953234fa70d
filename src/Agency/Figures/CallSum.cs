namespace Ringwright.Agency.Figures;

/// <summary>Calls of one slot of time that are alike: how many, and their seconds.</summary>
internal sealed record CallSum
{
    /// <summary>The beginning of the slot, in UTC: <c>2026-02-10T14</c> for an hour, with <c>:05</c> for a minute.</summary>
    public string Slot { get; init; } = "";
    /// <summary>The campaign or agent whose batches placed them, or the own number on the line; null where none was asked for.</summary>
    public string? Subject { get; init; }
    public string Direction { get; init; } = "";
    /// <summary>1 or 0, as the two that follow.</summary>
    public long Answered { get; init; }
    public long Ended { get; init; }
    /// <summary>Null while they are up.</summary>
    public string? Cause { get; init; }
    public string? Disposition { get; init; }
    public long Calls { get; init; }
    /// <summary>Answered seconds, each call's rounded up.</summary>
    public long Talk { get; init; }
    /// <summary>Seconds by the increments of the plan.</summary>
    public long Billed { get; init; }
    /// <summary>Calls that somebody has looked at; and those of them in which something was said that could be judged.</summary>
    public long Analyzed { get; init; }
    public long Judged { get; init; }
    /// <summary>Of the judged ones, added up: the agent's share of what was said, in thousandths; and the four that follow.</summary>
    public long Talked { get; init; }
    public long Interruptions { get; init; }
    public long Objections { get; init; }
    public long Handled { get; init; }
    public long Signals { get; init; }
    /// <summary>Qualified or with a meeting, and with one, as the model found; what a person says of a call stands above that.</summary>
    public long Leads { get; init; }
    public long Booked { get; init; }
    public long Positive { get; init; }
    public long Neutral { get; init; }
    public long Negative { get; init; }
    /// <summary>Issues that were resolved, and calls that went to somebody above, as the model found; like the leads.</summary>
    public long Resolved { get; init; }
    public long Escalated { get; init; }
    /// <summary>Calls of which the model says how satisfied somebody was, and what it says, added up: 1 to 5 each.</summary>
    public long Rated { get; init; }
    public long Stars { get; init; }
    /// <summary>Calls that were not the first try of their contact.</summary>
    public long Retried { get; init; }
    /// <summary>What models have said that it cost to judge them, in millionths of a US dollar.</summary>
    public long LlmMicros { get; init; }
    /// <summary>Judged calls of agents of whom is known what they were told; and how far they did it, in thousandths, added up.</summary>
    public long Scripted { get; init; }
    public long Adherence { get; init; }
}

/// <summary>What calls have cost, in one currency.</summary>
internal sealed record CostSum
{
    /// <summary>The currency in which models say what they cost.</summary>
    public const string OfModels = "USD";

    public string Currency { get; init; } = "";
    public long Micros { get; init; }
}

namespace Ringwright.Calls;

/// <summary>Audio of a call that is carried to somebody outside while the call runs, or was.</summary>
/// <param name="Kind">stream, fork, siprec or transcription.</param>
/// <param name="To">Where it goes, without secrets.</param>
public sealed record CarriedAudio(Guid Id, string Kind, LegFacts Leg, string To, DateTimeOffset StartedAt)
{
    /// <summary>Null until whoever takes it is ready.</summary>
    public DateTimeOffset? ConnectedAt { get; init; }
    /// <summary>Null while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>Why it ended against the customer's will, as part of a sentence; null else.</summary>
    public string? Failure { get; init; }
}

/// <summary>What a node carries, and the last of what it carried.</summary>
public interface ICarriedAudio
{
    /// <summary>What goes on, the newest first, and behind it what has ended, the last to end first.</summary>
    IReadOnlyList<CarriedAudio> List();
}

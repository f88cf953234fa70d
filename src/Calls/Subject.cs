using System.Globalization;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>What something happens to, is asked of, is told about or is charged for. Names it for ever.</summary>
/// <param name="Value">Of the kind's own id: unique among its kind.
/// Those that live on a shard have a <see cref="ShardAddress"/> in it.</param>
public readonly record struct Subject(SubjectKind Kind, UInt128 Value)
{
    public static Subject Of(LegId leg) => new(SubjectKind.Leg, leg.Value);

    public static implicit operator Subject(LegId leg) => Of(leg);

    public static Subject Of(BridgeId bridge) => new(SubjectKind.Bridge, bridge.Value);

    public static Subject Of(QueueId queue) => new(SubjectKind.Queue, queue.Value);

    public static Subject Of(ConferenceId conference) => new(SubjectKind.Conference, conference.Value);

    /// <summary>Where it lives, when it is something that lives on a shard.</summary>
    public ShardAddress Address => new(Value);

    /// <summary>32 hex digits, as stored; what <see cref="LegId"/> writes.</summary>
    public string Id => Value.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Webhooks about one subject go out one after the other: they have this key in common. A leg's is its bare id.</summary>
    public string OrderKey => Kind is SubjectKind.Leg ? Id : $"{SnakeName.Of(Kind)}:{Id}";

    /// <summary>Reads what <see cref="Id"/> writes.</summary>
    public static bool TryParse(SubjectKind kind, ReadOnlySpan<char> id, out Subject subject)
    {
        bool isRead = LegId.TryParse(id, out var leg);      // written alike
        subject = new(kind, leg.Value);
        return isRead;
    }

    public override string ToString() => OrderKey;
}

/// <summary>Kinds of subjects; stored by their names in snake case. One that lives on a shard has an actor there.</summary>
public enum SubjectKind
{
    Leg,
    /// <summary>Legs that hear each other; nobody outside the engine names one.</summary>
    Bridge,
    Conference,
    Queue,
}

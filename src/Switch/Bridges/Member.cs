using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Bridges;

/// <summary>What a bridge knows of one of its legs, all of it from messages.</summary>
internal sealed class Member(MemberTerms terms)
{
    public MemberTerms Terms { get; } = terms;
    public LegId Leg => Terms.Leg;
    /// <summary>Known once the leg has entered.</summary>
    public PortId? Port { get; set; }
    /// <summary>Answered, and whatever it was to hear first is over.</summary>
    public bool IsReady { get; set; }
    /// <summary>Who listens in on it.</summary>
    public IReadOnlyList<Supervisor> Supervisors { get; set; } = [];
    public bool IsAskedForAnswer { get; set; }
    public bool IsRinging { get; set; }
    public bool HasEarlyAudio { get; set; }
    public bool IsAlerting { get; set; }
    public Waits Hears { get; set; }
}

/// <summary>What a member hears until it is joined.</summary>
internal enum Waits
{
    Silence,
    RingTone,
    EarlyMedia,
    /// <summary>A ring tone until there is any.</summary>
    EarlyMediaOrTone,
}

namespace Ringwright.Switch.Registrations;

/// <summary>What goes to a phone behind a NAT so that the way to it stays open.</summary>
public enum KeepAliveKind
{
    /// <summary>OPTIONS: the phone's answer opens the way from its own side too, which some NATs want to see.</summary>
    Options,
    /// <summary>Two empty lines (RFC 5626 section 3.5.1): four bytes, and no answer.</summary>
    Crlf,
    Off,
}

/// <summary>How phones behind NATs are kept reachable.</summary>
public sealed record NatSettings
{
    public KeepAliveKind KeepAlive { get; init; } = KeepAliveKind.Options;
    /// <summary>NATs forget a way over UDP after 30 s and more (RFC 4787 wants two minutes).</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(15);
    /// <summary>The longest that a phone behind a NAT is registered for.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromSeconds(120);
}

using Ringwright.Core;

namespace Ringwright.Sip.Transactions;

/// <summary>What a transaction layer must know of its node.</summary>
public sealed record TransactionSettings
{
    /// <summary>Ours on each network, by its number (<see cref="SipFlow.Network"/>).</summary>
    public required IReadOnlyList<SentBy> Networks { get; init; }

    public string SentByOn(SipFlow flow)
    {
        var own = Networks[flow.Network];
        return flow.Transport is SipTransport.Tls ? own.Secure ?? own.Plain : own.Plain;
    }

    /// <summary>Where messages that go this way leave from, also where they name no address.</summary>
    public string AddressOn(SipFlow flow) =>
        flow.Transport is SipTransport.Tls && Networks[flow.Network].SecureAddress is { } address ? address : SentByOn(flow);

    /// <summary>Round-trip estimate (RFC 3261 §17.1.1.1).</summary>
    public TimeSpan T1 { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest interval between repetitions of a non-INVITE request or an INVITE response.</summary>
    public TimeSpan T2 { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a message may stay in the network.</summary>
    public TimeSpan T4 { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Timer D over UDP: at least 32 s (§17.1.1.2).</summary>
    public TimeSpan TimerD { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>Above this new requests get a stateless 503; above twice as many those in our dialogs too.</summary>
    public int MaxServerTransactions { get; init; } = Limits.ServerTransactions;

    /// <summary>Timers B, F, H, J, L and M.</summary>
    public TimeSpan Lifetime => T1 * 64;
}

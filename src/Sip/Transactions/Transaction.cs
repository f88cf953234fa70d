using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>What the tables do not hold: identity, timers, the last message.</summary>
internal abstract class Transaction
{
    public required long Id { get; init; }
    public required string Key { get; init; }
    public required SipFlow Flow { get; init; }
    public required bool IsInvite { get; init; }

    /// <summary>Timer A, E or G.</summary>
    public Instant Repeat { get; set; } = Instant.Never;
    public TimeSpan Interval { get; set; }
    /// <summary>Timer B, F or H.</summary>
    public Instant GiveUp { get; set; } = Instant.Never;
    /// <summary>Timer D, I, J, K, L or M.</summary>
    public Instant Linger { get; set; } = Instant.Never;

    public Instant Due => Instant.Min(Repeat, Instant.Min(GiveUp, Linger));

    /// <summary>The earliest entry of this transaction in the layer's queue.</summary>
    public Instant Queued { get; set; } = Instant.Never;

    public abstract bool IsTerminated { get; }

    public void StopTimers() => Repeat = GiveUp = Linger = Instant.Never;
}

internal sealed class ClientTransaction : Transaction
{
    /// <summary>With our Via.</summary>
    public required SipRequest Request { get; init; }
    /// <summary>A CANCEL of ours: its responses interest nobody.</summary>
    public bool IsInternal { get; init; }
    public InviteClientState InviteState { get; set; }
    public ClientState State { get; set; }
    public bool IsCancelWanted { get; set; }
    public bool IsCancelSent { get; set; }
    public string? CancelReason { get; set; }
    public override bool IsTerminated => IsInvite ? InviteState is InviteClientState.Terminated : State is ClientState.Terminated;
    public bool IsCancelled => IsCancelWanted || IsCancelSent;
    /// <summary>The far end has not answered finally, nor an INVITE at all.</summary>
    public bool IsWaiting => IsInvite ? InviteState is InviteClientState.Calling : State is ClientState.Trying or ClientState.Proceeding;
    /// <summary>The connection was lost under it once already.</summary>
    public bool IsSentAgain { get; set; }
    /// <summary>What the transport said when it failed.</summary>
    public string? Trouble { get; set; }
}

internal sealed class ServerTransaction : Transaction
{
    /// <summary>
    /// Null once no response is made of it any more: what lingers for half a minute is as many as the calls of that time, and the collector
    /// copies all of it.
    /// </summary>
    public required SipRequest? Request { get; set; }
    /// <summary>Ours, in its responses.</summary>
    public required string LocalTag { get; init; }
    /// <summary>Where it came from, which is not always where its answers go.</summary>
    public ushort SourcePort { get; init; }
    /// <summary>A CANCEL: the layer answers it.</summary>
    public bool IsInternal { get; init; }
    /// <summary>An earlier process received it, and may have answered it otherwise.</summary>
    public bool IsRestored { get; set; }
    /// <summary>Finds the same request when it comes by another way (RFC 3261 §8.2.2.2); null within a dialog.</summary>
    public string? MergeKey { get; init; }
    /// <summary>Our tag, of a request inside a dialog.</summary>
    public string? Inside { get; init; }
    /// <summary>An INVITE for which a CANCEL has come.</summary>
    public bool IsCancelled { get; set; }
    public ReadOnlyMemory<byte> LastResponse { get; set; }
    public InviteServerState InviteState { get; set; }
    public ServerState State { get; set; }
    public override bool IsTerminated => IsInvite ? InviteState is InviteServerState.Terminated : State is ServerState.Terminated;

    /// <summary>Keeps what it has still to say: the last response, unless the user repeats that himself until his ACK comes.</summary>
    public void Shrink()
    {
        if (!(IsInvite ? InviteState is InviteServerState.Accepted : State is ServerState.Completed)) return;
        Request = null;
        if (IsInvite) LastResponse = default;
    }
}

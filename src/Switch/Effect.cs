using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch;

/// <summary>What a shard wants done outside. Polled after each turn, in order; results come back as letters.</summary>
public abstract record Effect
{
    private Effect() { }

    /// <summary>Answered by <see cref="Letter.SendFailed"/> with the same value when it did not leave.</summary>
    public sealed record Transmit(TransactionOutput.Transmit Datagram) : Effect;

    /// <summary>Appends to the ledger; order within the leg is the order of the effects. <paramref name="IsAwaited"/> asks for <see cref="Letter.Committed"/>.</summary>
    /// <param name="Goodbye">As for <see cref="ILedger.Append"/>.</param>
    public sealed record Append(CallEvent Happened, bool IsAwaited, string? Goodbye = null) : Effect;

    /// <summary>The same between events; answered by <see cref="Letter.GoodbyeKept"/> when it has a <paramref name="Correlation"/>.</summary>
    public sealed record KeepGoodbye(LegFacts Leg, string Goodbye, int? Correlation) : Effect;

    /// <summary>What an earlier process left of a leg at its far end is ended, or cannot be: nothing of it need be kept any longer.</summary>
    /// <param name="Trouble">Why the far end may not know; null when it does.</param>
    public sealed record GoodbyeSaid(LegFacts Leg, string? Trouble) : Effect;

    public sealed record PreparePrompt(LegId Leg, int Correlation, TenantId Tenant, PromptSource Source, string Codec) : Effect;

    /// <summary>Answered by <see cref="Letter.Resolved"/>.</summary>
    public sealed record Resolve(LegId Leg, int Correlation, SipPlace Place) : Effect;

    public sealed record Media(MediaCommand Command) : Effect;

    /// <summary>Media has ended a recording: its file is to be kept, and the outcome told.</summary>
    public sealed record KeepRecording(RecordEnd Recording) : Effect;

    /// <summary>Messages with this Call-ID are the leg's from now on; the first of them may have passed already. For the black box.</summary>
    public sealed record DialogBegan(LegFacts Leg, string CallId) : Effect;

    /// <summary>A letter from actor to actor, on this shard or another. Letters of one shard to another stay in order.</summary>
    public sealed record Send(int Shard, Letter Letter) : Effect;

    /// <summary>For the store, so that registrations outlive the process.</summary>
    public sealed record RegistrationChanged(Registration Registration, bool IsGone) : Effect;

    public sealed record GateLeave(LegId Leg) : Effect;

    public sealed record Acknowledge(long Correlation, Ack Ack) : Effect;

    /// <param name="Status">The response's status; null when nothing answered.</param>
    public sealed record Pinged(long Correlation, int? Status) : Effect;

    /// <summary>A bug: the turn threw, the actor was ended. For the log.</summary>
    public sealed record Failed(LegId? Leg, Exception Error) : Effect;
}

using System.Net;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch;

/// <summary>What came of an OPTIONS request.</summary>
/// <param name="Status">The response's; null when nothing answered.</param>
/// <param name="Trouble">Why not, as part of a sentence.</param>
public readonly record struct PingAnswer(int? Status, string? Trouble);

/// <summary>What a shard wants done outside. Polled after each turn, in order; results come back as messages.</summary>
public abstract record Effect
{
    private Effect() { }

    /// <summary>Answered by <see cref="ShardMessage.SendFailed"/> with the same value when it did not leave.</summary>
    public sealed record Transmit(TransactionOutput.Transmit Datagram) : Effect;

    /// <summary>
    /// Appends to the ledger; order within the subject is the order of the effects. <paramref name="IsAwaited"/> asks for
    /// <see cref="SubjectMessages.Committed"/>.
    /// </summary>
    /// <param name="RecoveryBye">As for <see cref="ILedger.Append"/>.</param>
    public sealed record Append(SubjectEvent Happened, bool IsAwaited, string? RecoveryBye = null) : Effect;

    /// <summary>
    /// The same between events; answered by <see cref="LegMessage.RecoveryByeKept"/> when it has a <paramref name="Correlation"/>.
    /// </summary>
    public sealed record KeepRecoveryBye(LegFacts Leg, string RecoveryBye, int? Correlation) : Effect;

    /// <summary>
    /// What an earlier process left of a leg at its far end is ended, or cannot be: nothing of it need be kept any longer.
    /// </summary>
    /// <param name="Trouble">Why the far end may not know; null when it does.</param>
    public sealed record RecoveryByeSent(LegFacts Leg, string? Trouble) : Effect;

    /// <summary>Answered by <see cref="SubjectMessages.Prepared"/>.</summary>
    /// <param name="For">A leg or a conference.</param>
    public sealed record PreparePrompt(Subject For, int Correlation, TenantId Tenant, PromptSource Source, string Codec) : Effect
    {
        /// <summary>Its own, for logs.</summary>
        public required Guid Uuid { get; init; }
    }

    /// <summary>Answered by <see cref="LegMessage.Resolved"/>.</summary>
    public sealed record Resolve(LegId Leg, int Correlation, SipPlace Place) : Effect;

    /// <summary>The addresses of a host that a description names; answered in seconds by <see cref="ShardMessage.HostFound"/>.</summary>
    public sealed record FindHost(string Name) : Effect;

    public sealed record Media(MediaCommand Command) : Effect;

    /// <summary>Media has ended a recording: its file is to be kept, and the outcome told.</summary>
    public sealed record KeepRecording(RecordEnd Recording) : Effect;

    /// <summary>
    /// Connects what is to have a leg's audio; answered by <see cref="LegMessage.LiveAudioTold"/>, until it has ended or
    /// <see cref="CloseLiveAudio"/>.
    /// </summary>
    public sealed record OpenLiveAudio(LiveAudioOrder Order) : Effect;

    /// <summary>The party of that order's leg pressed a key.</summary>
    public sealed record PressOnLiveAudio(Guid Order, char Key) : Effect;

    public sealed record CloseLiveAudio(Guid Order) : Effect;

    /// <inheritdoc cref="ILiveAudio.Finish"/>
    public sealed record FinishLiveAudio(TranscriptionOrder Order, LegFacts? Over) : Effect;

    /// <summary>
    /// Messages with this Call-ID are the leg's from now on; the first of them may have passed already. For the call trace.
    /// </summary>
    public sealed record DialogBegan(LegFacts Leg, string CallId) : Effect;

    /// <summary>
    /// A message from one leg of this node to another, which is on no wire. For the call trace; null where that side has no leg.
    /// </summary>
    public sealed record Passed(LegFacts? Sender, LegFacts? Receiver, ReadOnlyMemory<byte> Message) : Effect;

    /// <summary>A message from actor to actor, on this shard or another. Messages of one shard to another stay in order.</summary>
    public sealed record Send(int Shard, ShardMessage Message) : Effect;

    /// <summary>For the store, so that registrations outlive the process.</summary>
    public sealed record RegistrationChanged(Registration Registration, BindingFate Fate) : Effect
    {
        /// <summary>Not a refresh of one that was there.</summary>
        public bool IsNew { get; init; }
    }

    /// <summary>A REGISTER of somebody who proved who he is, which our registrar did not take.</summary>
    public sealed record RegisterRefused(string User, SipFlow From, int Status) : Effect;

    /// <summary>A call that came in, and that no account has a record of.</summary>
    /// <param name="Reason">In snake case: which rule refused it.</param>
    public sealed record CallRefused(ReadOnlyMemory<byte> Invite, SipFlow From, int Status, string Reason) : Effect;

    /// <summary>What our REGISTER with a trunk came to.</summary>
    /// <param name="Status">Of the answer; null when none came.</param>
    /// <param name="Trouble">Why we are not registered, as part of a sentence; null when we are.</param>
    /// <param name="IsNews">It was otherwise before.</param>
    public sealed record TrunkRegistered(Trunk Trunk, int? Status, string? Trouble, bool IsNews) : Effect;

    /// <summary>An address of a trunk is passed over from now on, or no longer.</summary>
    /// <param name="Remote">Null when the trunk's name leads nowhere.</param>
    /// <param name="Trouble">What happened there, as a sentence; null when it is back.</param>
    public sealed record TrunkNews(Trunk Trunk, IPEndPoint? Remote, string? Trouble) : Effect;

    /// <summary>A trunk has no room for one more call.</summary>
    /// <param name="Rule">The name of the limit.</param>
    public sealed record TrunkRefused(Trunk Trunk, Direction Direction, string Rule) : Effect;

    /// <summary>What an OPTIONS to one address of a trunk came to.</summary>
    public sealed record TrunkProbed(Trunk Trunk, int? Status) : Effect;

    /// <summary>The gate was asked, and its answer is not there yet; answered by <see cref="ShardMessage.GateAnswered"/>.</summary>
    public sealed record AwaitGate(int Correlation, Task<GateAnswer> Asked) : Effect;

    public sealed record GateLeave(LegId Leg) : Effect;

    public sealed record Acknowledge(long Correlation, Ack Ack) : Effect;

    public sealed record Pinged(long Correlation, PingAnswer Answer) : Effect;

    /// <summary>What a text to phones came to.</summary>
    public sealed record TextAnswered(long Correlation, PhoneTextAnswer Answer) : Effect;

    /// <summary>A phone that has proved whose it is sends a text; answered by <see cref="ShardMessage.TextJudged"/>.</summary>
    public sealed record TextCame(int Correlation, TextOfPhone Text) : Effect;

    /// <summary>A phone that has proved whose it is was refused what is no call: a text, or to be told of a lamp.</summary>
    /// <param name="To">User part of whom it is about, as it was written; may be empty.</param>
    /// <param name="Why">In words; null where the status says all.</param>
    public sealed record RequestRefused(string Method, string User, string To, int Status, string? Why) : Effect;

    /// <summary>A sentence for the record of the call: where it was tried in vain, or its new time limit.</summary>
    public sealed record Noted(LegFacts Leg, string Sentence) : Effect;

    /// <summary>A bug: the turn threw, the actor was ended. For the log.</summary>
    public sealed record Failed(LegFacts? Leg, Exception Error) : Effect;
}

using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>The engine as dialects see it. Implemented in Net.</summary>
public interface ICallControl
{
    /// <summary>
    /// Creates an outbound leg, or one per destination: gate, ledger row committed, then the INVITE. Returns the first once the rows are
    /// committed. When one destination is refused, none is dialled.
    /// </summary>
    ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop);

    /// <summary>Completes as soon as the subject accepted or refused the command; never waits for the phone network.</summary>
    /// <param name="command">Of the commands that subjects of this kind take.</param>
    ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop);

    /// <summary>
    /// The same for whom nobody has to be woken: <paramref name="told"/> hears the answer once, on the thread that gives it and maybe
    /// before this returns, so it must be short and throw nothing.
    /// </summary>
    /// <returns>False when the command cannot go that way: then nothing was done.</returns>
    bool TrySend(LegId leg, LegCommand command, Action<Ack> told) => false;
}

public static class CallControlExtensions
{
    /// <inheritdoc cref="ICallControl.SendAsync"/>
    public static ValueTask<Ack> SendAsync(this ICallControl calls, LegId leg, LegCommand command, CancellationToken stop) =>
        calls.SendAsync(Subject.Of(leg), command, stop);
}

/// <summary>The one place that events are written to. Implemented in Store; the lab has one in memory.</summary>
public interface ILedger
{
    /// <summary>
    /// Queues the event and never blocks. Events of one subject commit in the order of the calls.
    /// <paramref name="told"/> hears once, true when the event is committed and false when it never will be: on the ledger's own thread,
    /// which it must not hold up, or at once when there is no room.
    /// </summary>
    /// <param name="recoveryBye">
    /// What the next start needs to end the leg at its far end, should this process die: committed with the event,
    /// and in place of what was kept before. Only the switch reads it, and only legs have one. Null changes nothing;
    /// <see cref="CallEvent.LegEnded"/> does away with it.
    /// </param>
    void Append(SubjectEvent happened, Action<SubjectEvent, bool> told, string? recoveryBye = null);

    /// <summary>The same recovery BYE between two events; <paramref name="told"/> hears once, on any thread.</summary>
    void Keep(LegFacts leg, string recoveryBye, Action<bool> told);

    /// <summary>
    /// The leg of an earlier start is ended at its far end, or cannot be. Never blocks;
    /// what is not forgotten is said once more by the next start.
    /// </summary>
    void Forget(LegFacts leg);

    /// <summary>False from 75 % of the queue bound: no new calls.</summary>
    bool IsReady { get; }
}

/// <summary>
/// Asked before anybody is contacted. Counts live legs per tenant, profile and connection in memory. Implemented in Campaigns.
/// Whoever asks uses an answer that is there at once in the same moment, and waits for a later one
/// <see cref="GateAnswer.Silent">only so long</see>.
/// </summary>
public interface IDialGate
{
    /// <summary>Answers, and when open counts the leg until <see cref="Leave"/>.</summary>
    ValueTask<GateAnswer> EnterAsync(CallAttempt call);

    /// <summary>Answers by what holds at this moment, a call as <see cref="EnterAsync"/> would, and counts nothing.</summary>
    ValueTask<GateAnswer> AskAsync(ContactAttempt attempt);

    /// <summary>
    /// An unanswered leg is to go to another destination, as an outbound call: judged like any that enters, then counted and held
    /// for as that in place of what it was before.
    /// </summary>
    ValueTask<GateAnswer> MoveAsync(CallAttempt call);

    /// <summary>The leg was answered: from now on it costs.</summary>
    void Answered(LegId leg);

    /// <summary>
    /// The leg is gone, or will not be. Idempotent. What is still open of it is withdrawn: an answer that comes after this counts nothing.
    /// </summary>
    void Leave(LegId leg);
}

/// <summary>Turns a source into a prompt file in the leg's codec: fetch or speak, decode, encode, cache. Implemented in Speech.</summary>
public interface IPrompts
{
    /// <param name="codec">SDP name of the codec, as in <see cref="CodecChoice.Name"/>.</param>
    ValueTask<PromptResult> PrepareAsync(TenantId tenant, PromptSource source, string codec, CancellationToken stop);
}

/// <summary>
/// Decodes audio files and encodes frames for <see cref="IPrompts"/>. Pure; implemented in MediaHost over Media's codecs.
/// </summary>
public interface IPromptEncoder
{
    /// <summary>
    /// Reads a WAV of any rate, width and channel count, or an MP3, into mono 16-bit samples. What the bytes are decides, never a name.
    /// </summary>
    DecodedAudio Decode(ReadOnlySpan<byte> file);

    /// <summary>Resamples and encodes to raw frames of 20 ms in the codec, the last one padded with silence.</summary>
    byte[] Encode(ReadOnlySpan<short> samples, int sampleRate, string codec);

    /// <summary>
    /// The samples as an MP3 file; null when the library for it is not installed, and <paramref name="missing"/> says which.
    /// </summary>
    byte[]? EncodeMp3(ReadOnlySpan<short> samples, int sampleRate, out string? missing);

    /// <summary>Renders a tone as mono samples at 16 kHz.</summary>
    short[] Render(PromptSource.Tone tone);
}

/// <summary>Mono samples, at least one, or why there are none; <paramref name="Detail"/> is a sentence for the customer.</summary>
public readonly record struct DecodedAudio(short[] Samples, int SampleRate, PromptFailure Failure, string? Detail)
{
    public static DecodedAudio Of(short[] samples, int sampleRate) => new(samples, sampleRate, PromptFailure.None, null);
    public static DecodedAudio Failed(PromptFailure failure, string detail) => new([], 0, failure, detail);
}

/// <summary>The audio files that tenants keep under names. Implemented in Store.</summary>
public interface IMediaLibrary
{
    /// <returns>Null when the tenant has no such file, or has it no longer.</returns>
    ValueTask<StoredMedia?> FindAsync(TenantId tenant, string name, CancellationToken stop);

    /// <summary>A message in one of the tenant's mailboxes.</summary>
    /// <inheritdoc cref="FindAsync"/>
    ValueTask<StoredMedia?> FindMessageAsync(TenantId tenant, Guid message, CancellationToken stop);

    /// <summary>A saved recording of the tenant's that is kept here.</summary>
    /// <inheritdoc cref="FindAsync"/>
    ValueTask<StoredMedia?> FindRecordingAsync(TenantId tenant, Guid recording, CancellationToken stop);
}

/// <param name="Hash">Hex SHA-256 of the bytes, or of a name that no other bytes will ever have.</param>
/// <param name="Read">The bytes; null when the file has just been deleted. An <see cref="IOException"/> when
/// they cannot be read at the moment.</param>
public sealed record StoredMedia(string Hash, Func<CancellationToken, ValueTask<byte[]?>> Read)
{
    /// <summary>How many there are; null where they are few.</summary>
    public long? Bytes { get; init; }

    /// <summary>What its owner calls it; null for what this node has made.</summary>
    public string? ContentType { get; init; }
}

/// <summary>
/// A dialect's pure view of an event. The ledger writer calls it inside the batch and writes what it returns in the same transaction.
/// </summary>
public interface IProjector
{
    /// <param name="happened">To a subject of any kind: those of which the dialect knows nothing have no messages.</param>
    /// <param name="at">The event's wall time.</param>
    /// <param name="startedAt">Wall time of the subject's start; the same for each of its events.</param>
    /// <returns>The messages to send, usually none or one.</returns>
    IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt);
}

/// <summary>
/// A webhook to deliver. The body is written per attempt by the dialect's <c>IWebhookFormat</c> in Delivery (attempt number, URL).
/// </summary>
public sealed record OutboxMessage
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>
    /// First attempts of one order key go out one after another; <see cref="Subject.OrderKey"/> for what happens to subjects.
    /// </summary>
    public required string OrderKey { get; init; }
    /// <summary>Which format writes the body: "telnyx".</summary>
    public required string Format { get; init; }
    public required string EventType { get; init; }
    /// <summary>Empty when it goes nowhere but to those who listen to the tenant's events.</summary>
    public required string Url { get; init; }
    public string? FailoverUrl { get; init; }
    public RetrySchedule Retries { get; init; }
    /// <summary>POST or GET.</summary>
    public string Method { get; init; } = "POST";
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);
    public required DateTimeOffset OccurredAt { get; init; }
    /// <summary>The event's JSON as the format wants it (Telnyx: the data object).</summary>
    public required string Body { get; init; }
    /// <summary>Envelope version of the format ("1" or "2").</summary>
    public string Version { get; init; } = "2";
    /// <summary>Of the tenant's messages with the same key only the first is written, at least within a day; null writes each.</summary>
    public string? Once { get; init; }
}

/// <summary>The current routing snapshot; swapped by reference on change. Implemented in Store.</summary>
public interface IRouting
{
    RoutingSnapshot Current { get; }
}

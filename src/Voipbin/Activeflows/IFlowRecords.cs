using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>What runs of flows read and write; the database, or a world without one.</summary>
internal interface IFlowRecords
{
    /// <summary>Null when the account has no such flow, or had.</summary>
    ValueTask<FlowScript?> FindFlowAsync(TenantId tenant, Guid flow, CancellationToken stop);

    /// <summary>Writes it down and tells the customer.</summary>
    /// <returns>False when there is a run of this id.</returns>
    ValueTask<bool> BeginAsync(FlowRun run);

    /// <inheritdoc cref="BeginAsync"/>
    /// <returns>False when somebody has ended it.</returns>
    ValueTask<bool> ChangeAsync(FlowRun run);

    /// <summary>What a campaign's attempt is about: names without <c>voipbin.</c>, and whoever is called's own data.</summary>
    ValueTask<AttemptVariables> ReadAttemptAsync(TenantId tenant, Guid attempt, CancellationToken stop);

    /// <summary>What the end of the attempt's call is going to mean.</summary>
    ValueTask AskReasonAsync(TenantId tenant, Guid attempt, string reason);

    /// <summary>Why a call of the account ended; null while it has not, and for none.</summary>
    ValueTask<string?> FindReasonAsync(TenantId tenant, Guid call, CancellationToken stop);

    /// <summary>Takes a text in, which the node's courier sends.</summary>
    /// <param name="holds">What live calls hold of balances; null where no call lives.</param>
    /// <returns>Why not, as a sentence without its end; null when it is on its way.</returns>
    ValueTask<string?> SendTextAsync(TenantId tenant, string from, string to, string words, IHolds? holds, CancellationToken stop);

    /// <summary>Has a mail to each of them go out; waits a little for recordings that are about to be kept.</summary>
    /// <returns>Why not, as a sentence without its end; null when it is on its way.</returns>
    ValueTask<string?> SendMailAsync(TenantId tenant, FlowMail mail, CancellationToken stop);

    /// <summary>What was said, written down anew and in order; waits for that.</summary>
    /// <param name="isRecording">Of a recording; else of all those of a call.</param>
    /// <returns>Empty where nothing was, or nobody writes it down.</returns>
    ValueTask<string> ReadSpokenAsync(TenantId tenant, bool isRecording, Guid reference, string language, CancellationToken stop);

    /// <summary>Waits for a recording to be kept; false when it is not.</summary>
    ValueTask<bool> AwaitRecordingAsync(TenantId tenant, Guid recording, CancellationToken stop);

    /// <summary>Has what is said on the recordings of a call written down, and waits for that.</summary>
    /// <param name="recordings">Those that may not be kept yet.</param>
    /// <returns>Empty where nothing was said, or nobody writes it down.</returns>
    ValueTask<string> TranscribeAsync(TenantId tenant, LegId call, IReadOnlyList<Guid> recordings, RecordTranscription wanted,
        CancellationToken stop);
}

/// <param name="To">Bare addresses, each of which gets a mail of its own.</param>
/// <param name="Recordings">What goes with it.</param>
internal sealed record FlowMail(IReadOnlyList<string> To, string Subject, string Content, IReadOnlyList<Guid> Recordings)
{
    /// <summary>The content is HTML; else it is plain text.</summary>
    public bool IsHtml { get; init; }
}

/// <param name="Own">Of the node: campaign, list and target.</param>
/// <param name="OfTarget">Of the customer.</param>
internal sealed record AttemptVariables(
    IReadOnlyList<KeyValuePair<string, string>> Own, IReadOnlyList<KeyValuePair<string, string>> OfTarget)
{
    public static readonly AttemptVariables None = new([], []);
}

using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Texml.Twiml;

/// <summary>Ends a call, or gives it another document in place of what it runs.</summary>
internal static class TwimlCallUpdate
{
    private const string Canceled = "canceled";

    /// <summary>As these clients know it: the program of a stream hangs up when its socket closes, also behind a caller who has.</summary>
    private static readonly Problem Over = new(TwimlErrors.NotFound, "The call is over already: there is none that could be ended.");

    public static async ValueTask<Reply> Handle(OperationContext op, TwimlParts parts)
    {
        if (await TwimlPaths.FindCallAsync(op, parts) is not { } leg) return op.Unknown("Sid");
        if (await ChangeAsync(op, parts.Voice, leg) is { } problem) return op.Fail(problem);
        return op.Bare(200, await TwimlCallView.OfAsync(op, parts, await parts.Store.Legs.FindAsync(op.Tenant, leg.Id, op.Stop) ?? leg));
    }

    /// <summary>What the body says is done.</summary>
    /// <returns>Why nothing was.</returns>
    public static async ValueTask<Problem?> ChangeAsync(OperationContext op, VoiceParts parts, LegRow leg)
    {
        var json = op.ReadObject();
        var body = new VoiceBody(TwimlCallBody.OfChange(json), parts.Egress);
        TimeSpan? limit = json["TimeLimit"] is { } seconds ? TimeSpan.FromSeconds((int)seconds) : null;
        string? status = body.Text("Status") is { Length: > 0 } said ? said : null;
        if (body.Text("Texml") is { Length: > 0 } && body.Text("Url") is { Length: > 0 })
            return TwimlErrors.Bad("Twiml", "Twiml cannot stand beside Url: a call runs one document.");
        var labels = await new CallUrls(op, parts, body).OfChangeAsync(leg.Labels);
        if (body.Problems.Count > 0) return TwimlErrors.Translate(body.Problems[0], TwimlCallBody.NameOf);
        bool isDocument = labels[TexmlLabels.Document] is not null;
        if (status is not null && isDocument)
            return TwimlErrors.Bad("Status", "A call that ends runs no document: give a Status, or a Url or Twiml.");
        if (!leg.IsAlive && status is not null) return Over;
        if (!leg.IsAlive && (isDocument || limit is not null)) return TwimlErrors.Of(Refusal.AlreadyEnded);
        if (isDocument && !IsOfDocuments(op, leg))
            return new(TwimlErrors.State, "No document commands this call: there is none that another could take the place of.");
        if (status is Canceled && leg.AnsweredAt is not null)
            return TwimlErrors.Bad("Status", $"The call is answered: only {CallStatus.Completed} ends it.");
        // What ends has no limit any more.
        if (status is null && limit is { } longest
            && await op.Calls.SendAsync(leg.Id, new LegCommand.LimitTime(longest), op.Stop) is { IsAccepted: false } late)
            return TwimlErrors.Of(late.Refusal);
        if (status is null && labels.Values.Count == 0) return null;
        LegCommand command = status is null ? new LegCommand.SetLabels { Labels = labels } : new LegCommand.Hangup { Labels = labels };
        var ack = await op.Calls.SendAsync(leg.Id, command, op.Stop);
        return ack.IsAccepted ? null
            : status is not null && ack.Refusal is Refusal.AlreadyEnded ? Over
            : TwimlErrors.Of(ack.Refusal);
    }

    /// <summary>Of an application of documents; or, where none placed it, with a document of its own or dialled by one.</summary>
    private static bool IsOfDocuments(OperationContext op, LegRow leg) => leg.Connection == default
        ? leg.Labels[TexmlLabels.Document] is not null || leg.Labels[TexmlLabels.Parent] is not null
        : op.Routing.FindConnection(op.Tenant, leg.Connection) is { Kind: ConnectionKind.Document };
}

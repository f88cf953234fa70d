using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>Ends a call, or gives it another document in place of what it runs.</summary>
internal static class UpdateCall
{
    private const string Canceled = "canceled";

    public static async ValueTask<Reply> Handle(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindCallAsync(op, parts) is not { } before) return op.Unknown("call_sid");
        var (leg, refused) = await ChangeAsync(op, parts, before);
        return leg is null ? refused! : op.Bare(200, await CallResources.OfAsync(op, parts, leg));      // one of the two is there
    }

    /// <summary>The same below an older path.</summary>
    public static async ValueTask<Reply> HandleOld(OperationContext op, VoiceParts parts)
    {
        if (await TexmlPaths.FindCallAsync(op, parts) is not { } before) return op.Unknown("call_sid");
        var (leg, refused) = await ChangeAsync(op, parts, before);
        if (leg is null) return refused!;       // as above
        var call = await CallResources.OfAsync(op, parts, leg);
        return op.Ok(new JsonObject { ["sid"] = call["sid"]?.DeepClone(), ["status"] = call["status"]?.DeepClone() });
    }

    /// <summary>As the body of the request says; one of the two is there.</summary>
    public static async ValueTask<(LegRow? Leg, Reply? Refused)> ChangeAsync(OperationContext op, VoiceParts parts, LegRow leg)
    {
        var body = new VoiceBody(op.ReadObject(), parts.Egress);
        string? status = body.Text("Status") is { Length: > 0 } said ? said : null;
        if (status is not (null or CallStatus.Completed or Canceled))
            body.Refuse(VoiceErrors.BadRequest, "Status", $"Status must be {CallStatus.Completed} or {Canceled}.");
        var labels = await new CallUrls(op, parts, body).OfChangeAsync(leg.Labels);
        bool isDocument = labels[TexmlLabels.Document] is not null;
        if (status is not null && isDocument)
            body.Refuse(VoiceErrors.BadRequest, "Status", "A call that ends runs no document: give a Status, or a Url or Texml.");
        if (isDocument && op.Routing.FindConnection(op.Tenant, leg.Connection) is not { Kind: ConnectionKind.Document })
            body.Refuse(VoiceErrors.BadRequest, body.Has("Texml") ? "Texml" : "Url",
                "No document commands this call: it is not of a TeXML application.");
        if (status is Canceled && leg.AnsweredAt is not null)
            body.Refuse(VoiceErrors.BadRequest, "Status", $"The call is answered: only {CallStatus.Completed} ends it.");
        if (body.Problems.Count > 0) return (null, op.Fail(body.Problems));

        if (status is not null || labels.Values.Count > 0)
        {
            LegCommand command = status is null ? new LegCommand.SetLabels { Labels = labels } : new LegCommand.Hangup { Labels = labels };
            var ack = await op.Calls.SendAsync(leg.Id, command, op.Stop);
            if (!ack.IsAccepted) return (null, op.Fail(Errors.Of(ack.Refusal)));
        }
        return (await parts.Store.Legs.FindAsync(op.Tenant, leg.Id, op.Stop) ?? leg, null);
    }
}

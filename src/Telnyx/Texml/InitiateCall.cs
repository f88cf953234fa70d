using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Texml;

/// <summary>Places a call that a document commands once it is answered.</summary>
internal static class InitiateCall
{
    private const string Queued = "queued";

    public static async ValueTask<Reply> Handle(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        var (leg, refused) = await DialAsync(op, parts, "ApplicationSid", op.ReadObject());
        if (leg is null) return refused!;       // one of the two is there
        var made = Made(leg);
        (made["sid"], made["account_sid"]) = (parts.Ids.CallControl(leg.Tenant, leg.Id), leg.Tenant.ToString());
        return op.Bare(op.Operation.SuccessStatus, made);
    }

    /// <summary>The same below an older path, which names the application.</summary>
    public static async ValueTask<Reply> HandleOld(OperationContext op, VoiceParts parts)
    {
        var body = op.ReadObject();
        body["application_id"] = op.Path("application_id");
        // Newer clients call it so.
        if (body["Method"] is { } method && body["UrlMethod"] is null)
        {
            if (method.GetValueKind() is not JsonValueKind.String || method.GetValue<string>() is not ("GET" or "POST"))
                return op.Invalid("/Method", VoiceErrors.BadRequest, "Method must be GET or POST.");
            body["UrlMethod"] = method.DeepClone();
        }
        var (leg, refused) = await DialAsync(op, parts, "application_id", body);
        if (leg is null) return refused!;       // as above
        var made = Made(leg);
        made["sid"] = parts.Ids.CallControl(leg.Tenant, leg.Id);
        // The contract has neither; clients of the vendor read this one.
        made["call_sid"] = made["sid"]!.DeepClone();
        return op.Ok(made);
    }

    private static JsonObject Made(LegFacts leg) => new() { ["from"] = leg.From, ["status"] = Queued, ["to"] = leg.To };

    private static async ValueTask<(LegFacts? Leg, Reply? Refused)> DialAsync(OperationContext op, VoiceParts parts,
        string applicationField, JsonObject json)
    {
        var body = new VoiceBody(json, parts.Egress);
        if (json.Id(applicationField) is not { } id
            || op.Routing.FindConnection(op.Tenant, new(id)) is not { Kind: ConnectionKind.Document } application)
            return (null, op.Unknown(applicationField, $"{applicationField} names no TeXML application of this account."));
        var dial = new VoiceBody(InitiateBody.Read(body), parts.Egress) { Missing = parts.Files.Missing };
        var supervision = await SupervisorActions.OfDialAsync(op, parts, dial);
        var request = DialMap.Map(dial, op.Tenant, application.Id) with { Supervises = supervision };
        var urls = new CallUrls(op, parts, body);
        var labels = await urls.OfNewAsync(application, request);
        request = request with { Record = await urls.OfRecordingAsync(request.Record) };
        foreach (var problem in dial.Problems) body.Refuse(InitiateBody.Translate(problem));
        if (labels.Size() > Labels.MaxBytes)
            body.Refuse(VoiceErrors.BadLength, "Texml", $"The document and the URLs may have at most {Labels.MaxBytes} bytes together.");
        if (body.Problems.Count > 0) return (null, op.Fail(body.Problems));

        var dialled = await op.Calls.DialAsync(request with
        {
            Application = new(ApplicationKind.Document),
            Labels = labels,
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
        }, op.Stop);
        return dialled is { Leg: { } leg, Ack.IsAccepted: true } ? (leg, null)
            : (null, op.Fail(InitiateBody.Translate(Errors.Of(dialled))));
    }
}

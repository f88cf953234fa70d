using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// Places a call that a document commands once it is answered. Without an application it goes by the account's own profile.
/// </summary>
internal static class TwimlDial
{
    private const int UsualRing = 60;
    internal const string Keys = "0123456789*#wWABCDabcd,";

    public static async ValueTask<Reply> Handle(OperationContext op, TwimlParts parts)
    {
        var body = op.ReadObject();
        if (TakeOne(body) is not var (source, passedOver))
            return op.Fail(TwimlErrors.Bad("Url", "Url is required, where there is no Twiml and no ApplicationSid."));
        Connection? application = null;
        if ((string?)body["ApplicationSid"] is { Length: > 0 } sid)
        {
            application = TwimlSids.ReadWhole("AP", sid) is { } id ? op.Routing.FindConnection(op.Tenant, new(id)) : null;
            if (application is not { Kind: ConnectionKind.Document, Application.Target: TwimlLanguage.Target })
                return op.Fail(TwimlErrors.Bad("ApplicationSid", "ApplicationSid names no application of this account."));
        }
        var (request, problem) = await RequestAsync(op, parts.Voice, body, application);
        if (request is null) return op.Fail(problem!);      // one of the two is there
        var dialled = await op.Calls.DialAsync(request with
        {
            Application = new(ApplicationKind.Document, TwimlLanguage.Target),
            WaitsForTrunk = true,       // programs in this language create calls in a loop, and look for them in a queue
            AskedBy = op.Dialect.Name,
            HasAskerLeft = op.HasClientLeft,
        }, op.Stop);
        if (dialled is not { Leg: { } leg, Ack.IsAccepted: true }) return op.Fail(TwimlErrors.Of(dialled));
        foreach (string name in passedOver)
            await op.Calls.SendAsync(leg.Id, new LegCommand.Note(NoteKind.Warning, $"{name} does nothing beside {source}"), op.Stop);
        return op.Bare(201, TwimlCallView.OfNew(op, leg));
    }

    /// <summary>A dial in the words of the body.</summary>
    private static async ValueTask<(DialRequest? Request, Problem? Problem)> RequestAsync(OperationContext op, VoiceParts parts,
        JsonObject json, Connection? application)
    {
        foreach (var (field, code) in (ReadOnlySpan<(string, string)>)[("To", TwimlErrors.NoTo), ("From", TwimlErrors.NoFrom)])
            if (string.IsNullOrEmpty((string?)json[field])) return (null, new(code, $"{field} is required.") { Pointer = "/" + field });
        if ((string?)json["SendDigits"] is { } digits && !digits.All(key => Keys.Contains(key, StringComparison.Ordinal)))
            return (null, TwimlErrors.Bad("SendDigits", $"SendDigits has keys of {Keys}."));
        var body = new VoiceBody(TwimlCallBody.OfNew(json), parts.Egress);
        var dial = new VoiceBody(InitiateBody.Read(body), parts.Egress) { Missing = parts.Files.Missing };
        var request = DialMap.Map(dial, op.Tenant, application?.Id ?? default);
        var urls = new CallUrls(op, parts, body);
        if (await urls.OfRecordingAsync(request.Record) is { } plan)
            request = request with { Record = plan with { Format = RecordFormat.Wav } };
        var labels = await urls.OfNewAsync(application, request);
        foreach (var found in dial.Problems) body.Refuse(InitiateBody.Translate(found));
        if (labels.Size() > Labels.MaxBytes)
            body.Refuse(VoiceErrors.BadLength, "Texml", $"Twiml and the URLs may have at most {Labels.MaxBytes} bytes together.");
        if (body.Problems.Count > 0) return (null, TwimlErrors.Translate(body.Problems[0], TwimlCallBody.NameOf));
        return (request with
        {
            Labels = labels,
            RingTimeout = TimeSpan.FromSeconds((int?)json["Timeout"] ?? UsualRing),
            TimeLimit = json["TimeLimit"] is { } limit ? TimeSpan.FromSeconds((int)limit) : request.TimeLimit,
            DigitsOnAnswer = (string?)json["SendDigits"] is { Length: > 0 } keys ? keys.Replace(',', 'w') : null,
        }, null);
    }

    /// <summary>
    /// A call runs one document: an application's before one at a URL, and that before one in the request, as these clients know it.
    /// Whatever stands beside is taken out of the body.
    /// </summary>
    /// <returns>Null where there is none.</returns>
    internal static (string Source, IReadOnlyList<string> PassedOver)? TakeOne(JsonObject body)
    {
        string[] said = [.. ((string[])["ApplicationSid", "Url", "Twiml"]).Where(name => (string?)body[name] is { Length: > 0 })];
        if (said.Length == 0) return null;
        foreach (string name in said[1..]) body.Remove(name);
        return (said[0], said[1..]);
    }
}

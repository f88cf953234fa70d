using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Verbs;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// What runs beside a call, begun and stopped: its stream, and its session with a recording server. Each is named by its SID, or as whoever
/// began it last called it.
/// </summary>
internal static class TwimlCallServices
{
    public const string InProgress = "in-progress", Stopped = "stopped";

    /// <summary>That one of these may carry.</summary>
    private const int StreamParameters = VoiceLimits.StreamParameters, SiprecParameters = Limits.SiprecParameters;

    private static readonly FieldNames StreamNames = new(("Url", "stream_url"), ("Track", "stream_track"));
    private static readonly FieldNames SiprecNames = new(("ConnectorName", "connector_name"), ("Track", "siprec_track"));

    public static async ValueTask<Reply> StartStream(OperationContext op, TwimlParts parts)
    {
        if (await TwimlPaths.FindCallAsync(op, parts, "CallSid") is not { } leg) return op.Unknown("CallSid");
        if (!leg.IsAlive) return op.Refuse(Refusal.AlreadyEnded);
        var body = new VoiceBody(op.ReadObject(), parts.Voice.Egress);
        var (command, id) = await CallStreams.ReadAsync(op, parts.Voice, body, StreamNames);
        var parameters = Parameters(body, StreamParameters, VoiceLimits.StreamParameterLength, static _ => true);
        if (body.Problems.Count > 0 || command is null) return Bad(op, body);
        // One codec, and nothing comes back: for that there is a verb.
        var terms = command.Terms with
        {
            CustomParameters = parameters,
            Format = StreamFormat.Pcmu,
            Injection = StreamInjection.None,
            Headers = TwimlSignature.OfHandshake(await parts.Documents.Records.FindTokenAsync(op.Tenant, op.Stop), command.Terms.Url),
        };
        var ack = await op.Calls.SendAsync(leg.Id, command with { Terms = terms }, op.Stop);
        if (!ack.IsAccepted) return op.Refuse(ack.Refusal);
        await SettleAsync(op, parts, leg, TexmlLabels.StreamName, body.Text("Name"));
        return op.Bare(201, Show(op, leg, "Streams", TwimlSids.Stream(id), body.Text("Name"), InProgress));
    }

    public static async ValueTask<Reply> StopStream(OperationContext op, TwimlParts parts)
    {
        if (await TwimlPaths.FindCallAsync(op, parts, "CallSid") is not { } leg) return op.Unknown("CallSid");
        string sid = op.Path("Sid");
        var id = TwimlSids.Read("MZ", sid);
        if (id is null && leg.Labels[TexmlLabels.StreamName] != sid) return op.Unknown("Sid");
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.StopStream(id), op.Stop);
        // One that is over is not there any more.
        if (ack.Refusal is Refusal.NotStreaming) return op.Unknown("Sid");
        return ack.IsAccepted ? op.Bare(200, Show(op, leg, "Streams", sid, leg.Labels[TexmlLabels.StreamName], Stopped))
            : op.Refuse(ack.Refusal);
    }

    public static async ValueTask<Reply> StartSiprec(OperationContext op, TwimlParts parts)
    {
        if (await TwimlPaths.FindCallAsync(op, parts, "CallSid") is not { } leg) return op.Unknown("CallSid");
        if (!leg.IsAlive) return op.Refuse(Refusal.AlreadyEnded);
        var body = new VoiceBody(op.ReadObject(), parts.Voice.Egress);
        var (command, id) = await CallSiprecs.ReadAsync(op, parts.Voice, body, SiprecNames);
        // They become headers.
        var parameters = Parameters(body, SiprecParameters, Limits.SiprecParameterCharacters, SiprecService.IsTold);
        if (body.Problems.Count > 0 || command is null) return Bad(op, body);
        var ack = await op.Calls.SendAsync(leg.Id, command with { Terms = command.Terms with { Parameters = parameters } }, op.Stop);
        if (!ack.IsAccepted) return op.Refuse(ack.Refusal);
        await SettleAsync(op, parts, leg, TexmlLabels.SiprecName, body.Text("Name"));
        return op.Bare(201, Show(op, leg, "Siprec", TwimlSids.Siprec(id), body.Text("Name"), InProgress));
    }

    public static async ValueTask<Reply> StopSiprec(OperationContext op, TwimlParts parts)
    {
        if (await TwimlPaths.FindCallAsync(op, parts, "CallSid") is not { } leg) return op.Unknown("CallSid");
        string sid = op.Path("Sid");
        var id = TwimlSids.Read("SR", sid);
        if (id is null && leg.Labels[TexmlLabels.SiprecName] != sid) return op.Unknown("Sid");
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.StopSiprec { Session = id }, op.Stop);
        if (ack.Refusal is Refusal.NoSiprecSession) return op.Unknown("Sid");
        return ack.IsAccepted ? op.Bare(200, Show(op, leg, "Siprec", sid, leg.Labels[TexmlLabels.SiprecName], Stopped))
            : op.Refuse(ack.Refusal);
    }

    /// <summary>Whoever stops it next names it by what stands on the call.</summary>
    public static async ValueTask SettleAsync(OperationContext op, TwimlParts parts, LegRow leg, string label, string? value) =>
        _ = await Settling.WaitAsync(op, parts.Voice, () => parts.Store.Legs.FindAsync(op.Tenant, leg.Id, op.Stop),
            row => !row.IsAlive || (row.Labels[label] ?? "") == (value ?? ""));

    public static Reply Bad(OperationContext op, VoiceBody body) =>
        op.Fail(TwimlErrors.Translate(body.Problems[0], static name => name));

    /// <param name="name">As it was called; its SID where nobody did.</param>
    public static JsonObject Show(OperationContext op, LegRow leg, string what, string sid, string? name, string status) => new()
    {
        ["sid"] = sid,
        ["account_sid"] = TwimlSids.Account(op.Tenant),
        ["call_sid"] = TwimlSids.Call(leg.Id),
        ["name"] = name is { Length: > 0 } ? name : sid,
        ["status"] = status,
        ["date_updated"] = TexmlTime.Text(op.Now),
        ["uri"] = TwimlPaths.Of(op, $"Calls/{TwimlSids.Call(leg.Id)}/{what}/{sid}.json"),
    };

    /// <summary>Parameter1.Name with Parameter1.Value, and so on. What is wrong with them is a problem of the body.</summary>
    private static List<StreamParameter> Parameters(VoiceBody body, int most, int longest, Func<StreamParameter, bool> isGood)
    {
        var parameters = new List<StreamParameter>();
        for (int i = 1; i <= most; i++)
        {
            string field = $"Parameter{i}.Name";
            string? value = body.Text($"Parameter{i}.Value");
            if (body.Text(field) is not { Length: > 0 } name)
            {
                if (value is not null) body.Refuse(VoiceErrors.MissingParameter, field, $"{field} is required: there is a value.");
                continue;
            }
            var one = new StreamParameter(name, value ?? "");
            if (name.Length > longest || one.Value.Length > longest)
                body.Refuse(VoiceErrors.BadLength, field, $"{field} and its value have at most {longest} characters each.");
            else if (!isGood(one)) body.Refuse(VoiceErrors.BadRequest, field, $"{field} and its value make no header.");
            else parameters.Add(one);
        }
        return parameters;
    }
}

using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Texml;

/// <summary>The session that has a recording server record a call, begun and stopped.</summary>
internal static class CallSiprecs
{
    public static readonly FieldNames Names = new(("ConnectorName", "connector_name"), ("Track", "siprec_track"), ("Secure", "secure"),
        ("SessionTimeoutSecs", "session_timeout_secs"), ("SipTransport", "sip_transport"),
        ("IncludeMetadataCustomHeaders", "include_metadata_custom_headers"));

    public static async ValueTask<Reply> Start(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindCallAsync(op, parts) is not { } leg) return op.Unknown("call_sid");
        var body = new VoiceBody(op.ReadObject(), parts.Egress);
        var (command, id) = await ReadAsync(op, parts, body, Names);
        if (body.Problems.Count > 0 || command is null) return op.Fail(body.Problems);

        var ack = await op.Calls.SendAsync(leg.Id, command, op.Stop);
        if (!ack.IsAccepted) return op.Fail(Errors.Of(ack.Refusal));
        var session = CallStreams.Show(op, op.Path("call_sid"), "Siprec", id, CallRecordings.InProgress);
        session["date_created"] = session["date_updated"]!.DeepClone();
        session["start_time"] = session["date_updated"]!.DeepClone();
        session["error_code"] = null;
        session["track"] = body.Text("Track") is { Length: > 0 } track ? track : "both_tracks";
        return op.Bare(200, session);
    }

    public static async ValueTask<Reply> Stop(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindCallAsync(op, parts) is not { } leg) return op.Unknown("call_sid");
        if (!Guid.TryParse(op.Path("siprec_sid"), out var id)) return op.Unknown("siprec_sid");
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.StopSiprec { Session = id }, op.Stop);
        // One that is over is not there any more.
        if (ack.Refusal is Refusal.NoSiprecSession) return op.Unknown("siprec_sid");
        if (!ack.IsAccepted) return op.Fail(Errors.Of(ack.Refusal));
        var session = CallStreams.Show(op, op.Path("call_sid"), "Siprec", id, CallRecordings.Stopped);
        session["error_code"] = null;
        return op.Bare(200, session);
    }

    /// <inheritdoc cref="CallStreams.ReadAsync"/>
    public static async ValueTask<(LegCommand.StartSiprec? Command, Guid Id)> ReadAsync(OperationContext op, VoiceParts parts,
        VoiceBody body, FieldNames names)
    {
        var id = Guid.CreateVersion7(op.Now);
        var siprec = new VoiceBody(names.Read(body), parts.Egress);
        var command = (LegCommand.StartSiprec?)await SiprecMap.StartAsync(op, siprec, parts.Store);
        foreach (var problem in siprec.Problems) body.Refuse(names.Translate(problem));
        string? callback = await new BodyUrls(op, parts, body).CallbackAsync("StatusCallback", ["siprec"]);
        return (command is null ? null : command with
        {
            Id = id,
            Labels = Labels.Of((TexmlLabels.Siprec, callback ?? ""), (TexmlLabels.SiprecName, body.Text("Name") ?? "")),
        }, id);
    }
}

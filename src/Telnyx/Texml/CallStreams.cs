using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Texml;

/// <summary>The media stream of a call, begun and stopped.</summary>
internal static class CallStreams
{
    public static readonly FieldNames Names = new(("Url", "stream_url"), ("Track", "stream_track"),
        ("BidirectionalMode", "stream_bidirectional_mode"), ("BidirectionalCodec", "stream_bidirectional_codec"));

    public static async ValueTask<Reply> Start(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindCallAsync(op, parts) is not { } leg) return op.Unknown("call_sid");
        var body = new VoiceBody(op.ReadObject(), parts.Egress);
        var (command, id) = await ReadAsync(op, parts, body, Names);
        if (body.Problems.Count > 0 || command is null) return op.Fail(body.Problems);

        var ack = await op.Calls.SendAsync(leg.Id, command, op.Stop);
        if (!ack.IsAccepted) return op.Fail(Errors.Of(ack.Refusal));
        var stream = Show(op, op.Path("call_sid"), "Streams", id, CallRecordings.InProgress);
        stream["name"] = body.Text("Name") is { Length: > 0 } name ? name : id.ToString();
        return op.Bare(200, stream);
    }

    public static async ValueTask<Reply> Stop(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindCallAsync(op, parts) is not { } leg) return op.Unknown("call_sid");
        if (!Guid.TryParse(op.Path("streaming_sid"), out var id)) return op.Unknown("streaming_sid");
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.StopStream(id), op.Stop);
        // One that is over is not there any more.
        if (ack.Refusal is Refusal.NotStreaming) return op.Unknown("streaming_sid");
        return ack.IsAccepted ? op.Bare(200, Show(op, op.Path("call_sid"), "Streams", id, CallRecordings.Stopped))
            : op.Fail(Errors.Of(ack.Refusal));
    }

    /// <summary>With where callbacks of it go. Null where the body's problems say why.</summary>
    /// <param name="names">Of the fields that say what the stream is to be.</param>
    public static async ValueTask<(LegCommand.StartStream? Command, Guid Id)> ReadAsync(OperationContext op, VoiceParts parts,
        VoiceBody body, FieldNames names)
    {
        var id = Guid.CreateVersion7(op.Now);
        var stream = new VoiceBody(names.Read(body), parts.Egress);
        var command = (LegCommand.StartStream?)StreamMap.Start(stream);
        foreach (var problem in stream.Problems) body.Refuse(names.Translate(problem));
        string? callback = await new BodyUrls(op, parts, body).CallbackAsync("StatusCallback", ["stream"]);
        return (command is null ? null : command with
        {
            // Of an earlier stream nothing stays.
            Id = id,
            Labels = Labels.Of((TexmlLabels.Stream, callback ?? ""), (TexmlLabels.StreamName, body.Text("Name") ?? "")),
        }, id);
    }

    public static JsonObject Show(OperationContext op, string call, string what, Guid id, string status) => new()
    {
        ["account_sid"] = op.Tenant.ToString(),
        ["call_sid"] = call,
        ["date_updated"] = TexmlTime.Text(op.Now),
        ["sid"] = id.ToString(),
        ["status"] = status,
        ["uri"] = TexmlPaths.Of(op, $"Calls/{call}/{what}/{id}.json"),
    };
}

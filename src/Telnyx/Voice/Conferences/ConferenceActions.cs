using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Voice.Conferences;

/// <summary>Commands to a conference that is named by its id or its name.</summary>
internal static class ConferenceActions
{
    public const string Unknown = "90058";

    public static async ValueTask<Reply> Send(OperationContext op, VoiceParts parts, Func<ConferenceBody, ConferenceCommand?> map)
    {
        if (await FindLiveAsync(op, parts) is not { } conference) return NotFound(op);
        var body = new ConferenceBody(op, parts);
        var command = map(body);
        string? id = body.Voice.CommandId();
        if (body.Voice.Problems.Count > 0 || command is null) return op.Fail(body.Voice.Problems);
        var ack = await op.Calls.SendAsync(Subject.Of(conference.Id), command with { CommandId = id }, op.Stop);
        return ack.IsAccepted ? op.Ok(CommandReply.Of(command, parts.Speech)) : Answer(op, ack);
    }

    public static ValueTask<ConferenceRow?> FindAsync(OperationContext op, VoiceParts parts) =>
        parts.Store.Conferences.FindAsync(op.Tenant, op.Path("id"), op.Stop);

    /// <summary>For commands, which the database does not hold up.</summary>
    public static ValueTask<ConferenceRow?> FindLiveAsync(OperationContext op, VoiceParts parts) =>
        parts.Store.Conferences.FindLiveAsync(op.Tenant, op.Path("id"), op.Stop);

    public static Reply NotFound(OperationContext op) => op.Fail(new Problem(Unknown, "There is no conference of this id or name."));

    public static Reply Answer(OperationContext op, Ack ack) =>
        ack.IsAccepted ? op.Ok(new JsonObject { ["result"] = "ok" }) : op.Fail(Errors.Of(ack.Refusal));
}

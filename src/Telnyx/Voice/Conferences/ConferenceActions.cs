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

    /// <summary>What becomes of the conference when one of them leaves, and whether his coming and going is heard.</summary>
    public static async ValueTask<Reply> UpdateParticipant(OperationContext op, VoiceParts parts)
    {
        if (await FindAsync(op, parts) is not { } conference) return NotFound(op);
        if (await ConferenceReads.FindParticipantAsync(op, parts, conference) is not { } one) return op.Unknown("participant_id");
        var body = new ConferenceBody(op, parts);
        bool? hangsUp = Asked("end_conference_on_exit"), leaves = Asked("soft_end_conference_on_exit");
        var command = new ConferenceCommand.Change(one.Leg) { HangsUpOthers = hangsUp, LeavesOthers = leaves, Beeps = body.Beeps() };
        if (body.Voice.Problems.Count > 0) return op.Fail(body.Voice.Problems);
        var ack = await op.Calls.SendAsync(Subject.Of(conference.Id), command, op.Stop);
        if (!ack.IsAccepted) return Answer(op, ack);
        var part = one.As with
        {
            EndsConference = hangsUp ?? one.As.EndsConference,
            EndsSoftly = leaves ?? one.As.EndsSoftly,
        };
        // Whoever reads it next is to find what he has changed.
        var now = await Settling.WaitAsync(op, parts, () => ConferenceReads.FindParticipantAsync(op, parts, conference),
            seen => (seen.As.EndsConference, seen.As.EndsSoftly) == (part.EndsConference, part.EndsSoftly));
        return op.Ok(ConferenceReads.ShowOne(now ?? one with { As = part }, conference, op.Tenant, parts));

        bool? Asked(string field) => body.Voice.Has(field) ? body.Voice.Flag(field) : null;
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

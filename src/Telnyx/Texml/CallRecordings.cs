using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Texml;

/// <summary>Recordings of a call that goes on: begun, and then let rest, go on or stopped.</summary>
internal static class CallRecordings
{
    public const string InProgress = "in-progress", Paused = "paused", Stopped = "stopped";

    private static readonly FieldNames Names = new(("RecordingTrack", "recording_track"), ("RecordingChannels", "channels"));

    public static async ValueTask<Reply> Start(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindCallAsync(op, parts) is not { } leg) return op.Unknown("call_sid");
        var body = new VoiceBody(op.ReadObject(), parts.Egress);
        var plan = Plan(body, parts);
        var labels = await new BodyUrls(op, parts, body).RecordingAsync(RecordingSource.CallApi);
        if (body.Problems.Count > 0 || plan is null) return op.Fail(body.Problems);

        plan = plan with { Labels = labels };
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.RecordStart(plan), op.Stop);
        return ack.IsAccepted ? op.Bare(200, RecordingResources.OfCommand(op, parts, await BegunAsync(op, parts, leg, plan)))
            : op.Fail(Errors.Of(ack.Refusal));
    }

    public static async ValueTask<Reply> Update(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindCallAsync(op, parts) is not { } leg) return op.Unknown("call_sid");
        if (!Guid.TryParse(op.Path("recording_sid"), out var id)
            || await parts.Store.Recordings.FindBegunAsync(op.Tenant, id, op.Stop) is not { Plan.Conference: null } row
            || row.Leg != leg.Id) return op.Unknown("recording_sid");
        var body = new VoiceBody(op.ReadObject(), parts.Egress);
        string status = body.Text("Status") ?? "";
        if (CommandOf(status, id) is not { } command)
            return op.Invalid("/Status", VoiceErrors.BadRequest, $"Status must be {InProgress}, {Paused} or {Stopped}.");

        // One that is over stays stopped.
        if (row.State is RecordingState.Recording || status is not Stopped)
        {
            var ack = await op.Calls.SendAsync(leg.Id, command, op.Stop);
            if (!ack.IsAccepted) return op.Fail(Errors.Of(ack.Refusal) with { Pointer = "/Status" });
            row = await parts.Store.Recordings.FindBegunAsync(op.Tenant, id, op.Stop) ?? row;
        }
        return op.Bare(200, RecordingResources.OfCommand(op, parts, row));
    }

    /// <summary>The command to a call that makes its recording so; null where there is no such word.</summary>
    public static LegCommand? CommandOf(string status, Guid recording) => status switch
    {
        InProgress => new LegCommand.RecordResume(recording),
        Paused => new LegCommand.RecordPause(recording),
        Stopped => new LegCommand.RecordStop(recording),
        _ => null,
    };

    /// <summary>As it stands in the store, where it is in a moment.</summary>
    public static async ValueTask<RecordingRow> BegunAsync(OperationContext op, VoiceParts parts, LegRow leg, RecordPlan plan)
    {
        if (await Settling.WaitAsync(op, parts, () => parts.Store.Recordings.FindBegunAsync(op.Tenant, plan.Id, op.Stop), _ => true)
                is { } begun) return begun;
        var now = op.Now;
        return new()
        {
            Id = plan.Id, Tenant = leg.Tenant, Leg = leg.Id, LegUuid = leg.Uuid, Session = leg.Session, Connection = leg.Connection,
            From = leg.From, To = leg.To, Plan = plan, State = RecordingState.Recording,
            StartedAt = now, CreatedAt = now, UpdatedAt = now,
        };
    }

    /// <returns>Null where the body's problems say why.</returns>
    private static RecordPlan? Plan(VoiceBody body, VoiceParts parts)
    {
        var json = Names.Read(body);
        json["format"] = "mp3";
        json["channels"] ??= "dual";
        json["play_beep"] = !body.Has("PlayBeep") || body.Flag("PlayBeep");
        var record = new VoiceBody(json, parts.Egress) { Missing = parts.Files.Missing };
        var command = (LegCommand.RecordStart?)RecordMap.Start(record);
        foreach (var problem in record.Problems) body.Refuse(Names.Translate(problem));
        return command?.Plan;
    }
}

using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>Recordings of a call that goes on: begun, and then let rest, go on or stopped.</summary>
internal static class TwimlCallRecordings
{
    /// <summary>The one that was begun last and still runs.</summary>
    private const string Current = "Twilio.CURRENT";

    public static async ValueTask<Reply> Start(OperationContext op, TwimlParts parts)
    {
        if (await TwimlPaths.FindCallAsync(op, parts, "CallSid") is not { } leg) return op.Unknown("CallSid");
        if (!leg.IsAlive) return op.Refuse(Refusal.AlreadyEnded);
        var json = op.ReadObject();
        var body = new VoiceBody(TwimlCallBody.OfNew(json), parts.Voice.Egress);
        var labels = await new BodyUrls(op, parts.Voice, body).RecordingAsync(RecordingSource.CallApi);
        if (body.Problems.Count > 0) return op.Fail(TwimlErrors.Translate(body.Problems[0], TwimlCallBody.NameOf));
        var plan = new RecordPlan
        {
            Id = Guid.CreateVersion7(op.Now),
            Format = RecordFormat.Wav,
            IsDual = body.Text("RecordingChannels") is "dual",
            Track = body.Text("RecordingTrack") switch
            {
                "inbound" => RecordTrack.Inbound,
                "outbound" => RecordTrack.Outbound,
                _ => RecordTrack.Both,
            },
            TrimsSilence = body.Text("Trim") is "trim-silence",
            Labels = labels.With(TwimlLanguage.Spoken),
        };
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.RecordStart(plan), op.Stop);
        return ack.IsAccepted ? op.Bare(201, TwimlRecordings.Show(op, await CallRecordings.BegunAsync(op, parts.Voice, leg, plan)))
            : op.Refuse(ack.Refusal);
    }

    public static async ValueTask<Reply> Update(OperationContext op, TwimlParts parts)
    {
        if (await TwimlPaths.FindCallAsync(op, parts, "CallSid") is not { } leg) return op.Unknown("CallSid");
        if (await FindAsync(op, parts, new() { Leg = leg.Id, Limit = 50 }) is not { } row) return op.Unknown("Sid");
        string status = (string?)op.ReadObject()["Status"] ?? "";
        var command = CallRecordings.CommandOf(status, row.Id);
        if (command is LegCommand.RecordPause pause) command = pause with { IsSilent = IsSilent(op) };
        return command is null ? NoStatus(op)
            : await AnswerAsync(op, parts, row, status, () => op.Calls.SendAsync(leg.Id, command, op.Stop));
    }

    /// <summary>The same of a conference.</summary>
    public static async ValueTask<Reply> UpdateOfConference(OperationContext op, TwimlParts parts)
    {
        if (await TwimlConferences.FindAsync(op, parts, "ConferenceSid") is not { } conference) return op.Unknown("ConferenceSid");
        if (await FindAsync(op, parts, new() { Conference = conference.Uuid, Limit = 50 }) is not { } row) return op.Unknown("Sid");
        string status = (string?)op.ReadObject()["Status"] ?? "";
        ConferenceCommand? command = status switch
        {
            CallRecordings.InProgress => new ConferenceCommand.RecordResume(row.Id),
            CallRecordings.Paused => new ConferenceCommand.RecordPause(row.Id) { IsSilent = IsSilent(op) },
            CallRecordings.Stopped => new ConferenceCommand.RecordStop(row.Id),
            _ => null,
        };
        return command is null ? NoStatus(op)
            : await AnswerAsync(op, parts, row, status, () => op.Calls.SendAsync(Subject.Of(conference.Id), command, op.Stop));
    }

    private static async ValueTask<Reply> AnswerAsync(OperationContext op, TwimlParts parts, RecordingRow row, string status,
        Func<ValueTask<Ack>> send)
    {
        // One that is over stays stopped.
        if (row.State is RecordingState.Recording || status is not CallRecordings.Stopped)
        {
            var ack = await send();
            if (!ack.IsAccepted) return op.Refuse(ack.Refusal);
            row = await parts.Store.Recordings.FindBegunAsync(op.Tenant, row.Id, op.Stop) ?? row;
        }
        var shown = TwimlRecordings.Show(op, row);
        // Saved a moment later.
        if (row.State is RecordingState.Recording) shown["status"] = status is CallRecordings.Stopped ? "stopped" : status;
        return op.Bare(200, shown);
    }

    /// <summary>While the recording rests its time goes on; else that is left out of it.</summary>
    private static bool IsSilent(OperationContext op) => (string?)op.ReadObject()["PauseBehavior"] is "silence";

    private static Reply NoStatus(OperationContext op) =>
        op.Fail(new Problem(TwimlErrors.Invalid, "Status must be in-progress, paused or stopped.") { Pointer = "/Status" });

    /// <param name="among">Those of what the path names.</param>
    private static async ValueTask<RecordingRow?> FindAsync(OperationContext op, TwimlParts parts, RecordingSearch among)
    {
        if (op.Path("Sid") is not Current) return await TwimlRecordings.FindAsync(op, parts);
        var found = await parts.Store.Recordings.SearchAsync(op.Tenant, among, op.Stop);
        return found?.Rows.FirstOrDefault(row => row.State is RecordingState.Recording
            && (row.Plan.Conference is null) == (among.Conference is null));
    }
}

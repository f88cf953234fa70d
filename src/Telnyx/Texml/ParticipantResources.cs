using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>Who takes part in a conference now, or is being dialled for it. One that is over has nobody.</summary>
internal static class ParticipantResources
{
    private const string Name = "call_sid_or_participant_label";

    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindConferenceAsync(op, parts) is not { } conference) return op.Unknown("conference_sid");
        if (TexmlPage.Read(op, out var problem) is not { } page) return op.Fail(problem!);
        var present = await parts.Store.Conferences.ListPresentAsync(op.Tenant, conference.Id, page.Offset, page.Size + 1, op.Stop);
        var shown = new JsonArray([.. present.Take(page.Size).Select(one => (JsonNode)Of(op, parts, conference, one))]);
        // Nobody gets in before those who are there.
        return op.Bare(200, page.Write(op, "participants", shown, $"Conferences/{conference.Uuid}/Participants",
            present.Count > page.Size ? "" : null));
    }

    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindConferenceAsync(op, parts) is not { } conference) return op.Unknown("conference_sid");
        var (one, dialled) = await SeekAsync(op, parts, conference);
        if (one is not null) return op.Bare(200, Of(op, parts, conference, one));
        return dialled is not null ? op.Bare(200, OfDialled(op, parts, conference, dialled)) : op.Unknown(Name);
    }

    public static async ValueTask<Reply> Update(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindConferenceAsync(op, parts) is not { } conference) return op.Unknown("conference_sid");
        var (one, dialled) = await SeekAsync(op, parts, conference);
        if (one is null && dialled is null) return op.Unknown(Name);
        var body = new VoiceBody(op.ReadObject(), parts.Egress);
        var sounds = new BodySounds(op, parts, body, conference);
        var change = await ParticipantBody.ChangeAsync(op, parts, body, sounds, one?.Part.Leg ?? dialled!.Id,        // one of them is there
            one?.Part.As ?? EntryLabels.Read(dialled!.Labels), isIn: one is not null);
        if (body.Problems.Count > 0) return op.Fail(body.Problems);

        if (dialled is not null)
        {
            var (entry, part) = await ConferenceEffects.ChangeEntryAsync(op, parts, dialled, change);
            if (entry.IsAccepted)
            {
                await sounds.WarnAsync(dialled.Id);
                return op.Bare(200, OfDialled(op, parts, conference, dialled, part));
            }
            if (entry.Refusal is not Refusal.WrongState) return op.Fail(Errors.Of(entry.Refusal));
            // He has answered meanwhile.
            one = await Settling.WaitAsync(op, parts, () => FindAsync(op, parts, conference, op.Path(Name)), static _ => true);
        }
        if (one is null) return op.Unknown(Name);
        var ack = await ConferenceEffects.ChangeAsync(op.Calls, conference.Id, one.Part.Leg, change, op.Stop);
        if (!ack.IsAccepted) return op.Fail(Errors.Of(ack.Refusal));
        await sounds.WarnAsync(one.Part.Leg);
        // Whoever reads it next is to find what he has changed.
        await Settling.WaitAsync(op, parts, () => FindAsync(op, parts, conference, op.Path(Name)), seen => change.IsDone(seen.Part.As));
        return op.Bare(200, Of(op, parts, conference, one with
        {
            Part = one.Part with { As = change.Over(one.Part.As), UpdatedAt = op.Now }
        }));
    }

    public static async ValueTask<Reply> Delete(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindConferenceAsync(op, parts) is not { } conference) return op.Unknown("conference_sid");
        var (one, dialled) = await SeekAsync(op, parts, conference);
        Ack ack;
        if (one is not null) ack = await ConferenceEffects.LeaveAsync(op.Calls, conference.Id, one.Part.Leg, op.Stop);
        else if (dialled is not null) ack = await op.Calls.SendAsync(dialled.Id, new LegCommand.Hangup(), op.Stop);
        else return op.Unknown(Name);
        return ack.IsAccepted ? op.NoContent() : op.Fail(Errors.Of(ack.Refusal));
    }

    /// <param name="name">The id of a call, or the label that the participant was given.</param>
    public static async ValueTask<PresentParticipant?> FindAsync(OperationContext op, VoiceParts parts, ConferenceRow conference,
        string name)
    {
        if (conference.Status is ConferenceStatus.Completed) return null;
        bool isCall = parts.Ids.TryReadCallControl(name, op.Tenant, out var leg);
        const int all = ConferenceTerms.MostParticipants;
        var present = await parts.Store.Conferences.ListPresentAsync(op.Tenant, conference.Id, 0, all, op.Stop);
        return present.FirstOrDefault(one => isCall ? one.Part.Leg == leg : one.Labels[TexmlLabels.ParticipantLabel] == name);
    }

    public static JsonObject Of(OperationContext op, VoiceParts parts, ConferenceRow conference, PresentParticipant one)
    {
        var (part, fields) = (one.Part, OfCall(op, parts, conference, one.Part.Leg, one.Labels));
        fields["date_created"] = TexmlTime.Text(part.CreatedAt);
        fields["date_updated"] = TexmlTime.Text(part.UpdatedAt);
        return Write(fields, part.As, parts, op.Tenant, "connected");
    }

    /// <summary>One that does not take part yet.</summary>
    /// <param name="entry">As what it is to; null for what its call says.</param>
    public static JsonObject OfDialled(OperationContext op, VoiceParts parts, ConferenceRow conference, LegRow leg,
        Participation? entry = null)
    {
        var fields = OfCall(op, parts, conference, leg.Id, leg.Labels);
        string at = TexmlTime.Text(leg.StartedAt);
        // A node has one parent: each member has one of its own.
        (fields["date_created"], fields["date_updated"]) = (at, at);
        return Write(fields, entry ?? EntryLabels.Read(leg.Labels), parts, op.Tenant, "connecting");
    }

    public static JsonObject Write(JsonObject fields, Participation part, VoiceParts parts, TenantId tenant, string status)
    {
        fields["coaching"] = part.Role is SupervisorRole.Whisper;
        if (part is { Role: SupervisorRole.Whisper, WhispersTo: [var coached, ..] })
        {
            string sid = parts.Ids.CallControl(tenant, coached);
            (fields["coaching_call_sid"], fields["coaching_call_sid_legacy"]) = (sid, sid);
        }
        fields["end_conference_on_exit"] = part.EndsConference || part.EndsSoftly;
        fields["hold"] = part.IsOnHold;
        fields["muted"] = part.IsMuted;
        fields["status"] = status;
        return fields;
    }

    public static JsonObject OfCall(OperationContext op, VoiceParts parts, ConferenceRow conference, LegId leg, Labels labels)
    {
        string sid = parts.Ids.CallControl(op.Tenant, leg);
        var fields = new JsonObject
        {
            ["account_sid"] = op.Tenant.ToString(),
            ["api_version"] = "v2/texml",
            ["call_sid"] = sid,
            ["call_sid_legacy"] = sid,
            ["conference_sid"] = conference.Uuid.ToString(),
            ["uri"] = TexmlPaths.Of(op, $"Conferences/{conference.Uuid}/Participants/{sid}"),
        };
        if (labels[TexmlLabels.ParticipantLabel] is { } label) fields["label"] = label;
        return fields;
    }

    /// <summary>A call that is dialled for the conference and has not got in yet; one that has answered just now may be in.</summary>
    private static async ValueTask<LegRow?> FindDialledAsync(OperationContext op, VoiceParts parts, ConferenceRow conference) =>
        conference.Status is ConferenceStatus.Completed ? null
            : await DialledParticipants.FindAsync(op, parts, conference.Uuid, op.Path(Name),
                parts.Ids.TryReadCallControl(op.Path(Name), op.Tenant, out var id) ? id : null);

    /// <summary>
    /// The one of the path: in, or dialled as long as he has not answered. Who has answered just now is waited for until he is in. Neither
    /// when he is not found, or does not get in.
    /// </summary>
    private static async ValueTask<(PresentParticipant? One, LegRow? Dialled)> SeekAsync(OperationContext op, VoiceParts parts,
        ConferenceRow conference)
    {
        if (await FindAsync(op, parts, conference, op.Path(Name)) is { } one) return (one, null);
        var leg = await FindDialledAsync(op, parts, conference);
        if (leg?.AnsweredAt is null) return (null, leg);
        return (await Settling.WaitAsync(op, parts, () => FindAsync(op, parts, conference, op.Path(Name)), static _ => true), null);
    }
}

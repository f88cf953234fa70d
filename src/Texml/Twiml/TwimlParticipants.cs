using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Texml.Twiml;

/// <summary>Who takes part in a conference now, or is being dialled for it. One that is over has nobody.</summary>
internal static class TwimlParticipants
{
    private static readonly string[] Flags = ["Muted", "Hold", "Coaching"];

    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts)
    {
        if (await TwimlConferences.FindAsync(op, parts, "ConferenceSid") is not { } conference) return op.Unknown("ConferenceSid");
        var shown = (await PresentAsync(op, parts, conference)).Select(one => Show(op, conference, one));
        foreach (string flag in Flags)
        {
            if (op.Query[flag] is not { Length: > 0 } wanted) continue;
            if (wanted is not ("true" or "false")) return op.Fail(TwimlErrors.Bad(flag, $"{flag} is true or false."));
            shown = shown.Where(one => (bool)one[flag.ToLowerInvariant()]! == (wanted is "true"));     // each has it
        }
        return TwimlPages.Of(op, "participants", $"Conferences/{TwimlSids.Conference(conference.Uuid)}/Participants.json", [.. shown]);
    }

    public static async ValueTask<Reply> Get(OperationContext op, TwimlParts parts)
    {
        var conference = await TwimlConferences.FindAsync(op, parts, "ConferenceSid");
        var (entered, dialled) = await SeekAsync(op, parts, conference);
        if (entered is not null) return op.Bare(200, Show(op, entered.Conference, entered.One));
        if (dialled is ({ AnsweredAt: null } leg, var room))
            return op.Bare(200, Show(op, room, leg.Id, EntryLabels.Read(leg.Labels), leg.Labels, TwimlCallView.StatusOf(leg),
                leg.StartedAt, leg.StartedAt));
        return op.Unknown(conference is null && dialled is null ? "ConferenceSid" : "CallSid");
    }

    public static async ValueTask<Reply> Update(OperationContext op, TwimlParts parts)
    {
        var conference = await TwimlConferences.FindAsync(op, parts, "ConferenceSid");
        var (entered, dialled) = await SeekAsync(op, parts, conference);
        var rings = dialled is ({ AnsweredAt: null }, _) ? dialled : null;
        if (entered is null && rings is null) return op.Unknown(conference is null && dialled is null ? "ConferenceSid" : "CallSid");
        var json = op.ReadObject();
        TwimlParticipantDial.TranslateCoached(op, parts, json);
        var body = new VoiceBody(json, parts.Voice.Egress);
        // Of the same name one may be over, and another promised.
        var where = entered?.Conference ?? (conference is { Status: not ConferenceStatus.Completed } live ? live
            : Promised(op, rings!.Value.Conference));
        var sounds = new BodySounds(op, parts.Voice, body, where);
        var change = await ParticipantBody.ChangeAsync(op, parts.Voice, body, sounds, entered?.One.Part.Leg ?? rings!.Value.Leg.Id,
            entered?.One.Part.As ?? EntryLabels.Read(rings!.Value.Leg.Labels), isIn: entered is not null);      // one of them is there
        if (body.Problems.Count > 0) return op.Fail(TwimlErrors.Translate(body.Problems[0], TwimlCallBody.NameOf));
        if (rings is ({ } leg, var room))
        {
            var (entry, part) = await ConferenceEffects.ChangeEntryAsync(op, parts.Voice, leg, change);
            if (entry.IsAccepted)
            {
                await sounds.WarnAsync(leg.Id);
                return op.Bare(200, Show(op, room, leg.Id, part, leg.Labels, TwimlCallView.StatusOf(leg), leg.StartedAt, op.Now));
            }
            if (entry.Refusal is not Refusal.WrongState) return op.Refuse(entry.Refusal);
            // He has answered meanwhile.
            entered = await EnteredAsync(op, parts);
        }
        return entered is null ? op.Unknown("CallSid") : await ChangeAsync(op, parts, entered, change, sounds);
    }

    private static async ValueTask<Reply> ChangeAsync(OperationContext op, TwimlParts parts, Entered entered, ParticipantChange change,
        BodySounds sounds)
    {
        var (conference, one) = entered;
        var ack = await ConferenceEffects.ChangeAsync(op.Calls, conference.Id, one.Part.Leg, change, op.Stop);
        if (!ack.IsAccepted) return op.Refuse(ack.Refusal);
        await sounds.WarnAsync(one.Part.Leg);
        // Whoever reads it next is to find what he has changed.
        var now = await Settling.WaitAsync(op, parts.Voice, () => FindAsync(op, parts, conference),
            seen => change.IsDone(seen.Part.As));
        var shown = Show(op, conference, now ?? one);
        shown["muted"] = change.IsMuted ?? one.Part.As.IsMuted;
        shown["hold"] = change.IsOnHold ?? one.Part.As.IsOnHold;
        shown["end_conference_on_exit"] = change.EndsConference ?? (bool)shown["end_conference_on_exit"]!;      // each has it
        if (change.IsCoaching is { } coaches)
        {
            shown["coaching"] = coaches;
            shown["call_sid_to_coach"] = coaches && change.Coached is { } leg ? TwimlSids.Call(leg) : null;
        }
        return op.Bare(200, shown);
    }

    public static async ValueTask<Reply> Delete(OperationContext op, TwimlParts parts)
    {
        var conference = await TwimlConferences.FindAsync(op, parts, "ConferenceSid");
        var (entered, dialled) = await SeekAsync(op, parts, conference);
        Ack ack;
        if (entered is not null) ack = await ConferenceEffects.LeaveAsync(op.Calls, entered.Conference.Id, entered.One.Part.Leg, op.Stop);
        else if (dialled is ({ AnsweredAt: null } leg, _)) ack = await op.Calls.SendAsync(leg.Id, new LegCommand.Hangup(), op.Stop);
        else return op.Unknown(conference is null && dialled is null ? "ConferenceSid" : "CallSid");
        return ack.IsAccepted ? op.NoContent() : op.Refuse(ack.Refusal);
    }

    public static JsonObject Show(OperationContext op, Guid conference, LegId leg, Participation part, Labels labels, string status,
        DateTimeOffset createdAt, DateTimeOffset updatedAt)
    {
        string call = TwimlSids.Call(leg), room = TwimlSids.Conference(conference);
        return new()
        {
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["call_sid"] = call,
            ["conference_sid"] = room,
            ["label"] = labels[TexmlLabels.ParticipantLabel],
            ["call_sid_to_coach"] =
                part is { Role: SupervisorRole.Whisper, WhispersTo: [var coached, ..] } ? TwimlSids.Call(coached) : null,
            ["coaching"] = part.Role is SupervisorRole.Whisper,
            ["muted"] = part.IsMuted,
            ["hold"] = part.IsOnHold,
            ["end_conference_on_exit"] = part.EndsConference || part.EndsSoftly,
            ["start_conference_on_enter"] = labels[TexmlLabels.StartsConference] is not "false",
            ["status"] = status,
            ["queue_time"] = null,
            ["date_created"] = TexmlTime.Text(createdAt),
            ["date_updated"] = TexmlTime.Text(updatedAt),
            ["uri"] = TwimlPaths.Of(op, $"Conferences/{room}/Participants/{call}.json"),
        };
    }

    private static JsonObject Show(OperationContext op, ConferenceRow conference, PresentParticipant one) =>
        Show(op, conference.Uuid, one.Part.Leg, one.Part.As, one.Labels, "connected", one.Part.CreatedAt, one.Part.UpdatedAt);

    private static async ValueTask<IReadOnlyList<PresentParticipant>> PresentAsync(OperationContext op, TwimlParts parts,
        ConferenceRow conference) => conference.Status is ConferenceStatus.Completed ? []
            : await parts.Store.Conferences.ListPresentAsync(op.Tenant, conference.Id, 0, ConferenceTerms.MostParticipants, op.Stop);

    /// <summary>By the SID of a call, or by the label that the participant was given.</summary>
    private static async ValueTask<PresentParticipant?> FindAsync(OperationContext op, TwimlParts parts, ConferenceRow conference)
    {
        string name = op.Path("CallSid");
        bool isCall = TwimlSids.TryCall(name, out var leg);
        return (await PresentAsync(op, parts, conference))
            .FirstOrDefault(one => isCall ? one.Part.Leg == leg : one.Labels[TexmlLabels.ParticipantLabel] == name);
    }

    /// <summary>
    /// A call that is dialled into the conference of the path, and has not got in yet; also into one that is to begin with it. One that
    /// has answered just now may be in by now.
    /// </summary>
    /// <param name="conference">Null where none is there by that name.</param>
    private static async ValueTask<(LegRow Leg, Guid Conference)?> FindDialledAsync(OperationContext op, TwimlParts parts,
        ConferenceRow? conference)
    {
        string named = op.Path("ConferenceSid");
        var room = conference is { Status: not ConferenceStatus.Completed } ? conference.Uuid
            : TwimlSids.Read("CF", named) ?? parts.Promised.Find(op.Tenant, named, op.Now);
        if (room is not { } uuid) return null;
        string name = op.Path("CallSid");
        return await DialledParticipants.FindAsync(op, parts.Voice, uuid, name, TwimlSids.TryCall(name, out var id) ? id : null)
            is { } leg ? (leg, uuid) : null;
    }

    /// <summary>
    /// The one of the path: in, or dialled. Who has answered just now is waited for until he is in; he is still dialled when he does not
    /// get in. Neither when he is not found.
    /// </summary>
    private static async ValueTask<(Entered? Entered, (LegRow Leg, Guid Conference)? Dialled)> SeekAsync(OperationContext op,
        TwimlParts parts, ConferenceRow? conference)
    {
        if (conference is not null && await FindAsync(op, parts, conference) is { } one) return (new(conference, one), null);
        var dialled = await FindDialledAsync(op, parts, conference);
        if (dialled?.Leg.AnsweredAt is null) return (null, dialled);
        return (await EnteredAsync(op, parts), dialled);
    }

    /// <summary>The one of the path, once he is in; null when he does not get in. His conference may begin with him.</summary>
    private static ValueTask<Entered?> EnteredAsync(OperationContext op, TwimlParts parts) =>
        Settling.WaitAsync<Entered>(op, parts.Voice, async () =>
            await TwimlConferences.FindAsync(op, parts, "ConferenceSid") is { } begun
            && await FindAsync(op, parts, begun) is { } found ? new Entered(begun, found) : null, static _ => true);

    /// <summary>One that nobody is in yet: it begins with whoever is dialled.</summary>
    private static ConferenceRow Promised(OperationContext op, Guid uuid)
    {
        var now = op.Now;
        return new()
        {
            Id = default, Uuid = uuid, Name = op.Path("ConferenceSid"), Connection = default, Status = ConferenceStatus.Init,
            CreatedAt = now, ExpiresAt = now, UpdatedAt = now,
        };
    }

    private sealed record Entered(ConferenceRow Conference, PresentParticipant One);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Voice.Conferences;

/// <summary>
/// The conference that a call is dialled for (<c>conference_config</c>): one that is there, by its id, or the one of a name.
/// </summary>
internal static class DialConference
{
    private const string Field = "conference_config";

    /// <summary>It joins as soon as there is something to hear; so it is when nothing is said.</summary>
    public static bool IsEarly(VoiceBody dial) =>
        dial.Json[Field] is JsonObject json && json["early_media"]?.GetValueKind() is not JsonValueKind.False;

    /// <returns>Null when the dial names none, or its problems say why not.</returns>
    public static async ValueTask<LegCommand?> ReadAsync(OperationContext op, VoiceParts parts, VoiceBody dial)
    {
        if (dial.Json[Field] is not JsonObject json) return null;
        var body = new ConferenceBody(op, parts, json, Field);
        var command = await ReadAsync(op, parts, body);
        foreach (var problem in body.Voice.Problems) dial.Refuse(problem);
        return body.Voice.Problems.Count > 0 ? null : command;
    }

    private static async ValueTask<LegCommand?> ReadAsync(OperationContext op, VoiceParts parts, ConferenceBody body)
    {
        var voice = body.Voice;
        // An empty one is none, as everywhere.
        bool isNamed = voice.Json.Filled("conference_name") is not null, isById = voice.Json.Filled("id") is not null;
        if (isById == isNamed)
        {
            voice.Refuse(VoiceErrors.BadRequest, "id", "Name the conference by id or by conference_name.");
            return null;
        }
        var (part, holdAudio, beeps) = (body.Part(), body.HoldAudio(), body.Beeps());
        bool starts = voice.Flag("start_conference_on_enter");
        if (isNamed)
        {
            return new LegCommand.CreateConference(Guid.NewGuid(), ConferenceJoins.Name(body, "conference_name"))
            {
                Terms = ConferenceJoins.Terms(body), As = part, HoldAudio = holdAudio, Beeps = beeps, Starts = starts, JoinsExisting = true,
            };
        }
        var conference = await parts.Store.Conferences.FindAsync(op.Tenant, voice.Text("id") ?? "", op.Stop);
        if (conference is null) voice.Refuse(ConferenceActions.Unknown, "id", "There is no conference of this id.");
        else if (conference.Status is ConferenceStatus.Completed) voice.Refuse("90019", "id", "This conference has already ended.");
        else return new LegCommand.JoinConference(conference.Id) { As = part, HoldAudio = holdAudio, Beeps = beeps, Starts = starts };
        return null;
    }
}

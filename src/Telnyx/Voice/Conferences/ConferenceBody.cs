using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Speech;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Voice.Conferences;

/// <summary>Reads what bodies of conference commands have beside those of calls.</summary>
/// <param name="json">Where it is no whole body: the object, and <paramref name="under"/> the name of its field.</param>
internal sealed class ConferenceBody(OperationContext op, VoiceParts parts, JsonObject? json = null, string? under = null)
{
    public VoiceBody Voice { get; } = new(json ?? op.ReadObject(), parts.Egress)
    {
        Under = under, Missing = parts.Files.Missing, VoiceFault = voice => VoiceNames.FaultOf(voice, parts.Speech),
        Speeds = parts.Speech.Speeds,
    };

    /// <returns>Null where the body's problems say why.</returns>
    public LegId? CallId(string field = "call_control_id")
    {
        if (parts.Ids.TryReadCallControl(Voice.Text(field) ?? "", op.Tenant, out var leg)) return leg;
        Voice.Refuse(VoiceErrors.InvalidCallControlId, field, "The call_control_id provided is not valid.");
        return null;
    }

    /// <returns>Empty when the field is not there; null where the body's problems say why.</returns>
    public IReadOnlyList<LegId>? CallIds(string field = "call_control_ids", int most = ConferenceTerms.MostParticipants)
    {
        var legs = new List<LegId>();
        if (Voice.Json[field] is not JsonArray list) return legs;
        if (list.Count > most)
        {
            Voice.Refuse(VoiceErrors.BadLength, field, $"{field} may list at most {most} calls.");
            return null;
        }
        for (int i = 0; i < list.Count; i++)
        {
            string text = list[i] is JsonValue value && value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : "";
            if (parts.Ids.TryReadCallControl(text, op.Tenant, out var leg)) legs.Add(leg);
            else Voice.Refuse(VoiceErrors.InvalidCallControlId, $"{field}/{i}", "The call_control_id provided is not valid.");
        }
        return Voice.Problems.Count > 0 ? null : legs;
    }

    public ConferenceBeeps? Beeps() => Voice.OneOf("beep_enabled", VoiceErrors.BadRequest, "always", "never", "on_enter", "on_exit") switch
    {
        "always" => ConferenceBeeps.Always,
        "never" => ConferenceBeeps.Never,
        "on_enter" => ConferenceBeeps.OnEnter,
        "on_exit" => ConferenceBeeps.OnExit,
        _ => null,
    };

    public SupervisorRole Role() => Voice.OneOf("supervisor_role", VoiceErrors.BadRequest, "barge", "monitor", "none", "whisper") switch
    {
        "barge" => SupervisorRole.Barge,
        "monitor" => SupervisorRole.Monitor,
        "whisper" => SupervisorRole.Whisper,
        _ => SupervisorRole.None,
    };

    /// <summary>Each is mixed for itself, so they are few.</summary>
    public IReadOnlyList<LegId> WhispersTo() => CallIds("whisper_call_control_ids", Participation.MostWhispers) ?? [];

    public Participation Part()
    {
        var role = Role();
        var whispersTo = WhispersTo();
        return new()
        {
            IsMuted = Voice.Flag("mute"),
            IsOnHold = Voice.Flag("hold"),
            EndsConference = Voice.Flag("end_conference_on_exit"),
            EndsSoftly = Voice.Flag("soft_end_conference_on_exit"),
            Role = role,
            WhispersTo = role is SupervisorRole.Whisper ? whispersTo : [],
        };
    }

    /// <summary>What one hears on hold.</summary>
    public PromptSource? HoldAudio() => AudioSource.Read(Voice, "hold_audio_url", "hold_media_name");
}

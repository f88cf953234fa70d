using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>Conferences: made by a call, joined by another, and every command to them.</summary>
internal static class ConferenceRows
{
    public static readonly Area Area = new(
    [
        new("CreateConference", """{"call_control_id": "$call", "name": "$unique room"}""")
        {
            Full = """
                {"beep_enabled": "never", "client_state": "aGVsbG8=", "comfort_noise": true, "command_id": "$unique", "duration_minutes": 5,
                 "hold_audio_url": "$wav", "hold_media_name": null, "max_participants": 250, "start_conference_on_create": true}
                """,
        },
        new("ListConferences")
        {
            Thing = "$conference",
            Unmatched = ["application_session_id", "failed", "from", "leg_id", "occurred_at", "product", "to", "type"],
            Filters = new Dictionary<string, string>
            {
                ["name"] = "name", ["status"] = "=in_progress", ["connection_id"] = "connection_id",
                ["application_name"] = "=" + CallRows.ApplicationName, ["outbound.outbound_voice_profile_id"] = "=$profile",
            },
        },
        new("RetrieveConference") { Path = ["$conference"] },
        new("ListConferenceParticipants")
        {
            Path = ["$conference"],
            Filters = new Dictionary<string, string> { ["muted"] = "=false", ["on_hold"] = "=false", ["whispering"] = "=false" },
        },
        new("JoinConference", """{"call_control_id": "$call2"}""")
        {
            Path = ["$conference"],
            Full = """
                {"beep_enabled": "always", "client_state": "aGVsbG8=", "command_id": "$unique", "end_conference_on_exit": false, "hold": false,
                 "hold_audio_url": "$wav", "hold_media_name": null, "mute": true, "soft_end_conference_on_exit": false,
                 "start_conference_on_enter": true, "supervisor_role": "barge", "whisper_call_control_ids": []}
                """,
        },
        new("LeaveConference", """{"call_control_id": "$call_of_conference"}""")
        {
            Path = ["$conference"], Full = """{"beep_enabled": "never", "command_id": "$unique"}"""
        },
        new("HoldConferenceParticipants", "{}")
        {
            Path = ["$conference"], Full = """{"call_control_ids": ["$call_of_conference"], "audio_url": "$wav", "media_name": null}"""
        },
        new("UnholdConferenceParticipants", """{"call_control_ids": ["$call_of_conference"]}""") { Path = ["$conference"] },
        new("MuteConferenceParticipants", "{}") { Path = ["$conference"], Full = Listed },
        new("UnmuteConferenceParticipants", "{}") { Path = ["$conference"], Full = Listed },
        new("PlayConferenceAudio", """{"audio_url": "$wav"}""")
        {
            Path = ["$conference"], Full = """{"call_control_ids": ["$call_of_conference"], "loop": 2, "media_name": null}"""
        },
        new("SpeakTextToConference", """{"payload": "Hello.", "voice": "female"}""")
        {
            Path = ["$conference"],
            Full = """
                {"call_control_ids": ["$call_of_conference"], "command_id": "$unique", "language": "en-US", "payload_type": "text",
                 "voice_settings": {"voice_speed": 1.5}}
                """,
        },
        new("StopConferenceAudio", "{}") { Path = ["$conference"], Full = Listed },
        new("StartConferenceRecording", """{"format": "wav"}""")
        {
            Path = ["$conference"],
            Full = """{"command_id": "$unique", "custom_file_name": "walk", "play_beep": false, "trim": "trim-silence"}"""
        },
        new("PauseConferenceRecording", "{}") { Path = ["$recorded_conference"], Full = OfRecording },
        new("ResumeConferenceRecording", "{}") { Path = ["$recorded_conference"], Full = OfRecording },
        new("StopConferenceRecording", "{}")
        {
            Path = ["$recorded_conference"], Full = """{"client_state": "aGVsbG8=", "command_id": "$unique", "recording_id": null}"""
        },
        new("UpdateConference", """{"call_control_id": "$call_of_conference", "supervisor_role": "monitor"}""")
        {
            Path = ["$conference"], Full = """{"command_id": "$unique", "whisper_call_control_ids": []}"""
        },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            ["conference"] = async words => await ConferAsync(words, await words.FillAsync("$call_of_conference")),
            ["call_of_conference"] = words => words.FillAsync("$call"),
            ["recorded_conference"] = async words =>
            {
                string conference = await words.FillAsync("$conference");
                var answer = await words.Node.Owner.SendAsync("POST", $"/v2/conferences/{conference}/actions/record_start",
                    Ask.Json(new JsonObject { ["format"] = "wav" }));
                Assert.True(answer.Status == 200, $"{answer}");
                return conference;
            },
        },
    };

    private const string Listed = """{"call_control_ids": ["$call_of_conference"]}""";

    private const string OfRecording = """{"command_id": "$unique", "recording_id": null}""";

    private static async Task<string> ConferAsync(Words words, string call)
    {
        var answer = await words.Node.Owner.SendAsync("POST", "/v2/conferences",
            Ask.Json(new JsonObject { ["call_control_id"] = call, ["name"] = $"walk {Guid.NewGuid():N}" }));
        Assert.True(answer.Status == 200, $"{answer}");
        string id = (string)answer.Data!["id"]!;
        await words.Node.Sink.NextAsync("conference.participant.joined", "conference_id", id);
        return id;
    }
}
